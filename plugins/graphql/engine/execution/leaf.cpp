// SPDX-License-Identifier: Apache-2.0
#include "execution/leaf.hpp"

#include "schema/inspect.hpp"
#include "schema/number_text.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

namespace mortise::graphql {

namespace {

// What the cell is as a number; a text only when all of it is a decimal number.
std::optional<double> numberOf(const Cell& cell) {
    switch (cell.kind) {
    case CellKind::boolean:
        return cell.boolean ? 1 : 0;
    case CellKind::integer:
        return static_cast<double>(cell.integer);
    case CellKind::number:
        return cell.number;
    case CellKind::string: {
        const std::string_view text = cell.text();
        double value = 0;
        const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
        if (text.empty() || result.ec != std::errc{} || result.ptr != text.data() + text.size()) return std::nullopt;
        return value;
    }
    default:
        return std::nullopt;
    }
}

bool isWhole(const std::optional<double>& value) {
    return value && std::isfinite(*value) && std::trunc(*value) == *value;
}

bool writeInteger(const Cell& cell, JsonOutput& output) {
    const auto fits = [](auto value) {
        return value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max();
    };
    if (cell.kind == CellKind::integer && fits(cell.integer)) {
        output.integer(cell.integer);
        return true;
    }
    const std::optional<double> value = numberOf(cell);
    if (isWhole(value) && fits(*value)) {
        output.integer(static_cast<std::int64_t>(*value));
        return true;
    }
    return false;
}

bool writeNumber(const Cell& cell, JsonOutput& output) {
    const std::optional<double> value = numberOf(cell);
    if (value && std::isfinite(*value)) {
        output.number(*value);
        return true;
    }
    return false;
}

bool writeString(const Cell& cell, JsonOutput& output) {
    if (cell.kind == CellKind::string) {
        output.string(cell.text());
        return true;
    }
    if (cell.kind == CellKind::boolean || cell.kind == CellKind::integer ||
        (cell.kind == CellKind::number && std::isfinite(cell.number))) {
        output.string(inspectCell(cell));
        return true;
    }
    return false;
}

bool writeBoolean(const Cell& cell, JsonOutput& output) {
    if (cell.kind == CellKind::boolean) {
        output.boolean(cell.boolean);
        return true;
    }
    if (cell.kind == CellKind::integer || (cell.kind == CellKind::number && std::isfinite(cell.number))) {
        output.boolean(cell.kind == CellKind::integer ? cell.integer != 0 : cell.number != 0);
        return true;
    }
    return false;
}

bool writeId(const Cell& cell, JsonOutput& output) {
    if (cell.kind == CellKind::string) {
        output.string(cell.text());
        return true;
    }
    const bool whole =
        cell.kind == CellKind::number && std::isfinite(cell.number) && std::trunc(cell.number) == cell.number;
    if (cell.kind == CellKind::integer || whole) {
        output.put('"');
        if (whole)
            output.number(cell.number);
        else
            output.integer(cell.integer);
        output.put('"');
        return true;
    }
    return false;
}

bool writeEnumeration(const Type& type, const Cell& cell, JsonOutput& output) {
    std::uint64_t index = type.values.size();
    if (cell.kind == CellKind::enumeration) index = static_cast<std::uint64_t>(cell.integer);
    if (cell.kind == CellKind::string) {
        const std::uint32_t found = type.inputIndex.find(cell.text());
        if (found != NameIndex::none) index = found;
    }
    if (index < type.values.size()) {
        output.put('"');
        output.append(type.values[index].name);
        output.put('"');
        return true;
    }
    return false;
}

bool writeCustom(const Cell& cell, JsonOutput& output) {
    switch (cell.kind) {
    case CellKind::boolean:
        output.boolean(cell.boolean);
        return true;
    case CellKind::integer:
        output.integer(cell.integer);
        return true;
    case CellKind::string:
        output.string(cell.text());
        return true;
    case CellKind::json:
        output.append(cell.text());
        return true;
    case CellKind::number:
        if (std::isfinite(cell.number))
            output.number(cell.number);
        else
            output.append("null"); // as JSON.stringify
        return true;
    default:
        return false;
    }
}

} // namespace

std::string inspectCell(const Cell& cell) {
    switch (cell.kind) {
    case CellKind::boolean:
        return cell.boolean ? "true" : "false";
    case CellKind::integer:
    case CellKind::enumeration:
        return std::to_string(cell.integer);
    case CellKind::number:
        return numberText(cell.number);
    case CellKind::json:
        return shortened(cell.text());
    case CellKind::object:
        return "[Object]";
    case CellKind::list:
        return "[Array]";
    case CellKind::string: {
        JsonOutput text(6 * (inspectedBytes + 3) + 2);
        text.string(shortened(cell.text()));
        return std::string(text.view());
    }
    default:
        return "null";
    }
}

bool writeLeaf(const Type& type, Completion completion, const Cell& cell, JsonOutput& output) {
    switch (completion) {
    case Completion::integer:
        return writeInteger(cell, output);
    case Completion::number:
        return writeNumber(cell, output);
    case Completion::string:
        return writeString(cell, output);
    case Completion::boolean:
        return writeBoolean(cell, output);
    case Completion::id:
        return writeId(cell, output);
    case Completion::enumeration:
        return writeEnumeration(type, cell, output);
    default:
        return writeCustom(cell, output);
    }
}

std::string leafFault(const Type& type, Completion completion, const Cell& cell) {
    const std::string shown = inspectCell(cell);
    switch (completion) {
    case Completion::integer:
        return (isWhole(numberOf(cell)) ? "Int cannot represent non 32-bit signed integer value: "
                                        : "Int cannot represent non-integer value: ") +
               shown;
    case Completion::number:
        return "Float cannot represent non numeric value: " + shown;
    case Completion::string:
        return "String cannot represent value: " + shown;
    case Completion::boolean:
        return "Boolean cannot represent a non boolean value: " + shown;
    case Completion::id:
        return "ID cannot represent value: " + shown;
    case Completion::enumeration:
        return "Enum \"" + type.name + "\" cannot represent value: " + shown;
    default:
        return type.name + " cannot represent value: " + shown;
    }
}

} // namespace mortise::graphql
