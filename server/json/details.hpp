// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::json {

class Writer;

// Where in the request the value came from.
enum class Location : std::uint8_t { body, query, path, header, cookie };
std::string_view nameOf(Location location) noexcept;

// One failed check, as clients see it.
struct Detail {
    Location in = Location::body;
    std::string path;    // JSON pointer (RFC 6901); empty for the whole value
    std::string code;    // one of the catalogue, or a handler's own
    std::string message; // completes "<path> ..."
};

// The failed checks of a request, over all its locations; bounded.
class Details {
public:
    explicit Details(std::size_t limit = 100) noexcept : limit_(limit) {}

    bool empty() const noexcept { return items_.empty(); }
    bool full() const noexcept { return items_.size() >= limit_; }
    // Dropped when full.
    void add(Location in, std::string path, std::string_view code, std::string message);
    const std::vector<Detail>& items() const noexcept { return items_; }
    void clear() noexcept { items_.clear(); }

    // The array of {in, path, code, message}.
    void write(Writer& writer) const;

private:
    std::vector<Detail> items_;
    std::size_t limit_;
};

} // namespace mortise::json
