// SPDX-License-Identifier: Apache-2.0
// What a read and a durable write cost: CPU time of a point read by place, writes a second by size of the group.
#include "connector_fixture.hpp"

#include <cstdio>
#include <ctime>
#include <thread>

namespace {

using namespace mortise::database;

constexpr int rows = 10000;
constexpr int reads = 300000;
constexpr int writers = 8;
constexpr int writesEach = 500;

double cpuNanoseconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

class Bench {
public:
    explicit Bench(std::size_t group) {
        options_.file = folder_ / "bench.db";
        options_.groupCommit = group;
        connector_ = std::make_unique<SqliteConnector>(options_, loops_);
        const Migration schema{"bench", "0001-users",
                               "CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT, email TEXT, at INTEGER)"};
        migrate(*connector_, std::span(&schema, 1));
        connector_->open();
        insert_ = connector_->statement(sql("INSERT INTO users VALUES (?, ?, ?, ?)"));
        select_ = connector_->statement(sql("SELECT id, name, email, at FROM users WHERE id = ?"));
        transact(*connector_, [this](Transaction& transaction) {
            for (int i = 0; i < rows; ++i) store(transaction, i);
            return true;
        });
    }

    void read(const char* name, std::uint32_t loop, int batch) {
        loops_.become(loop);
        std::size_t bytes = 0;
        Rows visitor([&](std::span<const SqlValue> columns) {
            bytes += columns[1].text.size();
            return true;
        });
        std::vector<std::string> ids;
        for (int i = 0; i < rows; ++i) ids.push_back(id(i * 7919 % rows));
        const double began = cpuNanoseconds();
        for (int i = 0; i < reads; ++i) {
            const SqlValue parameter = text(ids[static_cast<std::size_t>(i % rows)]);
            connector_->read(select_, std::span(&parameter, 1), &visitor);
            if (loop != 0 && i % batch == batch - 1) loops_.endBatch();
        }
        std::printf("%-28s %6.2f us of CPU a read (%zu bytes)\n", name, (cpuNanoseconds() - began) / reads / 1000,
                    bytes);
        if (loop != 0) loops_.endBatch();
        loops_.become(0);
    }

    void write() {
        const auto began = std::chrono::steady_clock::now();
        std::vector<std::thread> threads;
        for (int thread = 1; thread <= writers; ++thread)
            threads.emplace_back([this, thread] {
                for (int i = 0; i < writesEach; ++i)
                    transact(*connector_, [&](Transaction& transaction) {
                        store(transaction, thread * rows + i);
                        return true;
                    });
            });
        for (std::thread& thread : threads) thread.join();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
        std::printf("%d writers, groups up to %-4zu %6.0f durable writes a second\n", writers, options_.groupCommit,
                    writers * writesEach / took.count());
    }

private:
    static std::string id(int number) { return "018f0000-0000-7000-8000-" + std::to_string(100000000000 + number); }
    void store(Transaction& transaction, int number) const {
        const std::string key = id(number);
        const std::string email = "user" + std::to_string(number) + "@example.com";
        const std::vector<SqlValue> parameters{text(key), text("Some Name"), text(email), integer(number)};
        transaction.execute(insert_, parameters, nullptr);
    }

    mortise::tests::TemporaryFolder folder_;
    FakeLoops loops_{1};
    SqliteOptions options_;
    std::unique_ptr<SqliteConnector> connector_;
    std::uint32_t insert_ = 0;
    std::uint32_t select_ = 0;
};

} // namespace

int main() {
    Bench alone(1);
    alone.read("loop, 64 reads a batch", 1, 64);
    alone.read("loop, 1 read a batch", 1, 1);
    alone.read("worker", 0, 1);
    alone.write();
    Bench(32).write();
}
