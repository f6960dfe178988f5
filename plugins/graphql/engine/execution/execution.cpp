// SPDX-License-Identifier: Apache-2.0
#include "execution/execution.hpp"

#include "execution/response_writer.hpp"
#include "schema/argument_values.hpp"

#include <algorithm>
#include <utility>

namespace mortise::graphql {

namespace {

constexpr std::uint32_t batchesPerLook = 16; // at the clock
// With the padding that JsonOutput::appendPadded asks for.
constexpr char prefixText[8 + JsonOutput::padding] = "{\"data\":";
constexpr std::string_view prefix(prefixText, 8);
constexpr std::size_t leastResponse = 64;
constexpr std::size_t argumentBytesKept = std::size_t{1} << 16; // from one execution to the next
constexpr std::size_t highestBytes = std::size_t{4} << 30;
constexpr std::uint32_t highestErrors = 1'000;

ExecutionLimits within(ExecutionLimits limits) {
    limits.bytes = std::min(limits.bytes, highestBytes);
    limits.responseBytes = std::clamp(limits.responseBytes, leastResponse, highestBytes);
    limits.errors = std::clamp(limits.errors, 1U, highestErrors);
    return limits;
}

} // namespace

Execution::Execution(const ResolverTable& resolvers, const ExecutionLimits& limits, const Clock& clock)
    : resolvers_(resolvers),
      limits_(within(limits)),
      clock_(clock),
      arena_(limits_.bytes),
      output_(limits_.responseBytes) {}

Execution::~Execution() {
    if (state_ == State::waiting) abandonPending();
}

Execution::State Execution::start(Input input) {
    input_ = std::move(input);
    state_ = State::waiting;
    arena_.reset();
    output_.clear();
    output_.appendPadded(prefix);
    errors_.clear();
    droppedErrors_ = 0;
    queue_.clear();
    queueHead_ = 0;
    ready_.clear();
    nextRoot_ = 0;
    untilClock_ = 0;
    prepareArguments();
    const ObjectPlan& plan = input_.plan->root();
    if (plan.fault != nullptr) {
        writer().fault(*plan.fault);
        return end(false);
    }
    auto* handle = arena_.make<std::uint64_t>(1);
    if (handle != nullptr) *handle = input_.root;
    if (handle != nullptr && openGroup(root_, plan, handle, 1)) {
        if (input_.plan->kind() == OperationKind::mutation)
            output_.put('{');
        else
            startAll(root_);
    }
    return state_ != State::waiting || failIfExhausted() ? state_ : run();
}

// Room for all of the plan's arguments at once, since batches point at them. Of the memory they had, a little is kept.
void Execution::prepareArguments() {
    variableArguments_.resize(input_.plan->arguments().size());
    argumentBytes_ = 0;
    std::size_t kept = 0;
    for (VariableArguments& arguments : variableArguments_) {
        arguments.known = false;
        arguments.error.reset();
        kept += arguments.values.bytes();
        if (kept > argumentBytesKept) arguments.values = Values();
    }
}

std::string_view Execution::data() const {
    return output_.view().substr(prefix.size(), output_.size() - prefix.size() - 1);
}

Execution::State Execution::resume() {
    return state_ == State::waiting ? run() : state_;
}

Execution::State Execution::run() {
    for (;;) {
        if (!drain() || outstanding_ != 0) return state_;
        if (input_.plan->kind() != OperationKind::mutation) return end(writer().root(root_));
        if (!nextMutation()) return state_;
    }
}

// Writes the root field that has finished, and starts the next. False when there is none.
bool Execution::nextMutation() {
    const auto fields = root_.plan->fields;
    for (;;) {
        if (nextRoot_ != 0 && !writer().rootField(root_, nextRoot_ - 1)) {
            end(false);
            return false;
        }
        if (nextRoot_ == fields.size()) {
            output_.put('}');
            end(true);
            return false;
        }
        const std::uint32_t index = nextRoot_++;
        if (fields[index].completion == Completion::typeName) continue;
        queue_.push_back(&root_.batches[index]);
        return true;
    }
}

ResponseWriter Execution::writer() {
    return {*input_.plan, output_, {errors_, droppedErrors_, limits_.errors}};
}

// Closes the response; without data the root is null.
Execution::State Execution::end(bool hasData) {
    if (!hasData && !output_.overflowed()) {
        output_.truncate(prefix.size());
        output_.append("null");
    }
    output_.put('}');
    if (output_.overflowed())
        fail("The response's data take more than " + std::to_string(limits_.responseBytes) + " bytes.");
    state_ = State::done;
    return state_;
}

void Execution::fail(std::string message) {
    if (state_ != State::waiting) return;
    state_ = State::done;
    errors_.clear();
    droppedErrors_ = 0;
    errors_.push_back({ErrorKind::limit, std::move(message), {}, {}, 0});
    output_.clear();
    output_.append(prefix);
    output_.append("null}");
    abandonPending();
}

// Takes no memory: release keeps a slot for which there was room before.
void Execution::abandonPending() {
    for (std::size_t i = 0; i < slots_.size() && outstanding_ != 0; ++i) {
        Batch* batch = slots_[i].batch;
        if (batch == nullptr) continue;
        const BatchToken token = tokenOf(static_cast<std::uint32_t>(i));
        release(*batch);
        if (const FieldResolver* resolver = resolvers_.find(batch->field())) resolver->abandon(token);
    }
}

void Execution::cancel(std::string message) {
    fail(std::move(message));
}

void Execution::failExhausted() {
    fail("The operation's objects and values take more than " + std::to_string(limits_.bytes) + " bytes.");
}

bool Execution::isLate() {
    untilClock_ = 0;
    if (!input_.deadline || clock_.now() < *input_.deadline) return false;
    fail("The operation took longer than its deadline allows.");
    return true;
}

BatchToken Execution::tokenOf(std::uint32_t slot) const {
    return BatchToken{slots_[slot].serial} << 32U | slot;
}

BatchToken Execution::suspend(Batch& batch) {
    if (batch.pending_ != Batch::none) return tokenOf(batch.pending_);
    if (freeSlots_.empty()) {
        freeSlots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    batch.pending_ = freeSlots_.back();
    freeSlots_.pop_back();
    slots_[batch.pending_] = {&batch, ++serial_};
    ++outstanding_;
    return tokenOf(batch.pending_);
}

void Execution::release(Batch& batch) {
    slots_[batch.pending_].batch = nullptr;
    freeSlots_.push_back(batch.pending_);
    batch.pending_ = Batch::none;
    --outstanding_;
}

Batch* Execution::pending(BatchToken token) {
    const auto slot = static_cast<std::uint32_t>(token);
    return slot < slots_.size() && tokenOf(slot) == token ? slots_[slot].batch : nullptr;
}

bool Execution::complete(BatchToken token) {
    Batch* batch = pending(token);
    if (batch == nullptr) return false;
    release(*batch);
    ready_.push_back(batch);
    return true;
}

bool Execution::openGroup(Group& group, const ObjectPlan& plan, const std::uint64_t* handles, std::uint32_t rows) {
    group = {&plan, handles, rows, nullptr};
    if (plan.fault != nullptr) return true;
    // The batches, and behind them a column of cells for each.
    const std::size_t count = plan.fields.size();
    static_assert(alignof(Batch) == alignof(Cell) && sizeof(Batch) % alignof(Cell) == 0);
    void* memory = arena_.allocate(count * (sizeof(Batch) + rows * sizeof(Cell)), alignof(Batch));
    if (memory == nullptr) return false;
    group.batches = static_cast<Batch*>(memory);
    auto* cells = static_cast<Cell*>(static_cast<void*>(group.batches + count));
    std::uninitialized_default_construct_n(cells, count * rows);
    for (std::size_t i = 0; i < count; ++i)
        ::new (&group.batches[i]) Batch(*this, plan.fields[i], group, cells + i * rows);
    return true;
}

// Leaves, below which nothing is, begin at once.
void Execution::startAll(Group& group) {
    if (group.plan->fault != nullptr) return;
    const auto fields = group.plan->fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].completion == Completion::typeName) continue;
        if (fields[i].completion == Completion::object)
            queue_.push_back(&group.batches[i]);
        else if (state_ == State::waiting && !arena_.exhausted() && !(untilClock_ >= batchesPerLook && isLate()))
            begin(group.batches[i]);
    }
}

