// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "language/error.hpp"
#include "schema/name_index.hpp"
#include "schema/schema.hpp"
#include "validation/resolution.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::graphql {

// A variable of a condition.
enum class ConditionValue : std::uint8_t { absent, null, no, yes };

// A document that was parsed and found valid, or the errors that it has. Owns its text; keeps the schema alive.
// Immutable: any thread.
class PreparedDocument {
public:
    // Variables that stand in @skip and @include; more are refused.
    static constexpr std::size_t maximumConditions = 32;

    // A text that failed: with its errors.
    PreparedDocument(std::shared_ptr<const Schema> schema, std::string text, std::vector<Error> errors);
    // `document` was parsed of `*text`. It is validated next, see refuse.
    PreparedDocument(std::shared_ptr<const Schema> schema, std::unique_ptr<const std::string> text, Document document);

    // Before it is shared.
    void refuse(std::vector<Error> errors);
    void keepResolution(Resolution resolution) { resolution_ = std::move(resolution); }

    const Schema& schema() const { return *schema_; }
    const std::string& text() const { return *text_; }
    const Document& document() const { return document_; }
    const std::vector<Error>& errors() const { return errors_; }
    std::uint32_t fragmentCount() const { return fragments_.size(); }
    // NameIndex::none when there is no fragment of that name.
    std::uint32_t fragmentIndex(std::string_view name) const { return fragments_.find(name); }
    NodeId fragmentAt(std::uint32_t index) const { return fragmentNodes_[index]; }
    // The operation to execute (October 2021, 6.1, GetOperation); an error with graphql-js's message otherwise. An
    // empty name is no name.
    NodeId operation(std::string_view name, std::optional<Error>& error) const;
    const std::vector<std::string_view>& conditions() const { return conditions_; }
    // The index of a variable in conditions().
    std::size_t condition(std::string_view variable) const;
    // The values of the conditions' variables, two bits each, in the order of conditions(). `variables` is empty or the
    // object of coerced variables.
    std::uint64_t conditionBits(const Values& variables) const;
    // What costs are computed of; only of documents that have variables, whose costs may differ by request.
    const std::optional<Resolution>& resolution() const { return resolution_; }
    bool hasVariables() const { return hasVariables_; }
    std::size_t bytes() const;

private:
    void indexDefinitions();
    void collectConditions();

    std::shared_ptr<const Schema> schema_;
    std::unique_ptr<const std::string> text_;
    Document document_;
    std::vector<Error> errors_;
    std::optional<Resolution> resolution_;
    bool hasVariables_ = false;
    NameIndex fragments_;
    std::vector<NodeId> fragmentNodes_;
    std::vector<NodeId> operations_;
    std::vector<std::string_view> conditions_;
};

} // namespace mortise::graphql
