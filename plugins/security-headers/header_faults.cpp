// SPDX-License-Identifier: Apache-2.0
#include "header_faults.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <set>

namespace mortise::security_headers {
namespace {

constexpr std::array<std::string_view, 9> quotedKeywords{
    "none",        "self",          "report-sample",    "strict-dynamic",          "unsafe-inline",
    "unsafe-eval", "unsafe-hashes", "wasm-unsafe-eval", "inline-speculation-rules"};
constexpr std::array<std::string_view, 4> quotedPrefixes{"nonce-", "sha256-", "sha384-", "sha512-"};
constexpr std::array<std::string_view, 8> referrerPolicies{
    "no-referrer",   "no-referrer-when-downgrade",      "origin",    "origin-when-cross-origin", "same-origin",
    "strict-origin", "strict-origin-when-cross-origin", "unsafe-url"};

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

bool isDigit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool isNameCharacter(char c) noexcept {
    return isDigit(c) || c == '-' || (lower(c) >= 'a' && lower(c) <= 'z');
}

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

std::string quoted(std::string_view word) {
    return "'" + std::string(word) + "'";
}

// The first fault that `check` finds in the trimmed parts of `text`.
std::string firstFault(std::string_view text, char separator,
                       const std::function<std::string(std::string_view part)>& check) {
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(separator, begin), text.size());
        if (std::string fault = check(trimmed(text.substr(begin, end - begin))); !fault.empty()) return fault;
        begin = end + 1;
    }
    return {};
}

std::string faultOfSource(std::string_view source) {
    if (source.find(',') != std::string_view::npos)
        return quoted(source) + " has a comma, which would begin another policy";
    const bool bare = std::find(quotedKeywords.begin(), quotedKeywords.end(), source) != quotedKeywords.end() ||
                      std::any_of(quotedPrefixes.begin(), quotedPrefixes.end(), [source](std::string_view prefix) {
                          return source.substr(0, prefix.size()) == prefix;
                      });
    return bare ? std::string(source) + " is a keyword and stands in single quotes" : std::string();
}

} // namespace

std::string faultOfValue(std::string_view value) {
    if (trimmed(value).empty()) return "it is blank; leave it empty to leave the header out";
    if (trimmed(value).size() != value.size()) return "it begins or ends with a blank";
    if (std::any_of(value.begin(), value.end(), [](char c) { return c < ' ' || c > '~'; }))
        return "it has a character that no header can have";
    return {};
}

std::string faultOfContentSecurityPolicy(std::string_view value) {
    std::set<std::string> seen;
    std::string fault = firstFault(value, ';', [&](std::string_view directive) -> std::string {
        if (directive.empty()) return {};
        const std::size_t end = std::min(directive.find(' '), directive.size());
        const std::string_view name = directive.substr(0, end);
        if (!std::all_of(name.begin(), name.end(), isNameCharacter)) return quoted(name) + " is no directive";
        if (!seen.insert(lowered(name)).second) return "the directive " + quoted(name) + " is there twice";
        return firstFault(directive.substr(end), ' ', faultOfSource);
    });
    if (fault.empty() && seen.empty()) fault = "it has no directive; leave it empty to leave the header out";
    return fault;
}

std::string faultOfReferrerPolicy(std::string_view value) {
    std::set<std::string> seen;
    return firstFault(value, ',', [&](std::string_view policy) -> std::string {
        if (std::find(referrerPolicies.begin(), referrerPolicies.end(), policy) == referrerPolicies.end())
            return quoted(policy) + " is no referrer policy";
        return seen.emplace(policy).second ? std::string() : quoted(policy) + " is there twice";
    });
}

std::string faultOfStrictTransportSecurity(std::string_view value) {
    std::set<std::string> seen;
    std::string fault = firstFault(value, ';', [&](std::string_view directive) -> std::string {
        const std::string name = lowered(trimmed(directive.substr(0, directive.find('='))));
        const bool valued = name == "max-age";
        if (!valued && directive != "includeSubDomains" && directive != "preload")
            return quoted(directive) + " is none of max-age=seconds, includeSubDomains, preload";
        if (!seen.insert(name).second) return quoted(name) + " is there twice";
        const std::string_view seconds = valued ? directive.substr(std::min(directive.size(), name.size() + 1)) : "0";
        if (seconds.empty() || !std::all_of(seconds.begin(), seconds.end(), isDigit))
            return "max-age is a number of seconds";
        return {};
    });
    if (fault.empty() && seen.count("max-age") == 0) fault = "it lacks max-age";
    return fault;
}

} // namespace mortise::security_headers
