// SPDX-License-Identifier: Apache-2.0
#include "cell_check.hpp"

#include "contributed_schema.hpp"

#include <exception>

namespace mortise::graphql {

std::string CellCheck::faultIn(const FieldCall& call, std::uint32_t place, TypeRef type) const {
    std::string fault;
    const mortise_graphql_cell& cell = call.cells[place];
    const FieldCall::List* const list = call.listOf(place);
    if (list == nullptr) {
        if (cell.kind != MORTISE_GRAPHQL_NULL && type.isList()) return "a value where a list is wanted";
        checkCell(cell, type, fault);
    } else if (!type.isList()) {
        fault = "a list where none is wanted";
    } else if (call.openPlace() == place) {
        fault = "a list that was not ended";
    } else {
        checkList(call, list->first, list->end, type.item(), fault);
    }
    return fault;
}

bool CellCheck::checkList(const FieldCall& call, std::uint32_t first, std::uint32_t end, TypeRef type,
                          std::string& fault) const {
    for (std::uint32_t at = first; at < end; ++at) {
        const mortise_graphql_cell& cell = call.items[at];
        if (cell.kind == FieldCall::nestedList) {
            const auto last = static_cast<std::uint32_t>(cell.value.integer);
            if (!type.isList()) return fault = "a list within a list where none is wanted", false;
            if (last <= at || last > end) return fault = "a list that was not ended", false;
            if (!checkList(call, at + 1, last, type.item(), fault)) return false;
            at = last - 1;
        } else if (type.isList() && cell.kind != MORTISE_GRAPHQL_NULL) {
            return fault = "a value where a list is wanted", false;
        } else if (!checkCell(cell, type, fault)) {
            return false;
        }
    }
    return true;
}

bool CellCheck::checkCell(const mortise_graphql_cell& cell, TypeRef ref, std::string& fault) const {
    if (cell.kind == MORTISE_GRAPHQL_NULL) return true;
    const Type& type = schema_.schema()[ref.named];
    switch (cell.kind) {
    case MORTISE_GRAPHQL_BOOLEAN:
        if (cell.value.integer != 0 && cell.value.integer != 1) fault = "a boolean that is neither 0 nor 1";
        break;
    case MORTISE_GRAPHQL_INTEGER:
    case MORTISE_GRAPHQL_NUMBER:
        break;
    case MORTISE_GRAPHQL_TEXT:
    case MORTISE_GRAPHQL_JSON:
    case MORTISE_GRAPHQL_KEY:
        if (cell.size != 0 && cell.value.text == nullptr) fault = "a text without bytes";
        break;
    case MORTISE_GRAPHQL_OBJECT:
        break;
    default:
        fault = "a cell of kind " + std::to_string(cell.kind);
    }
    if (!fault.empty()) return false;
    const bool isObject = cell.kind == MORTISE_GRAPHQL_OBJECT || cell.kind == MORTISE_GRAPHQL_KEY;
    if (isObject != type.isComposite()) {
        fault = isObject ? "an object where a value is wanted" : "a value where an object is wanted";
    } else if (cell.kind == MORTISE_GRAPHQL_KEY) {
        const KeyedType& keyed = schema_.keyed(ref.named);
        if (type.isAbstract())
            fault = "a key where the type of the object is open";
        else if (keyed.type == nullptr || keyed.type->load == nullptr)
            fault = "a key of the type '" + type.name + "', whose objects are not found by keys";
    } else if (isObject && type.isAbstract() && (cell.size == 0 || cell.size > typeNames_)) {
        fault = "an object whose type is not among its type names";
    } else if (cell.kind == MORTISE_GRAPHQL_JSON) {
        if (type.kind != TypeKind::scalar || type.scalarKind != ScalarKind::custom)
            fault = "JSON where the type is no scalar of its own";
        else if (!isSound({cell.value.text, cell.size}))
            fault = "JSON that cannot be read";
    }
    return fault.empty();
}

bool CellCheck::isSound(std::string_view json) const {
    try {
        return schema_.services().json.visit(json, {}, [](const mortise_json_tape&) {});
    } catch (const std::exception&) {
        return false;
    }
}

} // namespace mortise::graphql
