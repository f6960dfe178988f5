// SPDX-License-Identifier: Apache-2.0
#include "contributed_resolver.hpp"

#include "call_output.hpp"
#include "contributed_schema.hpp"
#include "operation.hpp"

#include <mortise/detail/status.hpp>
#include <mortise/principal.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace mortise::graphql {

namespace {

constexpr std::size_t fewNames = 16; // that many are compared with each other

const FieldFailure unauthenticated{401, std::string(unauthenticatedMessage), {}};
const FieldFailure forbidden{403, "Forbidden", {}};

std::string_view textOf(const mortise_graphql_cell& cell) {
    return {cell.value.text, cell.size};
}

} // namespace

ContributedResolver::ContributedResolver(const ContributedSchema& schema, const Contribution& contribution,
                                         const ContributedField& field, const Field& declared,
                                         std::vector<ArgumentCheck> checks)
    : schema_(schema),
      contribution_(contribution),
      field_(field),
      declared_(declared),
      checks_(std::move(checks)),
      check_(schema, contribution.typeNames.size()),
      isMutation_(declared.owner == schema.schema().root(OperationKind::mutation)),
      isRoot_(isMutation_ || declared.owner == schema.schema().root(OperationKind::query)) {
    types_.reserve(contribution.typeNames.size());
    for (const std::string& name : contribution.typeNames) types_.push_back(schema.schema().type(name));
}

Progress ContributedResolver::resolve(Batch& batch) const {
    try {
        return begin(batch);
    } catch (...) { // the host's validator, or no memory
        return failAll(batch, failureOfCaught());
    }
}

Progress ContributedResolver::begin(Batch& batch) const {
    Operation& operation = Operation::of(batch);
    if (isRoot_ && operation.mode() == Operation::Mode::failing) return failAll(batch, operation.failure());
    FieldCall* call = isMutation_ ? operation.preparedCall() : nullptr;
    if (call != nullptr) {
        call->batch = &batch;
        call->parents = batch.parents().data();
        call->begin(static_cast<std::uint32_t>(batch.parents().size()));
        call->stage = FieldCall::Stage::prepared;
    } else {
        if (const FieldFailure* const refused = refusal(operation)) return failAll(batch, *refused);
        call = &operation.takeCall(*this);
        fill(*call, batch);
        if (!pass(*call)) {
            write(*call);
            operation.giveBack(*call);
            return Progress::done;
        }
    }
    if (proceed(*call)) return Progress::done;
    call->token = batch.suspend();
    call->isSuspended = true;
    return Progress::pending;
}

const FieldFailure* ContributedResolver::refusal(const Operation& operation) const {
    const bool isOpened = field_.has(MORTISE_GRAPHQL_OPENABLE) && operation.services().areQueriesOpen;
    const bool isNeeded = (field_.has(MORTISE_GRAPHQL_AUTHENTICATED) && !isOpened) || !field_.role.empty();
    return isNeeded && operation.caller().principal == nullptr ? &unauthenticated : nullptr;
}

bool ContributedResolver::hasRole(const Operation& operation) const {
    return field_.role.empty() || Principal(operation.caller().principal).hasRole(field_.role);
}

// Everything that a call shows to the plugin.
void ContributedResolver::fill(FieldCall& call, Batch& batch) const {
    Operation& operation = call.operation;
    call.batch = &batch;
    call.begin(static_cast<std::uint32_t>(batch.parents().size()));
    call.parents = batch.parents().data();
    call.keys = nullptr;
    call.principal = operation.caller().principal;
    call.turn = operation.caller().turn;
    call.arguments = nullptr;
    call.checked = nullptr;
    if (!batch.arguments().empty()) {
        call.tape.write(batch.arguments());
        call.arguments = &call.tape.raw();
    }
    select(call, batch.selection(), noType);
}

// The names of what is selected below, of one type or of all that it can be.
void ContributedResolver::select(FieldCall& call, const SelectionPlan* selection, TypeId only) const {
    std::vector<mortise_view>& names = call.shownSelected;
    names.clear();
    const bool isOpen = selection != nullptr && selection->objects.size() > 1;
    if (selection != nullptr)
        for (const ObjectPlan& object : selection->objects) {
            if (only != noType && object.type != only) continue;
            for (const PlannedField& field : object.fields) {
                if (field.field == nullptr || field.completion == Completion::typeName) continue;
                const mortise_view name = view(field.field->name);
                const auto isSame = [&](const mortise_view& other) {
                    return other.data == name.data || (isOpen && text(other) == field.field->name);
                };
                if (names.size() > fewNames || std::none_of(names.begin(), names.end(), isSame)) names.push_back(name);
            }
        }
    if (names.size() > fewNames) {
        const auto isLess = [](const mortise_view& a, const mortise_view& b) { return text(a) < text(b); };
        const auto isEqual = [](const mortise_view& a, const mortise_view& b) { return text(a) == text(b); };
        std::sort(names.begin(), names.end(), isLess);
        names.erase(std::unique(names.begin(), names.end(), isEqual), names.end());
    }
    call.selected = names.data();
    call.selected_count = static_cast<std::uint32_t>(names.size());
}