// Runs what can run; false when the execution has ended.
bool Execution::drain() {
    if (isLate()) return false;
    for (;;) {
        if (!ready_.empty()) {
            for (std::size_t i = 0; i < ready_.size(); ++i) finish(*ready_[i]);
            ready_.clear();
        } else if (queueHead_ < queue_.size()) {
            begin(*queue_[queueHead_++]);
        } else {
            queue_.clear();
            queueHead_ = 0;
            return true;
        }
        if (state_ != State::waiting || failIfExhausted()) return false;
        if (untilClock_ >= batchesPerLook && isLate()) return false;
    }
}

void Execution::begin(Batch& batch) {
    ++untilClock_;
    if (batch.planned_->arguments == PlannedField::none)
        batch.arguments_ = &noArguments_;
    else if (!takeArguments(batch))
        return;
    const FieldResolver* resolver = resolvers_.find(batch.field());
    if (resolver == nullptr) return;
    const Progress progress = resolver->resolve(batch);
    if (progress == Progress::pending && batch.pending_ != Batch::none) return;
    if (batch.pending_ != Batch::none) release(batch);
    if (batch.planned_->selection == nullptr && batch.openRow_ == Batch::none)
        batch.finished_ = true;
    else
        finish(batch);
}

// False: they have an error, which is the field's.
bool Execution::takeArguments(Batch& batch) {
    const std::uint32_t index = batch.planned_->arguments;
    const PlannedArguments& planned = input_.plan->arguments()[index];
    if (planned.constant) {
        batch.arguments_ = &planned.values;
        batch.fault_ = planned.error ? &*planned.error : nullptr;
        return batch.fault_ == nullptr;
    }
    VariableArguments& arguments = variableArguments_[index];
    if (!arguments.known) {
        const PreparedDocument& document = input_.plan->document();
        arguments.values.clear();
        const bool hasVariables = input_.variables != nullptr && !input_.variables->empty();
        const Values* variables = hasVariables ? input_.variables : nullptr;
        const std::size_t left = limits_.bytes - std::min(limits_.bytes, bytes());
        arguments.values.limitTo(static_cast<std::uint32_t>(left / sizeof(Value)));
        Error error;
        if (!coerceArguments(document.schema(), document.document(), planned.field->arguments, planned.node, variables,
                             arguments.values, error))
            arguments.error = std::move(error);
        arguments.known = true;
        argumentBytes_ += arguments.values.bytes() + (arguments.error ? arguments.error->message.size() : 0);
        if (arguments.values.isExceeded() || bytes() > limits_.bytes) {
            failExhausted();
            return false;
        }
    }
    batch.arguments_ = &arguments.values;
    batch.fault_ = arguments.error ? &*arguments.error : nullptr;
    return batch.fault_ == nullptr;
}

