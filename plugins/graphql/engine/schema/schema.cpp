// SPDX-License-Identifier: Apache-2.0
#include "schema/schema.hpp"

#include <algorithm>

namespace mortise::graphql {

namespace {

// The places of the meta fields.
constexpr std::size_t typenameAt = 0;
constexpr std::size_t schemaAt = 1;
constexpr std::size_t typeAt = 2;

const InputValue* inputNamed(const std::vector<InputValue>& inputs, std::string_view name) {
    for (const InputValue& input : inputs)
        if (input.name == name) return &input;
    return nullptr;
}

} // namespace

std::int32_t Field::argument(std::string_view argumentName) const {
    const InputValue* const found = inputNamed(arguments, argumentName);
    return found == nullptr ? -1 : static_cast<std::int32_t>(found - arguments.data());
}

const Field* Type::field(std::string_view fieldName) const {
    const std::uint32_t at = fieldIndex.find(fieldName);
    return at == NameIndex::none ? nullptr : &fields[at];
}

const InputValue* Type::input(std::string_view inputName) const {
    if (kind != TypeKind::input) return nullptr;
    const std::uint32_t at = inputIndex.find(inputName);
    return at == NameIndex::none ? nullptr : &inputs[at];
}

const InputValue* Directive::argument(std::string_view argumentName) const {
    return inputNamed(arguments, argumentName);
}

TypeId Schema::type(std::string_view name) const {
    return typeIndex_.find(name);
}

const Directive* Schema::directive(std::string_view name) const {
    const std::uint32_t at = directiveIndex_.find(name);
    return at == NameIndex::none ? nullptr : &directives_[at];
}

const Field* Schema::selectable(TypeId parent, std::string_view name) const {
    const Type& type = types_[parent];
    if (name.starts_with("__")) {
        if (name == "__typename") return type.isComposite() ? &typenameField() : nullptr;
        if (parent == root(OperationKind::query)) {
            if (name == "__schema") return &schemaField();
            if (name == "__type") return &typeField();
        }
    }
    return type.field(name);
}

const Field& Schema::typenameField() const {
    return metaFields_[typenameAt];
}

const Field& Schema::schemaField() const {
    return metaFields_[schemaAt];
}

const Field& Schema::typeField() const {
    return metaFields_[typeAt];
}

bool Schema::isSubType(TypeRef type, TypeRef super) const {
    for (;;) {
        if (super.isNonNull() && !type.isNonNull()) return false;
        if (super.isList() != type.isList()) return false;
        if (!super.isList()) break;
        type = type.item();
        super = super.item();
    }
    if (type.named == super.named) return true;
    const Type& sub = types_[type.named];
    if (!types_[super.named].isAbstract()) return false;
    if (sub.kind == TypeKind::object) return isPossible(super.named, type.named);
    return sub.kind == TypeKind::interface &&
           std::find(sub.interfaces.begin(), sub.interfaces.end(), super.named) != sub.interfaces.end();
}

bool Schema::overlap(TypeId left, TypeId right) const {
    if (left == right) return true;
    const std::uint64_t* const leftBits = &possibleBits_[left * wordsPerType_];
    const std::uint64_t* const rightBits = &possibleBits_[right * wordsPerType_];
    for (std::size_t word = 0; word < wordsPerType_; ++word)
        if ((leftBits[word] & rightBits[word]) != 0) return true;
    return false;
}

std::string Schema::text(TypeRef type) const {
    std::string text(type.lists, '[');
    text += types_[type.named].name;
    for (unsigned level = type.lists + 1U; level-- > 0;) {
        if (((type.nonNull >> level) & 1U) != 0) text += '!';
        if (level != 0) text += ']';
    }
    return text;
}

} // namespace mortise::graphql
