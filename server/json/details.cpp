// SPDX-License-Identifier: Apache-2.0
#include "json/details.hpp"

#include "json/writer.hpp"

#include <utility>

namespace mortise::json {

std::string_view nameOf(Location location) noexcept {
    switch (location) {
    case Location::body:
        return "body";
    case Location::query:
        return "query";
    case Location::path:
        return "path";
    case Location::header:
        return "header";
    case Location::cookie:
        return "cookie";
    }
    return "body";
}

void Details::add(Location in, std::string path, std::string_view code, std::string message) {
    constexpr std::size_t usual_failures = 8;
    if (full()) return;
    if (items_.empty()) items_.reserve(usual_failures);
    items_.push_back({in, std::move(path), std::string(code), std::move(message)});
}

void Details::write(Writer& writer) const {
    writer.beginArray();
    for (const Detail& item : items_) {
        writer.quoted(R"({"in":)").string(nameOf(item.in));
        writer.quoted(R"("path":)").string(item.path);
        writer.quoted(R"("code":)").string(item.code);
        writer.quoted(R"("message":)").string(item.message);
        writer.endObject();
    }
    writer.endArray();
}

} // namespace mortise::json
