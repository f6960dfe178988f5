// SPDX-License-Identifier: Apache-2.0
#include "contribution_reader.hpp"

#include "language/utf8.hpp"

#include <mortise/detail/elements.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace mortise::graphql {

namespace {

constexpr std::size_t maximumSdl = 1U << 20;
constexpr std::size_t maximumSchema = 1U << 20;
constexpr std::size_t maximumName = 255;
constexpr std::uint32_t maximumFields = 10'000;
constexpr std::uint32_t maximumTypes = 1'000;
constexpr std::uint32_t maximumChecks = 32;
constexpr std::uint32_t knownFlags = MORTISE_GRAPHQL_AUTHENTICATED | MORTISE_GRAPHQL_OPENABLE |
                                     MORTISE_GRAPHQL_PARENT_KEYS | MORTISE_GRAPHQL_TRANSACTION;

// One contribution on its way in.
class Reader {
public:
    explicit Reader(std::vector<std::string>& faults) : faults_(faults) {}

    void read(const mortise_graphql_types& table, Contribution& into) {
        if (table.struct_size < sizeof(mortise_graphql_types))
            return fault("its table says that it has " + std::to_string(table.struct_size) + " bytes");
        into.sdl = text(table.sdl, maximumSdl, "its SDL");
        const detail::Elements<mortise_graphql_type> types(table.types, table.type_count, table.type_size);
        if (isReadable(types, table.types, table.type_count, maximumTypes, "types"))
            for (const mortise_graphql_type& type : types) into.types.push_back(readType(type));
        const detail::Elements<mortise_graphql_field> fields(table.fields, table.field_count, table.field_size);
        if (isReadable(fields, table.fields, table.field_count, maximumFields, "fields"))
            for (const mortise_graphql_field& field : fields) into.fields.push_back(readField(field));
        const detail::Elements<mortise_view> names(table.type_names, table.type_name_count, sizeof(mortise_view));
        if (isReadable(names, table.type_names, table.type_name_count, maximumTypes, "type names"))
            for (const mortise_view& name : names) into.typeNames.push_back(text(name, maximumName, "a type name"));
    }

private:
    void fault(std::string message) { faults_.push_back(std::move(message)); }

    template<class List>
    bool isReadable(const List& list, const void* first, std::uint32_t count, std::uint32_t maximum,
                    std::string_view what) {
        if (count > maximum)
            fault("it has " + std::to_string(count) + " " + std::string(what) + ", and at most " +
                  std::to_string(maximum) + " are taken");
        else if (count != 0 && first == nullptr)
            fault("it says that it has " + std::to_string(count) + " " + std::string(what) + " and shows none");
        else if (!list.valid())
            fault("the elements of its " + std::string(what) + " have a wrong size");
        else
            return true;
        return false;
    }

    std::string text(mortise_view view, std::size_t maximum, const std::string& what) {
        if (view.size == 0) return {};
        if (view.data == nullptr) {
            fault(what + " has a size and no bytes");
        } else if (view.size > maximum) {
            fault(what + " is longer than " + std::to_string(maximum) + " bytes");
        } else {
            const std::string_view given(view.data, static_cast<std::size_t>(view.size));
            if (findInvalidUtf8(given) == std::string_view::npos) return std::string(given);
            fault(what + " is not UTF-8");
        }
        return {};
    }
    std::string need(mortise_view view, const std::string& what) {
        const std::size_t before = faults_.size();
        std::string given = text(view, maximumName, what);
        if (given.empty() && faults_.size() == before) fault(what + " is missing");
        return given;
    }
    std::uint32_t placement(std::uint32_t given, const std::string& what) {
        if (given <= MORTISE_PLACEMENT_DATABASE_READ) return given;
        fault(what + " has an unknown placement");
        return MORTISE_PLACEMENT_WORKER;
    }

    ContributedType readType(const mortise_graphql_type& from) {
        ContributedType type;
        type.name = need(from.name, "the name of a type with keys");
        type.placement = placement(from.placement, "the type '" + type.name + "'");
        type.context = from.context;
        type.key = from.key;
        type.load = from.load;
        if (type.key == nullptr) fault("the type '" + type.name + "' has no function 'key'");
        return type;
    }

    ContributedField readField(const mortise_graphql_field& from) {
        ContributedField field;
        field.type = need(from.type, "the type of a field");
        field.name = need(from.name, "the name of a field of '" + field.type + "'");
        const std::string what = "the field '" + field.type + "." + field.name + "'";
        field.flags = from.flags;
        if ((from.flags & ~knownFlags) != 0) fault(what + " has an unknown flag");
        field.placement = placement(from.placement, what);
        field.role = text(from.role, maximumName, "the role of " + what);
        field.twin = text(from.twin, maximumName, "the twin of " + what);
        if (!field.twin.empty() && !isRoute(field.twin))
            fault("the twin of " + what + " is no route such as 'POST /api/users': '" + field.twin + "'");
        field.context = from.context;
        field.prepare = from.prepare;
        field.resolve = from.resolve;
        if (field.resolve == nullptr) fault(what + " has no function 'resolve'");
        if (field.has(MORTISE_GRAPHQL_TRANSACTION) && field.type != "Mutation")
            fault(what + " asks for a transaction and is none of Mutation");
        if (field.type == "Mutation") field.placement = MORTISE_PLACEMENT_WORKER;
        const detail::Elements<mortise_graphql_check> checks(from.checks, from.check_count, from.check_size);
        if (isReadable(checks, from.checks, from.check_count, maximumChecks, "checks of " + what))
            for (const mortise_graphql_check& check : checks)
                field.checks.push_back({text(check.argument, maximumName, "the argument of a check of " + what),
                                        need(check.in, "the place that a check of " + what + " names in its details"),
                                        text(check.schema, maximumSchema, "the schema of a check of " + what)});
        return field;
    }

    static bool isRoute(std::string_view text) {
        const std::size_t blank = text.find(' ');
        const auto isUpper = [](char c) { return c >= 'A' && c <= 'Z'; };
        return blank != std::string_view::npos && blank != 0 &&
               std::all_of(text.begin(), text.begin() + blank, isUpper) && text.size() > blank + 1 &&
               text[blank + 1] == '/' && text.find(' ', blank + 1) == std::string_view::npos;
    }

    std::vector<std::string>& faults_;
};

} // namespace

Contribution readContribution(std::string_view plugin, std::string_view name, const mortise_graphql_types& table,
                              std::vector<std::string>& faults) {
    Contribution contribution;
    contribution.plugin = plugin;
    contribution.name = name;
    Reader(faults).read(table, contribution);
    return contribution;
}

} // namespace mortise::graphql
