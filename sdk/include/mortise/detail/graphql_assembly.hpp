// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/graphql_sdl.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/service/graphql.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// A contribution while it is put together, once everything is declared.
class GraphQlAssembly {
public:
    // A definition, or an extension, with its fields in the order that they came in.
    struct Definition {
        std::string kind; // "type"
        std::string name;
        std::string text;
        std::string head; // what stands behind the name
        std::vector<std::string> fields;
        bool isExtension = false;
    };

    GraphQlAssembly(Runtime& r, GraphQlNames& n) noexcept : runtime(r), names(n) {}

    // Valid until the next one is made. A name that stands twice is a fault.
    Definition& define(std::string_view kind, std::string_view name, std::string_view text) {
        if (!isGraphQlName(name)) fault(name, "this is no name in GraphQL");
        for (const Definition& one : definitions_)
            if (one.name == name && !one.isExtension) fault(name, "it is declared twice");
        return add(kind, name, text, false);
    }
    // The object type of that name: one's own, or an extension of another's.
    Definition& object(std::string_view name) {
        for (Definition& one : definitions_)
            if (one.name == name && one.kind == "type") return one;
        return add("type", name, {}, true);
    }
    // The definition that was made last.
    Definition& last() noexcept { return definitions_.back(); }
    void addField(Definition& to, std::string_view name, std::string line) {
        const std::string where = to.name + "." + std::string(name);
        if (!isGraphQlName(name)) fault(where, "this is no name in GraphQL");
        for (const std::string& one : places_)
            if (one == where) fault(where, "it is declared twice");
        places_.push_back(where);
        to.fields.push_back(std::move(line));
    }
    void fault(std::string_view where, std::string_view what) {
        faults.push_back(std::string(where).append(": ").append(what));
    }
    GraphQlReader reader(GraphQlUse use, std::string_view where, std::string_view scalar = {},
                         std::string_view keyed = {}) {
        return {names, faults, use, where, scalar, keyed};
    }

    std::string sdl() const {
        std::string out;
        for (const Definition& one : definitions_) {
            putGraphQlText(out, one.text, "\n");
            out.append(one.isExtension ? "extend " : "").append(one.kind).append(" ").append(one.name).append(one.head);
            if (!one.fields.empty()) {
                out.append(" {\n");
                for (const std::string& field : one.fields) out.append("  ").append(field).append("\n");
                out.append("}");
            }
            out.append("\n");
        }
        return out;
    }

    Runtime& runtime;
    GraphQlNames& names;
    GraphQlFaults faults;
    std::vector<mortise_graphql_field> fields;
    std::vector<std::vector<mortise_graphql_check>> checks; // what `fields` point at
    std::vector<mortise_graphql_type> types;
    std::vector<mortise_view> typeNames;

private:
    Definition& add(std::string_view kind, std::string_view name, std::string_view text, bool isExtension) {
        Definition& made = definitions_.emplace_back();
        made.kind = kind;
        made.name = name;
        made.text = text;
        made.isExtension = isExtension;
        return made;
    }

    std::vector<Definition> definitions_;
    std::vector<std::string> places_; // "User.name"
};

// One thing that a plugin declared. Definitions are written first, in their order, then what extends them.
struct GraphQlDefinition {
    virtual ~GraphQlDefinition() = default;
    virtual void define(GraphQlAssembly&) {}
    virtual void extend(GraphQlAssembly&) {}
};

} // namespace detail
} // namespace v1
} // namespace mortise
