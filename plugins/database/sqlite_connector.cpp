// SPDX-License-Identifier: Apache-2.0
#include "sqlite_connector.hpp"

#include "confined.hpp"
#include "sqlite_file.hpp"
#include "sqlite_migrator.hpp"

#include <algorithm>
#include <utility>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;

// A check of readiness answers within a second.
constexpr std::chrono::milliseconds checkWait{500};

} // namespace

SqliteConnector::Opened::Opened(const SqliteOptions& given, Loops& loops)
    : options(given),
      registry(options.statements),
      writer(options, registry),
      index(writer.connection().handle()),
      readers(options, registry) {
    if (!options.readsOnLoop) return;
    for (std::uint32_t i = 0; i < loops.count(); ++i)
        loopReaders.push_back(std::make_unique<LoopReader>(options, registry, index, loops));
}

SqliteConnector::SqliteConnector(SqliteOptions options, Loops& loops) : options_(std::move(options)), loops_(loops) {}

SqliteConnector::~SqliteConnector() {
    close(options_.statementTimeout);
    // A thread that still is inside would lose what it works with: better to keep that for good.
    if (!closed_) static_cast<void>(opened_.release());
}

void SqliteConnector::migrate(std::span<const Migration> migrations) {
    prepareSqliteFile(options_.file);
    migrateSqlite(options_, migrations);
}

void SqliteConnector::open() {
    prepareSqliteFile(options_.file);
    opened_ = std::make_unique<Opened>(options_, loops_);
}

SqliteConnector::Opened& SqliteConnector::opened() const {
    if (!opened_) throw DatabaseError(Kind::invalid, "the database is not open");
    return *opened_;
}

// Null: the calling thread is no loop, or its loop has no reader.
LoopReader* SqliteConnector::loopReader(const Opened& opened, std::uint32_t loop) {
    return loop == 0 || loop > opened.loopReaders.size() ? nullptr : opened.loopReaders[loop - 1].get();
}

std::uint32_t SqliteConnector::statement(std::string_view sql) {
    Opened& open = opened();
    return open.registry.add(sql, [&] {
        const ReaderPool::Lease reader = open.readers.lease();
        const Confined confined(reader->handle());
        const SqliteStatement prepared = reader->prepare(sql);
        return StatementRegistry::Entry{std::string(sql), static_cast<std::size_t>(prepared.parameterCount()),
                                        prepared.isReadOnly()};
    });
}

void SqliteConnector::read(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor) {
    Opened& open = opened();
    const std::uint32_t loop = loops_.current();
    if (LoopReader* const reader = loopReader(open, loop); reader != nullptr)
        reader->read(statement, parameters, visitor);
    else if (loop != 0)
        throw DatabaseError(Kind::busy, "reads on an event loop are off");
    else
        open.readers.lease()->run(statement, parameters, visitor);
}

bool SqliteConnector::transact(TransactionBody& body) {
    Opened& open = opened();
    if (loops_.current() != 0)
        throw DatabaseError(Kind::invalid,
                            "a transaction cannot run on an event loop: its handler must be on a worker");
    return open.writer.transact(body);
}

Transaction* SqliteConnector::currentTransaction() const noexcept {
    return opened_ ? opened_->writer.currentTransaction() : nullptr;
}

std::uint64_t SqliteConnector::dataVersion() {
    Opened& open = opened();
    if (LoopReader* const reader = loopReader(open, loops_.current()); reader != nullptr) return reader->dataVersion();
    return open.index.state();
}

void SqliteConnector::check() {
    Opened& open = opened();
    {
        const ReaderPool::Lease reader = open.readers.lease(std::min(checkWait, open.options.readWait));
        SqliteStatement probe = reader->prepare("SELECT 1 FROM sqlite_master LIMIT 1");
        reader->require(probe.run());
    }
    open.writer.check();
}

bool SqliteConnector::close(std::chrono::milliseconds patience) noexcept {
    if (!opened_ || closed_) return true;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    bool all = true;
    for (const auto& reader : opened_->loopReaders) all = reader->close(deadline) && all;
    all = opened_->readers.close(deadline) && all;
    all = opened_->writer.close(deadline) && all;
    closed_ = all;
    return all;
}

} // namespace mortise::database
