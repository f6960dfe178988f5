// SPDX-License-Identifier: Apache-2.0
#include "execution/leaf.hpp"

#include "schema/number_text.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

namespace mortise::graphql {

namespace {

constexpr std::size_t shownBytes = 1 << 16; // of a value in a message

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

bool writeInteger(const Cell& cell, JsonOutput& output, std::string& message) {
    const auto fits = [](auto value) {
        return value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max();
    };
    if (cell.kind == CellKind::integer && fits(cell.integer)) {
        output.integer(cell.integer);
        return true;
    }
    const std::optional<double> value = numberOf(cell);
    const bool whole = value && std::isfinite(*value) && std::trunc(*value) == *value;
    if (whole && fits(*value)) {
        output.integer(static_cast<std::int64_t>(*value));
        return true;
    }
    message = (whole ? "Int cannot represent non 32-bit signed integer value: "
                     : "Int cannot represent non-integer value: ") +
              inspectCell(cell);
    return false;
}

bool writeNumber(const Cell& cell, JsonOutput& output, std::string& message) {
    const std::optional<double> value = numberOf(cell);
    if (value && std::isfinite(*value)) {
        output.number(*value);
        return true;
    }
    message = "Float cannot represent non numeric value: " + inspectCell(cell);
    return false;
}

bool writeString(const Cell& cell, JsonOutput& output, std::string& message) {
    if (cell.kind == CellKind::string) {
        output.string(cell.text());
        return true;
    }
    if (cell.kind == CellKind::boolean || cell.kind == CellKind::integer ||
        (cell.kind == CellKind::number && std::isfinite(cell.number))) {
        output.string(inspectCell(cell));
        return true;
    }
    message = "String cannot represent value: " + inspectCell(cell);
    return false;
}

bool writeBoolean(const Cell& cell, JsonOutput& output, std::string& message) {
    if (cell.kind == CellKind::boolean) {
        output.boolean(cell.boolean);
        return true;
    }
    if (cell.kind == CellKind::integer || (cell.kind == CellKind::number && std::isfinite(cell.number))) {
        output.boolean(cell.kind == CellKind::integer ? cell.integer != 0 : cell.number != 0);
        return true;
    }
    message = "Boolean cannot represent a non boolean value: " + inspectCell(cell);
    return false;
}

bool writeId(const Cell& cell, JsonOutput& output, std::string& message) {
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
    message = "ID cannot represent value: " + inspectCell(cell);
    return false;
}

bool writeEnumeration(const Type& type, const Cell& cell, JsonOutput& output, std::string& message) {
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
    message = "Enum \"" + type.name + "\" cannot represent value: " + inspectCell(cell);
    return false;
}

bool writeCustom(const Type& type, const Cell& cell, JsonOutput& output, std::string& message) {
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
        message = type.name + " cannot represent value: " + inspectCell(cell);
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
        return std::string(cell.text().substr(0, shownBytes));
    case CellKind::object:
        return "[Object]";
    case CellKind::list:
        return "[Array]";
    case CellKind::string: {
        JsonOutput text(6 * shownBytes + 2);
        text.string(cell.text().substr(0, shownBytes));
        return std::string(text.view());
    }
    default:
        return "null";
    }
}

bool writeLeaf(const Type& type, Completion completion, const Cell& cell, JsonOutput& output, std::string& message) {
    switch (completion) {
    case Completion::integer:
        return writeInteger(cell, output, message);
    case Completion::number:
        return writeNumber(cell, output, message);
    case Completion::string:
        return writeString(cell, output, message);
    case Completion::boolean:
        return writeBoolean(cell, output, message);
    case Completion::id:
        return writeId(cell, output, message);
    case Completion::enumeration:
        return writeEnumeration(type, cell, output, message);
    default:
        return writeCustom(type, cell, output, message);
    }
}

} // namespace mortise::graphql
