// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connector.hpp"
#include "consumer_statements.hpp"
#include "response_keeping.hpp"
#include "statement_log.hpp"
#include "statement_text.hpp"

#include <mortise/database_provider.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace mortise::database {

// What a transaction asks the host about the request that it belongs to.
struct TurnCalls {
    std::function<bool(Turn)> beginCommit;
    std::function<std::chrono::milliseconds(Turn)> timeLeft;
    std::function<const ResponseKeeping*(Turn)> keeping; // of the request's generation; null: none
};

// Throws Invalid for flags that are not known and for a database that there is not. Borrowed.
StatementText statementText(const mortise_sql_statement& statement);

// mortise.database/1 as one consumer has it: the connector that all share, and statements of its own. The connector,
// the calls and the log outlive it.
class ConsumerDatabase final : public DatabaseProvider {
public:
    ConsumerDatabase(Connector& connector, const TurnCalls& turns, StatementLog& log,
                     std::shared_ptr<Consumers> consumers, std::string name, std::size_t statements)
        : connector_(connector),
          turns_(turns),
          log_(log),
          statements_(std::move(consumers), std::move(name), statements) {}

    std::uint32_t statement(const mortise_sql_statement& statement) override;
    mortise_status read(Turn turn, std::uint32_t statement, const SqlValues& parameters, mortise_sql_row row,
                        void* context) override;
    mortise_status snapshot(Turn turn, mortise_sql_snapshot_body body, void* context) override;
    mortise_status transact(Turn turn, mortise_sql_body body, void* context, mortise_sql_failure* failure,
                            mortise_error* error) override;
    mortise_status respond(Turn turn, mortise_sql_response_body body, void* context, mortise_sql_failure* failure,
                           mortise_error* error) override;
    mortise_status execute(mortise_sql_transaction* transaction, std::uint32_t statement, const SqlValues& parameters,
                           mortise_sql_row row, void* context, std::uint64_t* changed) override;
    std::uint64_t dataVersion() override;
    std::uint32_t dialect() override;
    // With their counters.
    const ConsumerStatements& statements() const noexcept { return statements_; }

private:
    // Runs a statement by `call`, which returns the number of rows, and says so.
    template<class Call>
    std::uint64_t logged(std::uint32_t statement, std::uint64_t turn, Call&& call);

    Connector& connector_;
    const TurnCalls& turns_;
    StatementLog& log_;
    ConsumerStatements statements_;
};

} // namespace mortise::database
