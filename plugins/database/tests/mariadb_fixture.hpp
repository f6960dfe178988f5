// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connector_fixture.hpp"
#include "fake_driver.hpp"
#include "mariadb_connector.hpp"
#include "tests/support/eventually.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace mortise::database {

using FakeFault = FakeDriver::Fault;

// A connector on a server that is not there.
class MariadbFixture : public CppUnit::TestFixture {
public:
    using Kind = DatabaseError::Kind;

    void setUp() override {
        options_.server.host = "host";
        options_.server.user = "user";
        options_.server.password = "hidden";
        options_.server.database = "name";
        options_.server.connectionLimit = 3;
        options_.server.poolTimeout = tests::patience;
        options_.firstPause = options_.longestPause = std::chrono::milliseconds(1);
    }
    void tearDown() override {
        loops_.become(0);
        connector_.reset();
        CPPUNIT_ASSERT_EQUAL(0, driver_.open());
        CPPUNIT_ASSERT_EQUAL(0, driver_.prepared());
    }

protected:
    MariadbConnector& make() {
        connector_ = std::make_unique<MariadbConnector>(
            options_, loops_, [this] { return driver_.driver(); },
            [this](const std::string& text) {
                const std::lock_guard lock(mutex_);
                reported_.push_back(text);
            });
        return *connector_;
    }
    MariadbConnector& open() {
        make().open();
        select_ = connector_->statement(sql("SELECT 1"));
        insert_ = connector_->statement(sql("INSERT INTO numbers VALUES (?)"));
        return *connector_;
    }
    std::vector<std::string> reported() const {
        const std::lock_guard lock(mutex_);
        return reported_;
    }
    void insert(mortise::database::Transaction& transaction) const {
        const std::vector<SqlValue> parameters{integer(1)};
        transaction.execute(insert_, parameters, nullptr);
    }
    // The first `times` runs of the statement fail.
    void fail(const std::string& statement, FakeFault fault, int times = 1) {
        driver_.onStatement = [statement, fault, left = times](const std::string& said,
                                                               int) mutable -> std::optional<FakeFault> {
            if (said != statement || left == 0) return std::nullopt;
            --left;
            return fault;
        };
    }

    FakeDriver driver_;
    MariadbOptions options_;
    FakeLoops loops_{1};
    std::unique_ptr<MariadbConnector> connector_;
    std::uint32_t select_ = 0;
    std::uint32_t insert_ = 0;

private:
    mutable std::mutex mutex_;
    std::vector<std::string> reported_;
};

} // namespace mortise::database
