// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::module {

// An object of a manifest, by its members; a member that is missing is empty, 0 or false. All leave by ModuleRefusal,
// which names the member. Valid as long as the parser that it comes from.
class ManifestObject {
public:
    // `where`: "" or "settings[3].". Refuses what is no object, and one with a member twice.
    ManifestObject(simdjson::dom::element value, std::string where);

    [[noreturn]] void refuse(std::string_view member, const std::string& what) const;

    bool has(std::string_view member) const { return find(member).has_value(); }
    // UTF-8 without control characters.
    std::string text(std::string_view member) const;
    std::vector<std::string> texts(std::string_view member) const;
    bool flag(std::string_view member) const;
    std::optional<std::int64_t> integer(std::string_view member) const;
    std::optional<double> number(std::string_view member) const;
    // 0 to `maximum`.
    std::uint64_t count(std::string_view member, std::uint64_t maximum) const;
    // One that is there.
    ManifestObject object(std::string_view member) const;
    std::vector<ManifestObject> objects(std::string_view member, std::size_t maximum) const;

private:
    std::optional<simdjson::dom::element> find(std::string_view member) const;
    std::optional<simdjson::dom::array> array(std::string_view member) const;
    std::string nameOf(std::string_view member) const;

    simdjson::dom::object object_;
    std::string where_;
};

} // namespace mortise::module
