// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/batch.hpp"
#include "execution/json_output.hpp"
#include "execution/plan.hpp"
#include "language/error.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mortise::graphql {

// Writes rows as the response's `data` (October 2021, 6.4.3, CompleteValue, and 6.4.4, null propagation): depth first,
// in field order, each byte once. A null that may not be is written by its closest parent that may be null, over what
// that parent had written. Recursion is bounded by the plan's depth and by TypeRef::maximumLists.
class ResponseWriter {
public:
    struct Errors {
        std::vector<Error>& kept;
        std::uint64_t& dropped;
        std::uint32_t maximum;
    };

    ResponseWriter(const Plan& plan, JsonOutput& output, const Errors& errors)
        : plan_(plan), schema_(plan.document().schema()), output_(output), errors_(errors) {}

    // The root's braces and fields. False: the root is null.
    bool root(const Group& group) { return object(group, 0, nullptr); }
    // One field of the root, without the braces around.
    bool rootField(const Group& group, std::size_t index);
    // An error of the root itself.
    void fault(const Error& error) {
        if (hasRoom()) report(error, nullptr, nullptr);
    }

private:
    // Where the writer is, from the innermost outwards: a field or an item of a list.
    struct Frame {
        const Frame* up = nullptr;
        const PlannedField* field = nullptr;
        std::uint32_t index = 0;
    };
    enum class Outcome : std::uint8_t { written, null, failed };

    bool object(const Group& group, std::uint32_t row, const Frame* up);
    bool field(const Batch& batch, std::uint32_t row, const Frame* up);
    // False: a null or an error that the type does not allow; what was written is to be dropped.
    bool value(const Batch& batch, TypeRef type, const Cell& cell, const Frame* frame);
    bool plain(Completion completion, const Cell& cell);
    Outcome nullable(const Batch& batch, TypeRef type, const Cell& cell, const Frame* frame);
    Outcome list(const Batch& batch, TypeRef type, const Cell& cell, const Frame* frame);
    Outcome row(const Batch& batch, const Cell& cell, const Frame* frame);
    // `message` makes the text, which is left alone when the error is not kept.
    template<typename Message>
    Outcome fails(const Batch& batch, const Frame* frame, const Message& message, std::uint32_t cause = 0) {
        if (hasRoom()) report({ErrorKind::field, message(), {}, {}, cause}, batch.planned_, frame);
        return Outcome::failed;
    }
    // False: one error more was counted, which is not to be kept.
    bool hasRoom();
    // With the locations of the field's nodes, unless it has some.
    void report(Error error, const PlannedField* planned, const Frame* frame);
    std::string nameOf(const Batch& batch) const;

    const Plan& plan_;
    const Schema& schema_;
    JsonOutput& output_;
    Errors errors_;
};

} // namespace mortise::graphql
