// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/fake_crypto.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/memory_database.hpp"
#include "tests/support/plugin_file.hpp"

#include <mortise/service/crypto.h>
#include <mortise/service/migrations.h>

#include <cppunit/extensions/HelperMacros.h>

#include <memory>

namespace users {

// The built plugin, started over a database in memory. Tests run one at a time.
class UsersFixture : public CppUnit::TestFixture {
public:
    void setUp() override {
        host_ = std::make_unique<mortise::test::FakeHost>();
        database_ = std::make_unique<mortise::test::MemoryDatabase>();
        host_->give(MORTISE_CRYPTO_SERVICE, crypto_.table(), &crypto_);
        host_->give(MORTISE_DATABASE_SERVICE, database_->table(), database_.get());
        database_->beginCommit = [this](mortise_exchange turn) {
            return host_->exchangeTable.begin_commit(host_.get(), turn);
        };
        plugin_ = std::make_unique<mortise::test::FakeInstance>(*host_, mortise::test::pluginModule(USERS_FILE));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->configure());
        database_->migrate(*plugin_->extension<mortise_plugin_migrations>(MORTISE_MIGRATIONS_EXTENSION));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(plugin_->error(), MORTISE_OK, plugin_->start());
    }
    void tearDown() override {
        plugin_.reset();
        database_.reset();
        host_.reset();
    }

protected:
    mortise::test::FakeCrypto crypto_;
    std::unique_ptr<mortise::test::FakeHost> host_;
    std::unique_ptr<mortise::test::MemoryDatabase> database_;
    std::unique_ptr<mortise::test::FakeInstance> plugin_;
};

} // namespace users
