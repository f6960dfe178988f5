// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connector.hpp"
#include "consumer_statements.hpp"

#include <mortise/draft/database_provider.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace mortise::database {

// What a transaction asks the host about the request that it belongs to.
struct TurnCalls {
    std::function<bool(Turn)> beginCommit;
    std::function<std::chrono::milliseconds(Turn)> timeLeft;
};

// mortise.database/1 as one consumer has it: the connector that all share, and statements of its own. The connector and
// the calls outlive it.
class ConsumerDatabase final : public DatabaseProvider {
public:
    ConsumerDatabase(Connector& connector, const TurnCalls& turns, std::shared_ptr<Consumers> consumers,
                     std::string name, std::size_t statements)
        : connector_(connector), turns_(turns), statements_(std::move(consumers), std::move(name), statements) {}

    std::uint32_t statement(std::string_view sql) override;
    mortise_status read(std::uint32_t statement, const SqlValues& parameters, mortise_sql_row row, void* context,
                        mortise_error* error) override;
    mortise_status transact(Turn turn, TransactionBody body, void* context, mortise_error* error) override;
    mortise_status execute(mortise_sql_transaction* transaction, std::uint32_t statement, const SqlValues& parameters,
                           mortise_sql_row row, void* context, std::uint64_t* changed, mortise_error* error) override;
    mortise_status dataVersion(std::uint64_t* version, mortise_error* error) override;

private:
    Connector& connector_;
    const TurnCalls& turns_;
    ConsumerStatements statements_;
};

} // namespace mortise::database