// The order of REST: what was given (400), the role (403), then the plugin's own rules. False: the call has failed.
bool ContributedResolver::pass(FieldCall& call) const {
    std::vector<Detail> details;
    if (!checks_.empty()) {
        call.passed.resize(checks_.size());
        call.shownPassed.assign(checks_.size(), nullptr);
        for (std::size_t i = 0; i < checks_.size(); ++i) {
            const ArgumentCheck& check = checks_[i];
            mortise_json_tape part{};
            const mortise_json_tape* const given =
                check.argument.empty() ? call.arguments : call.tape.member(check.argument, part);
            if (given == nullptr) continue;
            const auto keep = [&](const mortise_json_tape& passed) {
                call.passed[i] = std::make_unique<ArgumentTape>();
                call.passed[i]->copy(passed);
                call.shownPassed[i] = &call.passed[i]->raw();
            };
            call.operation.services().json.check(*given, check.schema, check.in, details, keep);
        }
        call.checked = call.shownPassed.data();
    }
    refuseNul(call, details);
    if (!details.empty()) {
        call.fail(FieldCall::none, {400, std::string(invalidMessage), {}, std::move(details)});
        return false;
    }
    if (!hasRole(call.operation)) {
        call.fail(FieldCall::none, forbidden);
        return false;
    }
    return !field_.has(MORTISE_GRAPHQL_PARENT_KEYS) || needKeys(call);
}

// U+0000, which no plugin gets from a request, in arguments that no schema checks.
void ContributedResolver::refuseNul(FieldCall& call, std::vector<Detail>& details) const {
    if (call.arguments == nullptr || (call.arguments->flags & MORTISE_JSON_TAPE_HAS_NUL) == 0) return;
    for (const InputValue& argument : declared_.arguments) {
        const bool isChecked = std::any_of(checks_.begin(), checks_.end(), [&](const ArgumentCheck& check) {
            return check.argument.empty() || check.argument == argument.name;
        });
        mortise_json_tape part{};
        if (isChecked || call.tape.member(argument.name, part) == nullptr) continue;
        std::vector<Detail> found;
        const OperationServices& services = call.operation.services();
        services.json.check(part, services.anyText, "query", found, [](const mortise_json_tape&) {});
        for (Detail& detail : found) {
            detail.path.insert(0, "/" + argument.name);
            details.push_back(std::move(detail));
        }
    }
}

// The keys of the parents, by whoever contributed their type.
bool ContributedResolver::needKeys(FieldCall& call) const {
    const KeyedType& keyed = schema_.keyed(declared_.owner);
    call.shownKeys.assign(call.count, mortise_view{});
    for (std::uint32_t i = 0; i < call.count; ++i) {
        mortise_view& key = call.shownKeys[i];
        const mortise_status status =
            keyed.type == nullptr ? MORTISE_ERROR : keyed.type->key(keyed.type->context, call.parents[i], &key);
        if (detail::peerStatus(status) == MORTISE_OK && (key.data != nullptr || key.size == 0)) continue;
        call.fail(FieldCall::none, {500,
                                    "plugin '" + keyed.contribution->plugin + "' has no key of a " +
                                        schema_.schema()[declared_.owner].name,
                                    {}});
        report(call);
        return false;
    }
    call.keys = call.shownKeys.data();
    return true;
}

bool ContributedResolver::proceed(FieldCall& call) const {
    using Stage = FieldCall::Stage;
    Operation& operation = call.operation;
    for (;;) {
        switch (call.stage) {
        case Stage::prepare:
            call.stage = Stage::prepared;
            if (field_.prepare != nullptr && !invoke(call, field_.prepare, field_.context)) return false;
            break;
        case Stage::prepared:
            if (call.hasFailed()) {
                call.stage = Stage::done;
                break;
            }
            call.begin(call.count);
            if (needsTransaction() && operation.mode() != Operation::Mode::responding) {
                operation.awaitTransaction(call);
                return false;
            }
            call.stage = Stage::resolve;
            break;
        case Stage::resolve:
            call.stage = Stage::resolved;
            if (!invoke(call, field_.resolve, field_.context)) return false;
            break;
        case Stage::resolved:
            if (!call.isChecked) check(call);
            call.stage = Stage::loading;
            if (!load(call)) return false;
            break;
        case Stage::loading:
            call.stage = Stage::done;
            break;
        case Stage::done:
            if (operation.isBusy()) return true;
            write(call);
            operation.giveBack(call);
            return true;
        }
    }
}

