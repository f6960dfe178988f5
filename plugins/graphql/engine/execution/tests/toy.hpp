// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/execution.hpp"
#include "execution/planner.hpp"
#include "execution/response_document.hpp"
#include "language/parser.hpp"
#include "schema/schema.hpp"
#include "schema/sdl_reader.hpp"
#include "schema/variable_values.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace mortise::graphql::toy {

// A resolver made of a function; counts its calls.
class FunctionResolver final : public FieldResolver {
public:
    using Function = std::function<Progress(Batch&)>;

    explicit FunctionResolver(Function function) : function_(std::move(function)) {}

    Progress resolve(Batch& batch) const override {
        ++calls;
        return function_(batch);
    }
    void abandon(BatchToken) const override { ++abandoned; }

    mutable int calls = 0;
    mutable int abandoned = 0;

private:
    Function function_;
};

// A schema, resolvers by functions, and execution of documents that are taken to be valid.
class Toy {
public:
    explicit Toy(std::string_view sdl) {
        SchemaResult built = schemaFromSdl(sdl);
        if (!built.schema) throw std::runtime_error(built.errors.front().message);
        schema_ = std::make_shared<const Schema>(std::move(*built.schema));
        table_ = std::make_unique<ResolverTable>(schema_);
    }

    const FunctionResolver& on(std::string_view type, std::string_view field, FunctionResolver::Function function) {
        auto resolver = std::make_unique<FunctionResolver>(std::move(function));
        const FunctionResolver& made = *resolver;
        CPPUNIT_ASSERT(table_->own(type, field, std::move(resolver)));
        return made;
    }
    // The same for one parent at a time.
    const FunctionResolver& rows(std::string_view type, std::string_view field,
                                 std::function<Cell(Batch&, std::uint64_t)> function) {
        return on(type, field, [function = std::move(function)](Batch& batch) {
            for (std::size_t i = 0; i < batch.parents().size(); ++i)
                batch.cells()[i] = function(batch, batch.parents()[i]);
            return Progress::done;
        });
    }
    const FunctionResolver& text(std::string_view type, std::string_view field, std::string value) {
        return rows(type, field, [value = std::move(value)](Batch& batch, std::uint64_t) {
            return Cell::ofString(batch.keep(value));
        });
    }

    const Schema& schema() const { return *schema_; }
    const ResolverTable& table() const { return *table_; }
    TypeId type(std::string_view name) const { return schema_->type(name); }

    std::shared_ptr<const PreparedDocument> document(std::string_view text) const {
        auto kept = std::make_unique<const std::string>(text);
        ParseResult parsed = parseDocument(*kept);
        if (parsed.error) throw std::runtime_error(parsed.error->message);
        return std::make_shared<const PreparedDocument>(schema_, std::move(kept), std::move(parsed.document));
    }
    PlanResult plan(std::string_view text, const Values& variables = {}, const PlanLimits& limits = {}) const {
        const auto prepared = document(text);
        std::optional<Error> error;
        const NodeId operation = prepared->operation({}, error);
        if (error) return {nullptr, error};
        return Planner(prepared, operation, prepared->conditionBits(variables), limits).run();
    }
    // Variables that are booleans; all others stay out.
    static Values booleans(const std::map<std::string, bool>& given) {
        Values values;
        const std::uint32_t object = values.begin(ValueKind::object);
        for (const auto& [name, value] : given) {
            Value member;
            member.kind = ValueKind::boolean;
            member.boolean = value;
            member.name = values.keep(name);
            values.add(member);
        }
        values.end(object);
        return values;
    }

    // Runs one that does not wait.
    std::string run(std::string_view text, const Values& variables = {}, const ExecutionLimits& limits = {}) const {
        PlanResult planned = plan(text, variables);
        if (planned.error) return "plan: " + planned.error->message;
        Execution execution(*table_, limits, clock);
        execution.start({planned.plan, &variables, nullptr, 0, std::nullopt});
        if (execution.state() != Execution::State::done) return "waits";
        return response(execution);
    }
    static std::string response(const Execution& execution) {
        if (execution.errors().empty()) return std::string(execution.text());
        JsonOutput output(1 << 20);
        writeResponse(output, execution.plan().document().text(), execution.errors(), execution.data());
        return std::string(output.view());
    }

    Clock clock;

private:
    std::shared_ptr<const Schema> schema_;
    std::unique_ptr<ResolverTable> table_;
};

// `data` of a response without errors.
inline std::string dataOf(std::string data) {
    return "{\"data\":" + std::move(data) + "}";
}

} // namespace mortise::graphql::toy