void Execution::finish(Batch& batch) {
    if (batch.finished_ || state_ != State::waiting) return;
    batch.finished_ = true;
    while (batch.openRow_ != Batch::none) batch.endList();
    if (batch.planned_->selection != nullptr && !arena_.exhausted()) spread(batch);
}

// Makes groups of the objects that a batch's cells hold, and starts their fields.
void Execution::spread(Batch& batch) {
    const auto plans = batch.planned_->selection->objects;
    if (plans.size() == 1 && batch.itemCount_ == 0 && batch.group_->rows == 1) return spreadOne(batch);
    auto* groups = arena_.make<Group>(plans.size());
    auto* counts = arena_.make<std::uint32_t>(plans.size());
    auto* handles = arena_.make<std::uint64_t*>(plans.size());
    if (groups == nullptr || counts == nullptr || handles == nullptr) return;
    std::fill(counts, counts + plans.size(), 0);
    const auto each = [&batch](const auto& apply) {
        for (Cell& cell : batch.cells())
            if (cell.kind == CellKind::object) apply(cell);
        for (std::uint32_t i = 0; i < batch.itemCount_; ++i)
            if (batch.items_[i].kind == CellKind::object) apply(batch.items_[i]);
    };
    std::uint64_t rows = 0;
    each([&](Cell& cell) {
        const ObjectPlan* plan = planOf(batch, cell);
        if (plan == nullptr) return;
        cell.size = plan->index;
        ++counts[plan->index];
        ++rows;
    });
    if (rows > limits_.rows)
        return fail("The field \"" + batch.field().name + "\" has more than " + std::to_string(limits_.rows) +
                    " objects at one level.");
    batch.children_ = groups;
    for (std::size_t i = 0; i < plans.size(); ++i) {
        if (counts[i] == 0) continue;
        handles[i] = arena_.make<std::uint64_t>(counts[i]);
        if (handles[i] == nullptr || !openGroup(groups[i], plans[i], handles[i], counts[i])) return;
        counts[i] = 0;
    }
    each([&](Cell& cell) {
        const std::uint32_t row = counts[cell.size]++;
        handles[cell.size][row] = cell.handle;
        cell.range = {cell.size, row};
    });
    for (std::size_t i = 0; i < plans.size(); ++i)
        if (counts[i] != 0) startAll(groups[i]);
}

// The same for one row that holds at most one object, of one possible type.
void Execution::spreadOne(Batch& batch) {
    Cell& cell = batch.cells_[0];
    if (cell.kind != CellKind::object) return;
    const ObjectPlan* plan = planOf(batch, cell);
    if (plan == nullptr) return;
    auto* group = arena_.make<Group>(1);
    auto* handle = arena_.make<std::uint64_t>(1);
    if (group == nullptr || handle == nullptr) return;
    *handle = cell.handle;
    cell.range = {0, 0};
    batch.children_ = group;
    if (openGroup(*group, *plan, handle, 1)) startAll(*group);
}

// The plan of the object in a cell; when its type is not possible there, the cell becomes an error.
const ObjectPlan* Execution::planOf(Batch& batch, Cell& cell) {
    const SelectionPlan& selection = *batch.planned_->selection;
    const Schema& schema = input_.plan->document().schema();
    const Type& type = schema[batch.field().type.named];
    if (cell.size == noType && !type.isAbstract()) return selection.objects.data();
    if (const ObjectPlan* plan = selection.find(cell.size)) return plan;
    const std::string given = cell.size < schema.types().size() ? schema[cell.size].name : std::string();
    if (!type.isAbstract())
        cell = batch.failure("Expected value of type \"" + type.name + "\" but got: " + given + ".");
    else if (given.empty())
        cell =
            batch.failure("Abstract type \"" + type.name + "\" must resolve to an Object type at runtime for field \"" +
                          schema[batch.parentType()].name + "." + batch.field().name + "\".");
    else
        cell = batch.failure("Runtime Object type \"" + given + "\" is not a possible type for \"" + type.name + "\".");
    return nullptr;
}

} // namespace mortise::graphql
