// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema/type_ref.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mortise::graphql {

enum class CellKind : std::uint8_t { null, boolean, integer, number, string, enumeration, json, object, list, error };

// One value of a field of one row, as a resolver gives it: 16 bytes, trivially copied. Texts are borrowed: they stay
// good until the execution has finished (Batch::keep copies one). It is checked against the field's type when the
// response is written.
struct Cell {
    struct Range {
        std::uint32_t first;
        std::uint32_t end;
    };

    CellKind kind = CellKind::null;
    std::uint32_t size = 0; // of string, json: bytes; of a list: items; of an object: its type (TypeId)
    union {
        bool boolean;
        std::int64_t integer; // of an enumeration: the value's index in its type
        double number;
        const char* characters;
        std::uint64_t handle; // of an object: what its fields' resolvers get as parent
        Range range;          // of list, error and a resolved object: the executor's
    };

    Cell() : integer(0) {}

    static Cell ofBoolean(bool value) {
        Cell cell(CellKind::boolean);
        cell.boolean = value;
        return cell;
    }
    static Cell ofInteger(std::int64_t value) {
        Cell cell(CellKind::integer);
        cell.integer = value;
        return cell;
    }
    static Cell ofNumber(double value) {
        Cell cell(CellKind::number);
        cell.number = value;
        return cell;
    }
    // UTF-8; what is none is written as U+FFFD. Cut at 2^32-1 bytes.
    static Cell ofString(std::string_view value) { return ofText(CellKind::string, value); }
    // JSON that is written as it is: for custom scalars only, and only of a source that is known to be sound.
    static Cell ofJson(std::string_view value) { return ofText(CellKind::json, value); }
    static Cell ofEnumeration(std::uint32_t index) {
        Cell cell(CellKind::enumeration);
        cell.integer = index;
        return cell;
    }
    // A row for the selections below. The type may be left out where the field's type is an object type.
    static Cell ofObject(std::uint64_t handle, TypeId type = noType) {
        Cell cell(CellKind::object);
        cell.size = type;
        cell.handle = handle;
        return cell;
    }

    std::string_view text() const { return {characters, size}; }

private:
    friend class Batch;

    explicit Cell(CellKind of) : kind(of), integer(0) {}
    static Cell ofText(CellKind kind, std::string_view value) {
        Cell cell(kind);
        cell.size = static_cast<std::uint32_t>(std::min<std::size_t>(value.size(), 0xFFFFFFFF));
        cell.characters = value.data();
        return cell;
    }
};
static_assert(sizeof(Cell) == 16);

} // namespace mortise::graphql
