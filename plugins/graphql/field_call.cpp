// SPDX-License-Identifier: Apache-2.0
#include "field_call.hpp"

#include "memory_budget.hpp"
#include "operation.hpp"

#include <mortise/detail/elements.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace mortise::graphql {

namespace {

constexpr std::size_t maximumNesting = TypeRef::maximumLists;
constexpr std::size_t kept = 4096;            // elements of a vector that stay for the next operation
constexpr std::size_t maximumDetails = 1'000; // of one failure
constexpr std::size_t maximumMessage = 4096;  // bytes

std::string textOf(mortise_view view) {
    if (view.data == nullptr) return {};
    const std::string_view text(view.data, static_cast<std::size_t>(view.size));
    return std::string(text.substr(0, maximumMessage));
}

// No memory: what was to be written is dropped.
template<class Work>
mortise_status guarded(const mortise_graphql_call* call, bool isValid, const Work& work) noexcept {
    if (call == nullptr || !isValid) return MORTISE_INVALID;
    try {
        return work();
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

template<class T>
void shrink(std::vector<T>& list) {
    list.clear();
    if (list.capacity() > kept) list.shrink_to_fit();
}

} // namespace

const mortise_graphql_call_table FieldCall::functions = {
    sizeof(mortise_graphql_call_table),
    0,
    [](const mortise_graphql_call* call, std::uint32_t place) {
        return guarded(call, true, [&] { return of(call)->beginList(place); });
    },
    [](const mortise_graphql_call* call, const mortise_graphql_cell* cells, std::uint32_t cellCount) {
        return guarded(call, cells != nullptr || cellCount == 0, [&] { return of(call)->add(cells, cellCount); });
    },
    [](const mortise_graphql_call* call) { return guarded(call, true, [&] { return of(call)->endList(); }); },
    [](const mortise_graphql_call* call, std::uint32_t place, const mortise_error_reply* error) {
        return guarded(call, error != nullptr, [&] { return of(call)->fail(place, *error); });
    },
    [](const mortise_graphql_call* call, mortise_view text) {
        mortise_view copy{};
        guarded(call, true, [&] {
            copy = of(call)->keepText(text);
            return MORTISE_OK;
        });
        return copy;
    },
    [](const mortise_graphql_call* call, void* object, void (*release)(void*)) {
        return guarded(call, release != nullptr, [&] { return of(call)->own(object, release); });
    },
    [](const mortise_graphql_call* call, mortise_status status) {
        if (call != nullptr) of(call)->complete(status);
    },
};

FieldCall::FieldCall(Operation& of, MemoryBudget& budget)
    : mortise_graphql_call{}, operation(of), budget_(budget), texts_(budget.maximum(), 512) {
    struct_size = sizeof(mortise_graphql_call);
    table = &functions;
    state = &ownState;
}

// The provider makes every call, and hands it out as const.
FieldCall* FieldCall::of(const mortise_graphql_call* call) {
    return const_cast<FieldCall*>(static_cast<const FieldCall*>(call));
}

void FieldCall::begin(std::uint32_t rows) {
    ownCells.assign(rows, mortise_graphql_cell{});
    items.clear();
    failures.clear();
    lists_.clear();
    listAt_.clear();
    nesting_.clear();
    isOpen_ = false;
    isChecked = false;
    loads = 0;
    count = rows;
    cells = ownCells.data();
}

const FieldCall::List* FieldCall::listOf(std::uint32_t place) const {
    if (listAt_.empty() || listAt_[place] == none) return nullptr;
    return &lists_[listAt_[place]];
}

void FieldCall::release() {
    while (!owned_.empty()) {
        const Owned last = owned_.back();
        owned_.pop_back();
        last.release(last.object);
    }
    shrink(owned_);
    texts_.reset();
    shrink(ownCells);
    shrink(items);
    shrink(failures);
    shrink(lists_);
    shrink(listAt_);
    shrink(shownPassed);
    shrink(shownSelected);
    shrink(shownKeys);
    shrink(places);
    passed.clear();
    tape.clear();
    resolver = nullptr;
    batch = nullptr;
    owner = nullptr;
    isSuspended = false;
    ownState = nullptr;
}

bool FieldCall::append(const mortise_graphql_cell* from, std::size_t cellCount) {
    const std::size_t before = items.capacity();
    if (items.size() + cellCount >= none) return false;
    if (items.size() + cellCount > before) {
        const std::size_t wanted = std::max(before * 2, items.size() + cellCount);
        if (!budget_.spend((wanted - before) * sizeof(mortise_graphql_cell))) return false;
        items.reserve(wanted);
    }
    items.insert(items.end(), from, from + cellCount);
    return true;
}

// One that nobody waits for is a plugin's mistake, and may be of an operation that has ended: nothing is looked at but
// the phase.
void FieldCall::complete(mortise_status status) {
    Phase now = Phase::running;
    outcome.store(status);
    if (phase.compare_exchange_strong(now, Phase::early)) return;
    now = Phase::pending;
    if (phase.compare_exchange_strong(now, Phase::completed)) operation.takeBack(*this);
}

mortise_status FieldCall::beginList(std::uint32_t place) {
    if (isOpen_) {
        if (nesting_.size() + 1 >= maximumNesting) return MORTISE_INVALID;
        mortise_graphql_cell cell{};
        cell.kind = nestedList;
        if (!append(&cell, 1)) return MORTISE_ERROR;
        nesting_.push_back(static_cast<std::uint32_t>(items.size() - 1));
        return MORTISE_OK;
    }
    if (place >= count) return MORTISE_INVALID;
    if (listAt_.empty()) {
        if (!budget_.spend(count * (sizeof(List) + sizeof(std::uint32_t)))) return MORTISE_ERROR;
        listAt_.assign(count, none);
        lists_.reserve(count);
    }
    if (listAt_[place] != none) return MORTISE_INVALID;
    listAt_[place] = static_cast<std::uint32_t>(lists_.size());
    const auto at = static_cast<std::uint32_t>(items.size());
    lists_.push_back({place, at, at});
    isOpen_ = true;
    return MORTISE_OK;
}

mortise_status FieldCall::add(const mortise_graphql_cell* from, std::uint32_t cellCount) {
    if (!isOpen_) return MORTISE_INVALID;
    if (cellCount > budget_.maximum() / sizeof(mortise_graphql_cell)) return MORTISE_ERROR; // not even read
    for (std::uint32_t i = 0; i < cellCount; ++i)
        if (from[i].kind > MORTISE_GRAPHQL_KEY) return MORTISE_INVALID;
    return append(from, cellCount) ? MORTISE_OK : MORTISE_ERROR;
}

mortise_status FieldCall::endList() {
    if (!isOpen_) return MORTISE_INVALID;
    const auto end = static_cast<std::uint32_t>(items.size());
    if (nesting_.empty()) {
        lists_.back().end = end;
        isOpen_ = false;
    } else {
        items[nesting_.back()].value.integer = end;
        nesting_.pop_back();
    }
    return MORTISE_OK;
}

mortise_status FieldCall::fail(std::uint32_t place, const mortise_error_reply& error) {
    const auto given = detail::adopt<mortise_error_reply>(&error);
    if (given.struct_size == 0 || given.status < 400 || given.status > 599 || (place >= count && place != none))
        return MORTISE_INVALID;
    FieldFailure failure;
    failure.status = given.status;
    failure.message = textOf(given.message);
    failure.code = textOf(given.code);
    std::size_t size = failure.message.size() + failure.code.size() + sizeof(Failed);
    const detail::Elements<mortise_error_detail> details(given.details, given.detail_count, given.detail_size);
    if (!details.valid() || details.size() > maximumDetails) return MORTISE_INVALID;
    for (const mortise_error_detail& one : details) {
        failure.details.push_back({textOf(one.in), textOf(one.path), textOf(one.code), textOf(one.message)});
        size += sizeof(Detail) + failure.details.back().path.size() + failure.details.back().message.size();
    }
    if (!budget_.spend(size)) return MORTISE_ERROR;
    fail(place, std::move(failure));
    return MORTISE_OK;
}

mortise_view FieldCall::keepText(mortise_view text) {
    if (text.data == nullptr || text.size == 0) return {};
    if (!budget_.spend(static_cast<std::size_t>(std::min<std::uint64_t>(text.size, budget_.maximum() + 1)))) return {};
    const std::string_view copy = texts_.copy({text.data, static_cast<std::size_t>(text.size)});
    return {copy.data(), copy.size()};
}

mortise_status FieldCall::own(void* object, void (*given)(void* object)) {
    if (!budget_.spend(sizeof(Owned))) return MORTISE_ERROR;
    owned_.push_back({object, given});
    return MORTISE_OK;
}

} // namespace mortise::graphql
