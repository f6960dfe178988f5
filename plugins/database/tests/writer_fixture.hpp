// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connector_fixture.hpp"

#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace mortise::database {

// Many threads at one writer.
class WriterFixture : public ConnectorFixture {
protected:
    static constexpr int threads = 6;
    static constexpr int each = 100;

    // While it lives, connections that are opened have two functions: give_up(), which fails so many times as SQLite
    // does where a transaction has to begin anew, and is 1 from then on; read_only(), by which the
    // connection that runs it becomes so.
    class Functions {
    public:
        explicit Functions(int times) {
            left() = times;
            sqlite3_auto_extension(entry());
        }
        ~Functions() { sqlite3_cancel_auto_extension(entry()); }
        void failAgain(int times) { left() = times; }
        // Ends what read_only() began.
        void makeWritable() { sqlite3_exec(readOnly(), "PRAGMA query_only = OFF", nullptr, nullptr, nullptr); }
        Functions(const Functions&) = delete;
        Functions& operator=(const Functions&) = delete;

    private:
        static std::atomic<int>& left() {
            static std::atomic<int> times{0};
            return times;
        }
        static void (*entry())() { return reinterpret_cast<void (*)()>(&add); }
        static sqlite3*& readOnly() {
            static sqlite3* connection = nullptr;
            return connection;
        }
        static int add(sqlite3* database, const char**, const sqlite3_api_routines*) {
            sqlite3_create_function(
                database, "read_only", 0, SQLITE_UTF8, nullptr,
                [](sqlite3_context* call, int, sqlite3_value**) {
                    readOnly() = sqlite3_context_db_handle(call);
                    sqlite3_exec(readOnly(), "PRAGMA query_only = ON", nullptr, nullptr, nullptr);
                },
                nullptr, nullptr);
            return sqlite3_create_function(
                database, "give_up", 0, SQLITE_UTF8, nullptr,
                [](sqlite3_context* call, int, sqlite3_value**) {
                    if (left()-- > 0)
                        sqlite3_result_error_code(call, SQLITE_BUSY_SNAPSHOT);
                    else
                        sqlite3_result_int(call, 1);
                },
                nullptr, nullptr);
        }
    };

    // Fails, and ends the transaction that others may share; `rude` is an INSERT OR ROLLBACK of what is there.
    static void breakTransaction(Connector& connector, std::uint32_t rude) {
        failure([&] {
            transact(connector, [rude](Transaction& transaction) {
                transaction.execute(rude, {}, nullptr);
                return true;
            });
        });
    }
    // A transaction of another thread that has the writer until end().
    class Holding {
    public:
        explicit Holding(Connector& connector)
            : result_(std::async(std::launch::async, [this, &connector] {
                  return transact(connector, [this](Transaction&) {
                      inside_.set_value();
                      proceed_.get_future().wait();
                      return true;
                  });
              })) {
            inside_.get_future().wait();
        }
        ~Holding() {
            if (result_.valid()) proceed_.set_value();
        }
        Holding(const Holding&) = delete;
        Holding& operator=(const Holding&) = delete;
        // Whether it was committed. Once.
        bool end() {
            proceed_.set_value();
            return result_.get();
        }

    private:
        std::promise<void> inside_;
        std::promise<void> proceed_;
        std::future<bool> result_; // last: its thread ends before what it looks at
    };
    // What a statement that counts says inside of a transaction beyond what others see: not committed yet.
    std::int64_t uncommitted(Connector& connector, Transaction& transaction, std::uint32_t statement) {
        std::int64_t inside = -1;
        Rows rows([&](std::span<const SqlValue> columns) {
            inside = columns[0].integer;
            return true;
        });
        transaction.execute(statement, {}, &rows);
        return inside - readInteger(connector, statement);
    }
    // Until then others have a chance to do what they are about to do.
    static void giveWay(std::chrono::milliseconds time) {
        const auto until = std::chrono::steady_clock::now() + time;
        while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
    }
    template<class Work>
    static void inThreads(int count, Work work) {
        std::vector<std::future<void>> running;
        for (int i = 0; i < count; ++i) running.push_back(std::async(std::launch::async, work, i));
        for (auto& one : running) one.get();
    }
};

} // namespace mortise::database
