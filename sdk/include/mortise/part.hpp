// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/exchange.h>
#include <mortise/detail/tag.hpp>
#include <mortise/detail/view.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace mortise {
inline namespace v1 {

// A member of a described struct that a file of a multipart body goes to; only for bodies that come in. Which file:
// Request::part.
struct UploadedFile {
    static constexpr std::uint32_t none = 0xffffffffu;

    std::uint32_t place = none; // among the request's parts

    static std::optional<UploadedFile> parse(std::string_view text) noexcept {
        UploadedFile file;
        const auto end = std::from_chars(text.data(), text.data() + text.size(), file.place);
        if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
        return file;
    }
};

namespace detail {

// Whether <mortise/move_file.hpp> is there, in which moveFile is.
template<class Text, class = void>
struct CanMove : std::false_type {};
template<class Text>
struct CanMove<Text,
               std::void_t<decltype(moveFile(Tag<Text>{}, std::declval<std::string>(), std::declval<std::string>()))>>
    : std::true_type {};

} // namespace detail

// A part of a multipart/form-data body (RFC 7578). Views live as long as the request's.
class Part {
public:
    explicit Part(const mortise_part& raw) noexcept : raw_(raw) {}

    std::string_view name() const noexcept { return text(raw_.name); }
    // As the client named it: to be shown, never to be used as a path.
    std::string_view fileName() const noexcept { return text(raw_.file_name); }
    std::string_view contentType() const noexcept { return text(raw_.content_type); } // as claimed; may be empty
    std::uint64_t size() const noexcept { return raw_.size; }                         // bytes
    bool isFile() const noexcept { return raw_.path.size != 0; }
    std::string_view data() const noexcept { return text(raw_.data); } // of a field; that of a file is at path()
    // Absolute. The file is removed with the exchange unless it was moved away.
    std::string_view path() const noexcept { return text(raw_.path); }

    // Blocks. Moves the file: at once where `destination` is on the same file system, else by a copy beside it that
    // gets the name when it is complete. A file of that name is replaced. When it returns, both content and name
    // survive a power failure. Throws std::system_error; the file is still here then, unless the name alone could not
    // be made durable. Needs <mortise/move_file.hpp>.
    template<class Text>
    void moveTo(const Text& destination) const {
        static_assert(detail::CanMove<Text>::value, "Part::moveTo(): include <mortise/move_file.hpp>");
        moveFile(detail::Tag<Text>{}, std::string(path()), std::string(destination));
    }

    const mortise_part& raw() const noexcept { return raw_; }

private:
    mortise_part raw_;
};

} // namespace v1
} // namespace mortise
