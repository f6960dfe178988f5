// SPDX-License-Identifier: Apache-2.0
#include "schema/implementation_rules.hpp"

#include "language/joined.hpp"
#include "schema/name_rules.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace mortise::graphql {

namespace {

bool contains(const std::vector<TypeId>& types, TypeId id) {
    return std::find(types.begin(), types.end(), id) != types.end();
}

// The interfaces of one type.
class ImplementationRules {
public:
    ImplementationRules(const Schema& schema, TypeId id, std::uint32_t offset, std::vector<Error>& errors)
        : schema_(schema), id_(id), type_(schema[id]), offset_(offset), errors_(errors) {}

    void check() {
        std::vector<TypeId> seen;
        for (const TypeId id : type_.interfaces) {
            const Type& interface = schema_[id];
            if (interface.kind != TypeKind::interface) {
                report("Type " + type_.name + " must only implement Interface types, it cannot implement " +
                       interface.name + ".");
            } else if (id == id_) {
                report("Type " + type_.name + " cannot implement itself because it would create a circular reference.");
            } else if (contains(seen, id)) {
                report("Type " + type_.name + " can only implement " + interface.name + " once.");
            } else {
                seen.push_back(id);
                checkAncestors(interface);
                for (const Field& expected : interface.fields) checkField(interface, expected);
            }
        }
    }

private:
    void report(std::string message) { errors_.push_back(schemaError(std::move(message), offset_)); }

    void checkAncestors(const Type& interface) {
        for (const TypeId ancestor : interface.interfaces) {
            if (contains(type_.interfaces, ancestor)) continue;
            if (ancestor == id_)
                report("Type " + type_.name + " cannot implement " + interface.name +
                       " because it would create a circular reference.");
            else
                report("Type " + type_.name + " must implement " + schema_[ancestor].name +
                       " because it is implemented by " + interface.name + ".");
        }
    }

    void checkField(const Type& interface, const Field& expected) {
        const std::string expectedName = interface.name + "." + expected.name;
        const std::string ownName = type_.name + "." + expected.name;
        const Field* const own = type_.field(expected.name);
        if (own == nullptr) {
            report("Interface field " + expectedName + " expected but " + type_.name + " does not provide it.");
            return;
        }
        if (!schema_.isSubType(own->type, expected.type))
            report("Interface field " + expectedName + " expects type " + schema_.text(expected.type) + " but " +
                   ownName + " is type " + schema_.text(own->type) + ".");
        for (const InputValue& argument : expected.arguments) {
            const std::string called = joined({"(", argument.name, ":)"});
            const std::int32_t at = own->argument(argument.name);
            if (at < 0) {
                report(joined({"Interface field argument ", expectedName, called, " expected but ", ownName,
                               " does not provide it."}));
                continue;
            }
            const TypeRef type = own->arguments[static_cast<std::size_t>(at)].type;
            if (!(type == argument.type))
                report(joined({"Interface field argument ", expectedName, called, " expects type ",
                               schema_.text(argument.type), " but ", ownName, called, " is type ", schema_.text(type),
                               "."}));
        }
        for (const InputValue& argument : own->arguments)
            if (argument.isRequired() && expected.argument(argument.name) < 0)
                report(joined({"Object field ", ownName, " includes required argument ", argument.name,
                               " that is missing from the Interface field ", expectedName, "."}));
    }

    const Schema& schema_;
    TypeId id_;
    const Type& type_;
    std::uint32_t offset_;
    std::vector<Error>& errors_;
};

} // namespace

void checkImplementations(const Schema& schema, TypeId id, std::uint32_t offset, std::vector<Error>& errors) {
    ImplementationRules(schema, id, offset, errors).check();
}

} // namespace mortise::graphql
