// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/error.hpp>
#include <mortise/reply.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mortise {
inline namespace v1 {

enum class SameSite { strict, lax, none };

// A Set-Cookie field, for Reply::cookie (RFC 6265 section 4.1, attributes and prefixes as in its successor draft). What
// a browser would refuse or read as something else is refused here, by text().
class Cookie {
public:
    Cookie(std::string name, std::string value) : name_(std::move(name)), value_(std::move(value)) {}

    // Takes a cookie away; path and domain must be those that it was set with.
    static Cookie removed(std::string name) { return Cookie(std::move(name), {}).maxAge(std::chrono::seconds(0)); }

    Cookie& path(std::string prefix) & { return path_ = std::move(prefix), *this; }
    Cookie path(std::string prefix) && { return std::move(path(std::move(prefix))); }
    Cookie& domain(std::string name) & { return domain_ = std::move(name), *this; } // its sub-domains, too
    Cookie domain(std::string name) && { return std::move(domain(std::move(name))); }
    Cookie& httpOnly() & { return httpOnly_ = true, *this; } // scripts do not see it
    Cookie httpOnly() && { return std::move(httpOnly()); }
    Cookie& secure() & { return secure_ = true, *this; } // over TLS only
    Cookie secure() && { return std::move(secure()); }
    Cookie& partitioned() & { return partitioned_ = true, *this; }
    Cookie partitioned() && { return std::move(partitioned()); }
    Cookie& sameSite(SameSite which) & { return sameSite_ = which, *this; }
    Cookie sameSite(SameSite which) && { return std::move(sameSite(which)); }
    // 0 takes it away; without, it ends with the browser.
    Cookie& maxAge(std::chrono::seconds age) & { return maxAge_ = age.count(), *this; }
    Cookie maxAge(std::chrono::seconds age) && { return std::move(maxAge(age)); }

    const std::string& name() const noexcept { return name_; }
    const std::string& value() const noexcept { return value_; }

    // The field's value. Throws Invalid with a sentence.
    std::string text() const {
        check();
        std::string out = name_ + "=" + value_;
        if (!path_.empty()) out.append("; Path=").append(path_);
        if (!domain_.empty()) out.append("; Domain=").append(domain_);
        if (maxAge_) out.append("; Max-Age=").append(std::to_string(*maxAge_));
        if (httpOnly_) out.append("; HttpOnly");
        if (secure_) out.append("; Secure");
        if (sameSite_) out.append("; SameSite=").append(sameSiteText(*sameSite_));
        if (partitioned_) out.append("; Partitioned");
        return out;
    }

    // RFC 6265 section 4.1.1: cookie-name is a token, cookie-value of cookie-octets.
    static bool isName(std::string_view name) noexcept { return !name.empty() && hasOnly(name, "()<>@,;:\\\"/[]?={}"); }
    static bool isValue(std::string_view value) noexcept { return hasOnly(value, "\",;\\"); }

private:
    static constexpr std::size_t mostBytes = 4096;          // of name and value; browsers drop what is longer
    static constexpr std::size_t mostAttributeBytes = 1024; // likewise

    void check() const {
        if (!isName(name_)) throw Invalid("a cookie's name is a token");
        const auto refuse = [this](const char* reason) { throw Invalid("cookie '" + name_ + "': " + reason); };
        if (!isValue(value_)) refuse("its value has bytes that no cookie may have");
        if (name_.size() + value_.size() > mostBytes) refuse("it is longer than browsers keep");
        if (!path_.empty() && (path_[0] != '/' || path_.size() > mostAttributeBytes || !isAttribute(path_)))
            refuse("its path is none");
        if (!domain_.empty() && !isDomain(domain_)) refuse("its domain is none");
        if (maxAge_ && *maxAge_ < 0) refuse("its age is below 0");
        if (!secure_ && sameSite_ == SameSite::none) refuse("SameSite=None needs Secure");
        if (!secure_ && partitioned_) refuse("Partitioned needs Secure");
        if (!secure_ && (begins("__secure-") || begins("__host-"))) refuse("its prefix needs Secure");
        if (begins("__host-") && (path_ != "/" || !domain_.empty())) refuse("__Host- needs the path '/' and no domain");
    }
    static const char* sameSiteText(SameSite which) noexcept {
        return which == SameSite::strict ? "Strict" : which == SameSite::lax ? "Lax" : "None";
    }
    // Visible ASCII but for `refused`.
    static bool hasOnly(std::string_view text, std::string_view refused) noexcept {
        for (const char c : text)
            if (c <= ' ' || c > '~' || refused.find(c) != std::string_view::npos) return false;
        return true;
    }
    static bool isAttribute(std::string_view text) noexcept {
        for (const char c : text)
            if (c < ' ' || c > '~' || c == ';') return false;
        return true;
    }
    static bool isDomain(std::string_view text) noexcept {
        char before = '.';
        for (const char c : text) {
            const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && (before == '.' || (c != '-' && c != '.') || (c == '.' && before == '-'))) return false;
            before = c;
        }
        return text.size() <= 253 && before != '.' && before != '-';
    }
    // Browsers compare prefixes in any case.
    bool begins(std::string_view prefix) const noexcept {
        if (name_.size() < prefix.size()) return false;
        for (std::size_t i = 0; i < prefix.size(); ++i) {
            const char c = name_[i];
            if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != prefix[i]) return false;
        }
        return true;
    }

    std::string name_;
    std::string value_;
    std::string path_;
    std::string domain_;
    std::optional<std::int64_t> maxAge_; // seconds
    std::optional<SameSite> sameSite_;
    bool httpOnly_ = false;
    bool secure_ = false;
    bool partitioned_ = false;
};

inline Reply& Reply::cookie(const Cookie& cookie) & {
    return field("Set-Cookie", cookie.text());
}
inline Reply Reply::cookie(const Cookie& cookie) && {
    return std::move(field("Set-Cookie", cookie.text()));
}

} // namespace v1
} // namespace mortise
