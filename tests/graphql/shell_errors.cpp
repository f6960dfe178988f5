// SPDX-License-Identifier: Apache-2.0
#include "shell_job.hpp"

#include "language/line_index.hpp"

#include <array>

namespace mortise::graphql::shell {

Poco::JSON::Array::Ptr errorsOf(const std::vector<Error>& errors, std::string_view source) {
    constexpr std::array<const char*, 6> kinds{"syntax", "limit", "validation", "request", "variables", "field"};
    Poco::JSON::Array::Ptr all = new Poco::JSON::Array;
    const LineIndex index(source);
    for (const Error& error : errors) {
        Poco::JSON::Object::Ptr one = new Poco::JSON::Object;
        one->set("message", error.message);
        one->set("kind", std::string(kinds[static_cast<std::size_t>(error.kind)]));
        Poco::JSON::Array::Ptr locations = new Poco::JSON::Array;
        for (const std::uint32_t offset : error.offsets) {
            if (offset == noOffset) continue;
            const Location location = index.locate(offset);
            Poco::JSON::Object::Ptr place = new Poco::JSON::Object;
            place->set("line", location.line);
            place->set("column", location.column);
            locations->add(place);
        }
        one->set("locations", locations);
        if (!error.path.empty()) {
            Poco::JSON::Array::Ptr path = new Poco::JSON::Array;
            for (const PathSegment& segment : error.path) {
                if (const auto* const name = std::get_if<std::string>(&segment))
                    path->add(*name);
                else
                    path->add(std::get<std::uint32_t>(segment));
            }
            one->set("path", path);
        }
        all->add(one);
    }
    return all;
}

} // namespace mortise::graphql::shell
