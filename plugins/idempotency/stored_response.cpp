// SPDX-License-Identifier: Apache-2.0
#include "stored_response.hpp"

#include <cstddef>

namespace mortise::idempotency {
namespace {

// The first byte. Numbers are 4 bytes, the lowest first; a text is its size and its bytes.
constexpr char version = 1;

enum Flag : std::uint32_t { error = 1, json = 2, noStoreFlag = 4 };
constexpr std::uint32_t allFlags = error | json | noStoreFlag;

class Writer {
public:
    void number(std::size_t value) {
        for (int shift = 0; shift < 32; shift += 8) bytes_.push_back(static_cast<char>(value >> shift & 0xff));
    }
    void text(std::string_view value) {
        number(value.size());
        bytes_.append(value);
    }
    std::string take() { return std::move(bytes_); }

private:
    std::string bytes_ = std::string(1, version);
};

// Past the end it is not good, and everything is empty.
class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    bool good() const noexcept { return good_; }
    bool atEnd() const noexcept { return good_ && bytes_.empty(); }
    std::uint32_t number() {
        std::uint32_t value = 0;
        const std::string_view four = take(4);
        for (std::size_t i = 0; i < four.size(); ++i)
            value |= static_cast<std::uint32_t>(static_cast<unsigned char>(four[i])) << 8 * i;
        return value;
    }
    std::string text() { return std::string(take(number())); }

private:
    std::string_view take(std::size_t size) {
        if (size > bytes_.size()) good_ = false;
        if (!good_) return {};
        const std::string_view taken = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return taken;
    }

    std::string_view bytes_;
    bool good_ = true;
};

} // namespace

std::string StoredResponse::encode() const {
    Writer out;
    out.number((isError ? error : 0u) | (isJson ? json : 0u) | (noStore ? noStoreFlag : 0u));
    out.number(status);
    out.text(contentType);
    out.text(errorCode);
    out.number(fields.size());
    for (const auto& [name, value] : fields) {
        out.text(name);
        out.text(value);
    }
    out.number(details.size());
    for (const Detail& detail : details)
        for (const std::string* part : {&detail.in, &detail.path, &detail.code, &detail.message}) out.text(*part);
    out.text(body);
    return out.take();
}

std::optional<StoredResponse> StoredResponse::decode(std::string_view bytes) {
    if (bytes.empty() || bytes.front() != version) return std::nullopt;
    Reader in(bytes.substr(1));
    StoredResponse response;
    const std::uint32_t flags = in.number();
    if ((flags & ~allFlags) != 0) return std::nullopt;
    response.isError = (flags & error) != 0;
    response.isJson = (flags & json) != 0;
    response.noStore = (flags & noStoreFlag) != 0;
    response.status = in.number();
    response.contentType = in.text();
    response.errorCode = in.text();
    for (std::uint32_t left = in.number(); left > 0 && in.good(); --left) {
        std::string name = in.text();
        response.fields.emplace_back(std::move(name), in.text());
    }
    for (std::uint32_t left = in.number(); left > 0 && in.good(); --left) {
        Detail& detail = response.details.emplace_back();
        for (std::string* part : {&detail.in, &detail.path, &detail.code, &detail.message}) *part = in.text();
    }
    response.body = in.text();
    if (!in.atEnd()) return std::nullopt;
    return response;
}

} // namespace mortise::idempotency