bool ContributedResolver::resolveInTransaction(FieldCall& call) const {
    call.begin(call.count);
    if (!invoke(call, field_.resolve, field_.context)) {
        call.fail(FieldCall::none, {500, "the field's function is pending within a transaction", {}});
        report(call);
        return false;
    }
    check(call);
    return !call.hasFailed();
}

bool ContributedResolver::invoke(FieldCall& call, mortise_graphql_function function, void* context) const {
    using Phase = FieldCall::Phase;
    call.phase.store(Phase::running);
    mortise_status status = MORTISE_ERROR;
    try {
        status = function(context, &call);
    } catch (...) {
        misbehaves(call, "its function threw");
    }
    Phase now = Phase::running;
    if (status == MORTISE_PENDING) {
        if (call.phase.compare_exchange_strong(now, Phase::pending)) {
            call.wasPending = true;
            call.operation.addPromise();
            return false;
        }
        status = call.outcome.load();
    } else if (!call.phase.compare_exchange_strong(now, Phase::idle)) {
        misbehaves(call, "it completed a call that is not pending");
    }
    call.phase.store(Phase::idle);
    finish(call, status);
    return true;
}

void ContributedResolver::take(FieldCall& call) const {
    call.phase.store(FieldCall::Phase::idle);
    finish(call, call.outcome.load());
    if (call.owner == nullptr) return;
    --call.owner->loads;
    takeLoaded(call);
}

// What a function's status means.
void ContributedResolver::finish(FieldCall& call, mortise_status status) const {
    call.operation.checkBudget();
    const mortise_status known = detail::peerStatus(status, MORTISE_BUSY, MORTISE_INVALID, MORTISE_CONFLICT,
                                                    MORTISE_UNSUPPORTED, MORTISE_STALE, MORTISE_UNAUTHORIZED);
    if (known == MORTISE_OK) {
        if (call.hasFailed()) report(call);
        return;
    }
    if (known == MORTISE_BUSY && call.operation.services().loops.current() != 0) return call.operation.setBusy();
    call.failures.clear();
    if (known == MORTISE_BUSY)
        call.fail(FieldCall::none, {503, "Service unavailable", {}, {}, 1});
    else
        call.fail(
            FieldCall::none,
            {500, "the function of plugin '" + call.provider->plugin + "' returned " + std::to_string(status), {}});
    report(call);
}

void ContributedResolver::report(FieldCall& call) const {
    for (const FieldCall::Failed& failed : call.failures) {
        if (failed.failure.status < 500) continue;
        const std::string name = field_.type + "." + field_.name;
        const Log log = call.operation.services().log.of(call.operation.caller().turn);
        if (failed.failure.status == 500)
            log.error("A field of GraphQL failed",
                      {{"plugin", call.provider->plugin}, {"field", name}, {"error", failed.failure.message}});
        else
            log.warn("A field of GraphQL was rejected",
                     {{"plugin", call.provider->plugin}, {"field", name}, {"error", failed.failure.message}});
        return;
    }
}

void ContributedResolver::misbehaves(FieldCall& call, std::string_view how) const {
    call.operation.services()
        .log.of(call.operation.caller().turn)
        .error("A plugin breaks the rules of GraphQL's fields",
               {{"plugin", call.provider->plugin}, {"field", field_.type + "." + field_.name}, {"error", how}});
}

// Whether what is in the cells is what the field's type has; what is not is an error of its cell.
void ContributedResolver::check(FieldCall& call) const {
    call.isChecked = true;
    bool isReported = false;
    for (std::uint32_t i = 0; i < call.count; ++i) {
        std::string fault = check_.faultIn(call, i, declared_.type);
        const bool isMissing = call.cells[i].kind == MORTISE_GRAPHQL_NULL && call.listOf(i) == nullptr;
        if (fault.empty() && isMissing && declared_.type.isNonNull() && isMutation_ && !call.hasFailed())
            fault = "no value where there has to be one";
        if (fault.empty()) continue;
        if (!std::exchange(isReported, true)) misbehaves(call, fault);
        call.fail(i, {500, "plugin '" + contribution_.plugin + "' gave " + fault, {}});
    }
}

