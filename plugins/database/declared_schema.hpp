// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "migration.hpp"
#include "required_constraint.hpp"
#include "statement_text.hpp"

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::database {

// Copies of what all plugins declare of the schema, for what looks at it later.
class DeclaredSchema {
public:
    DeclaredSchema() = default;
    DeclaredSchema(std::span<const Migration> migrations, std::span<const RequiredConstraint> constraints,
                   std::span<const StatementText> statements = {});
    DeclaredSchema(const DeclaredSchema&) = delete;
    DeclaredSchema& operator=(const DeclaredSchema&) = delete;

    std::span<const Migration> migrations() const noexcept { return migrations_; }
    std::span<const RequiredConstraint> constraints() const noexcept { return constraints_; }
    std::span<const StatementText> statements() const noexcept { return statements_; }

private:
    void keep(std::string_view& text);

    std::deque<std::string> texts_; // what the others point to
    std::vector<Migration> migrations_;
    std::vector<RequiredConstraint> constraints_;
    std::vector<StatementText> statements_;
};

} // namespace mortise::database
