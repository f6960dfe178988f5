// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connector.hpp"
#include "loop_reader.hpp"
#include "loops.hpp"
#include "reader_pool.hpp"
#include "sqlite_options.hpp"
#include "statement_registry.hpp"
#include "wal_index.hpp"
#include "writer.hpp"

#include <memory>
#include <vector>

namespace mortise::database {

// SQLite in write-ahead mode: one writer, one reader for each event loop, a pool of readers for all other threads.
class SqliteConnector final : public Connector {
public:
    // `loops` outlives this object.
    SqliteConnector(SqliteOptions options, Loops& loops);
    ~SqliteConnector() override;

    void migrate(std::span<const Migration> migrations) override;
    void open() override;
    std::uint32_t statement(std::string_view sql) override;
    void read(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor) override;
    bool transact(TransactionBody& body) override;
    Transaction* currentTransaction() const noexcept override;
    std::uint64_t dataVersion() override;
    void check() override;
    bool close(std::chrono::milliseconds patience) noexcept override;
    bool readsOnLoop() const noexcept override { return options_.readsOnLoop; }

private:
    // What is there from `open` on. Knows nothing of its owner, so that it can be left behind when a thread stays in
    // it.
    struct Opened {
        Opened(const SqliteOptions& given, Loops& loops);
        const SqliteOptions options;
        StatementRegistry registry;
        Writer writer;
        WalIndex index; // the writer's view of it
        ReaderPool readers;
        std::vector<std::unique_ptr<LoopReader>> loopReaders; // of loop i + 1
    };

    Opened& opened() const;
    static LoopReader* loopReader(const Opened& opened, std::uint32_t loop);

    const SqliteOptions options_;
    Loops& loops_;
    std::unique_ptr<Opened> opened_;
    bool closed_ = false; // nothing calls into opened_ any more
};

} // namespace mortise::database