// The objects that keys stand for, each once. False: it is pending.
bool ContributedResolver::load(FieldCall& call) const {
    Operation& operation = call.operation;
    const TypeId named = declared_.type.named;
    const KeyedType& keyed = schema_.keyed(named);
    if (keyed.type == nullptr || keyed.type->load == nullptr) return true;
    FieldCall* loading = nullptr;
    std::unordered_map<std::string_view, std::uint32_t> known;
    const auto want = [&](const mortise_graphql_cell& cell, std::uint32_t place) {
        if (cell.kind != MORTISE_GRAPHQL_KEY || (cell.size != 0 && cell.value.text == nullptr)) return;
        if (loading == nullptr) {
            loading = &operation.takeCall(*this);
            loading->owner = &call;
            loading->loaded = named;
            loading->provider = keyed.contribution;
            loading->shownKeys.clear();
            loading->places.clear();
        }
        const std::string_view key = textOf(cell);
        const auto [found, isNew] = known.try_emplace(key, static_cast<std::uint32_t>(loading->shownKeys.size()));
        if (isNew) {
            loading->shownKeys.push_back(view(key));
            loading->places.emplace_back();
        }
        loading->places[found->second].push_back(place);
    };
    // Cells of the call first, then its items.
    for (std::uint32_t i = 0; i < call.count; ++i)
        if (call.listOf(i) == nullptr) want(call.cells[i], i);
    for (std::uint32_t i = 0; i < call.items.size(); ++i) want(call.items[i], call.count + i);
    if (loading == nullptr) return true;
    loading->begin(static_cast<std::uint32_t>(loading->shownKeys.size()));
    loading->parents = nullptr;
    loading->keys = loading->shownKeys.data();
    loading->arguments = nullptr;
    loading->checked = nullptr;
    loading->principal = call.principal;
    loading->turn = call.turn;
    select(*loading, call.batch->selection(), named);
    call.loads = 1;
    if (operation.services().loops.current() != 0 && keyed.type->placement == MORTISE_PLACEMENT_WORKER) {
        operation.setBusy();
        return true;
    }
    if (!invoke(*loading, keyed.type->load, keyed.type->context)) return false;
    call.loads = 0;
    takeLoaded(*loading);
    return true;
}

// The loaded objects go where their keys were.
void ContributedResolver::takeLoaded(FieldCall& loading) const {
    FieldCall& owner = *loading.owner;
    std::vector<std::uint32_t> causes(loading.count, 0); // of each key, as Operation::failures() is counted; 0: none
    std::uint32_t wrong = 0;
    for (std::uint32_t key = 0; key < loading.count; ++key) {
        const std::uint32_t kind = loading.cells[key].kind;
        if (loading.listOf(key) == nullptr && (kind == MORTISE_GRAPHQL_OBJECT || kind == MORTISE_GRAPHQL_NULL))
            continue;
        if (wrong == 0) {
            misbehaves(loading, "what loads objects gave something else");
            wrong = loading.operation.keepFailure(
                {500, "what loads objects of plugin '" + loading.provider->plugin + "' gave something else", {}});
        }
        causes[key] = wrong;
    }
    for (const FieldCall::Failed& failed : loading.failures) {
        const std::uint32_t cause = loading.operation.keepFailure(failed.failure);
        if (failed.place == FieldCall::none)
            std::fill(causes.begin(), causes.end(), cause);
        else
            causes[failed.place] = cause;
    }
    for (std::uint32_t key = 0; key < loading.count; ++key) {
        mortise_graphql_cell cell = loading.cells[key];
        cell.size = 0;
        if (causes[key] != 0) {
            cell.kind = FieldCall::failedCell;
            cell.value.integer = causes[key];
        }
        for (const std::uint32_t place : loading.places[key])
            (place < owner.count ? owner.cells[place] : owner.items[place - owner.count]) = cell;
    }
    loading.operation.giveBack(loading);
}
void ContributedResolver::write(FieldCall& call) const {
    CallOutput(call, types_).write();
}

Progress ContributedResolver::failAll(Batch& batch, const FieldFailure& failure) {
    Operation& operation = Operation::of(batch);
    const Cell cell = batch.failure(operation.shownMessage(failure), operation.keepFailure(failure));
    std::fill(batch.cells().begin(), batch.cells().end(), cell);
    return Progress::done;
}

} // namespace mortise::graphql
