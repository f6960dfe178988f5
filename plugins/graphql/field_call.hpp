// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "argument_tape.hpp"
#include "field_failure.hpp"

#include "execution/arena.hpp"
#include "execution/batch.hpp"
#include "schema/type_ref.hpp"

#include <mortise/service/graphql.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace mortise::graphql {

class ContributedResolver;
struct Contribution;
class MemoryBudget;
class Operation;

// What a plugin's function gets and fills in for one field of all rows of a group, or for the keys that are loaded.
// The plugin writes here, by whatever thread it likes, and never into the execution; the operation's thread copies what
// holds once the call is complete. Reused within an operation, unless its plugin kept it for later.
class FieldCall : public mortise_graphql_call {
public:
    // Kinds of cells that plugins cannot make: behind them stands the index one past a nested list, or a failure's.
    static constexpr std::uint32_t nestedList = 0x10001;
    static constexpr std::uint32_t failedCell = 0x10002;
    static constexpr std::uint32_t none = 0xFFFFFFFF;

    // Where the call stands between the operation and whoever completes it.
    //
    //   phase     | the function returns | complete() comes
    //   running   | → idle, or → pending  | → early
    //   early     | → idle                | ignored
    //   pending   |                       | → completed
    enum class Phase : std::uint8_t { idle, running, early, pending, completed };
    // What is to be done next.
    enum class Stage : std::uint8_t { prepare, prepared, resolve, resolved, loading, done };

    struct List {
        std::uint32_t place;
        std::uint32_t first;
        std::uint32_t end;
    };
    struct Failed {
        std::uint32_t place; // none: all
        FieldFailure failure;
    };

    FieldCall(Operation& operation, MemoryBudget& budget);
    FieldCall(const FieldCall&) = delete;
    FieldCall& operator=(const FieldCall&) = delete;
    ~FieldCall() { release(); }

    // Null cells for so many rows; what was written before is gone.
    void begin(std::uint32_t rows);
    void fail(std::uint32_t place, FieldFailure failure) {
        if (place == none) failures.clear(); // it is that of every place
        failures.push_back({place, std::move(failure)});
    }
    bool hasFailed() const { return !failures.empty(); }
    // The list in a cell; null where there is none.
    const List* listOf(std::uint32_t place) const;
    // The cell whose list was begun and not ended; none: there is no such list.
    std::uint32_t openPlace() const { return isOpen_ ? lists_.back().place : none; }
    // The operation has ended: what it owned is released, what it kept is gone.
    void release();

    Operation& operation;
    const ContributedResolver* resolver = nullptr;
    const Contribution* provider = nullptr; // whose function is called
    Batch* batch = nullptr;                 // good while the execution has a token, or none was asked for
    BatchToken token = 0;
    FieldCall* owner = nullptr; // of a call that loads: whose keys these are
    Stage stage = Stage::prepare;
    std::atomic<Phase> phase{Phase::idle};
    std::atomic<mortise_status> outcome{MORTISE_OK}; // that complete() brought
    bool isSuspended = false;                        // `token` is one
    bool wasPending = false;                         // its plugin may still know it
    bool isChecked = false;                          // what is in the cells holds
    std::uint32_t loads = 0;                         // calls that are not complete

    std::vector<mortise_graphql_cell> ownCells;
    std::vector<mortise_graphql_cell> items; // of all lists, in pre-order
    std::vector<Failed> failures;
    ArgumentTape tape;
    std::vector<std::unique_ptr<ArgumentTape>> passed; // by the field's checks; null: nothing to check
    std::vector<const mortise_json_tape*> shownPassed;
    std::vector<mortise_view> shownSelected;
    std::vector<mortise_view> shownKeys;
    // Of loads: the cells of the owner that each key stands in.
    std::vector<std::vector<std::uint32_t>> places;
    TypeId loaded = noType;
    void* ownState = nullptr;

private:
    struct Owned {
        void* object;
        void (*release)(void* object);
    };

    static FieldCall* of(const mortise_graphql_call* call);
    static const mortise_graphql_call_table functions;

    void complete(mortise_status status);
    mortise_status beginList(std::uint32_t place);
    mortise_status add(const mortise_graphql_cell* cells, std::uint32_t cellCount);
    mortise_status endList();
    mortise_status fail(std::uint32_t place, const mortise_error_reply& error);
    mortise_view keepText(mortise_view text);
    mortise_status own(void* object, void (*release)(void* object));
    bool append(const mortise_graphql_cell* cells, std::size_t cellCount);

    MemoryBudget& budget_;
    std::vector<List> lists_;            // by the order in which they began
    std::vector<std::uint32_t> listAt_;  // of each place the index of its list; empty: there are none
    std::vector<std::uint32_t> nesting_; // open nested lists, indices of items
    bool isOpen_ = false;
    Arena texts_;
    std::vector<Owned> owned_;
};

} // namespace mortise::graphql
