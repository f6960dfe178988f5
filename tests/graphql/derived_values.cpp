// SPDX-License-Identifier: Apache-2.0
#include "derived_values.hpp"

#include "execution/json_output.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

namespace mortise::graphql::shell {

namespace {

// FNV-1a of bytes, with a last mixing so that low bits depend on all.
std::uint32_t hashOf(std::string_view text) {
    std::uint32_t hash = 2166136261U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    hash = (hash ^ hash >> 15U) * 0x2c1b3c6dU;
    return hash ^ hash >> 13U;
}

std::uint32_t derive(std::uint32_t hash, std::uint32_t by) {
    return hashOf(std::to_string(hash) + "/" + std::to_string(by));
}

void writeArguments(const Values& values, std::uint32_t index, JsonOutput& output) {
    const Value& value = values[index];
    switch (value.kind) {
    case ValueKind::null:
        output.append("null");
        return;
    case ValueKind::boolean:
        output.boolean(value.boolean);
        return;
    case ValueKind::integer:
    case ValueKind::number:
        output.number(value.number);
        return;
    case ValueKind::string:
    case ValueKind::enumeration:
        output.string(value.text);
        return;
    default:
        break;
    }
    const bool isList = value.kind == ValueKind::list;
    output.put(isList ? '[' : '{');
    for (std::uint32_t at = index + 1; at < value.end; at = values[at].end) {
        if (at != index + 1) output.put(',');
        if (!isList) {
            output.string(values[at].name);
            output.put(':');
        }
        writeArguments(values, at, output);
    }
    output.put(isList ? ']' : '}');
}

std::vector<TypeId> byName(const Schema& schema, std::vector<TypeId> types) {
    std::sort(types.begin(), types.end(),
              [&schema](TypeId left, TypeId right) { return schema[left].name < schema[right].name; });
    return types;
}

} // namespace

Progress DerivedResolver::resolve(Batch& batch) const {
    JsonOutput arguments(1 << 20);
    if (batch.arguments().empty())
        arguments.append("{}");
    else
        writeArguments(batch.arguments(), 0, arguments);
    const std::string place =
        "." + schema_[batch.parentType()].name + "." + batch.field().name + std::string(arguments.view());
    for (std::size_t row = 0; row < batch.parents().size(); ++row)
        give(batch, row, false, batch.field().type, hashOf(std::to_string(batch.parents()[row]) + place));
    return Progress::done;
}

void DerivedResolver::give(Batch& batch, std::size_t row, bool isItem, TypeRef type, std::uint32_t hash) const {
    const auto put = [&](const Cell& cell) {
        if (isItem)
            batch.add(cell);
        else
            batch.cells()[row] = cell;
    };
    const std::uint32_t chance = derive(hash, 0) % 100;
    if (chance < (type.isNonNull() ? 2U : 12U)) return put(Cell());
    if (chance >= 97) return put(batch.failure("broken " + std::to_string(hash % 1000), hash % 7));
    if (type.isList()) {
        if (chance == 96) return put(Cell::ofInteger(5));
        if (isItem)
            batch.beginList();
        else
            batch.beginList(row);
        const std::uint32_t count = derive(hash, 1) % 4;
        for (std::uint32_t i = 0; i < count; ++i) give(batch, row, true, type.item(), derive(hash, 2 + i));
        return batch.endList();
    }
    const Type& named = schema_[type.named];
    put(named.isComposite() ? object(named, hash) : leaf(batch, named, hash));
}

Cell DerivedResolver::object(const Type& type, std::uint32_t hash) const {
    if (!type.isAbstract()) return Cell::ofObject(derive(hash, 3));
    std::vector<TypeId> types = byName(schema_, type.possible);
    if (derive(hash, 4) % 20 == 0 || types.empty()) {
        types.clear();
        for (TypeId id = 0; id < schema_.types().size(); ++id)
            if (schema_[id].kind == TypeKind::object && !schema_[id].name.starts_with("__")) types.push_back(id);
        types = byName(schema_, std::move(types));
    }
    return Cell::ofObject(derive(hash, 3), types[derive(hash, 5) % types.size()]);
}

Cell DerivedResolver::leaf(Batch& batch, const Type& type, std::uint32_t hash) const {
    const std::uint32_t pick = derive(hash, 6) % 16;
    const std::uint32_t number = derive(hash, 7) % 100'000;
    const std::string text = "text " + std::to_string(number);
    if (type.kind == TypeKind::enumeration) {
        if (pick == 0) return Cell::ofString("NONE");
        return Cell::ofEnumeration(number % static_cast<std::uint32_t>(type.values.size()));
    }
    const std::array cells{
        Cell::ofNumber(2147483648.0 + number),
        Cell::ofNumber(number + 0.5),
        Cell::ofString(batch.keep(text)),
        Cell::ofBoolean(number % 2 == 0),
        Cell::ofNumber(std::numeric_limits<double>::quiet_NaN()),
        Cell::ofNumber(-std::numeric_limits<double>::infinity()),
        Cell::ofNumber(number * 1e17),
        Cell::ofNumber(number / 1e9),
        Cell::ofString("7"),
        Cell::ofString("a \"quoted\"\n\x01 \xC3\xBC \xF0\x9F\x98\x80 \\ text"),
    };
    if (pick < cells.size() && (type.scalarKind != ScalarKind::custom || (pick != 4 && pick != 5))) return cells[pick];
    switch (type.scalarKind) {
    case ScalarKind::integer:
        return Cell::ofInteger(number);
    case ScalarKind::number:
        return Cell::ofNumber(number / 8.0);
    case ScalarKind::boolean:
        return Cell::ofBoolean(number % 2 == 0);
    default:
        return Cell::ofString(batch.keep(text));
    }
}

} // namespace mortise::graphql::shell
