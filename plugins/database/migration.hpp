// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "database_error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::database {

// One step of an owner's schema, as it was declared; borrowed. Those of one name stand side by side, one per dialect.
struct Migration {
    std::string_view owner;
    std::string_view name; // "0001-create-users"
    std::string_view sql;
    std::string_view dialect = {}; // empty: every one that has no migration of its own
    std::string_view down = {};    // empty: cannot be undone
    std::string_view drops = {};   // what data `down` loses
    bool incompatible = false;     // an older plugin cannot run on what it leaves
};

// What is wrong with one of a list.
struct MigrationFault {
    std::size_t index;
    std::string message;
};

// what() has all messages. Each thrown by a plan is found before anything ran.
class MigrationsRefused : public DatabaseError {
public:
    explicit MigrationsRefused(std::vector<MigrationFault> faults)
        : DatabaseError(Kind::failed, joined(faults)), faults_(std::move(faults)) {}
    const std::vector<MigrationFault>& faults() const noexcept { return faults_; }

private:
    static std::string joined(const std::vector<MigrationFault>& faults) {
        std::string all;
        for (const MigrationFault& fault : faults) all.append(all.empty() ? "" : "; ").append(fault.message);
        return all;
    }
    std::vector<MigrationFault> faults_;
};

enum class MigrationRun {
    restart,
    live, // another generation serves meanwhile: only what expands the schema may run
};

// What is reported of migrations while they run.
class MigrationLog {
public:
    // A statement that was committed, or all of a migration that runs as a whole.
    struct Step {
        std::string_view owner;
        std::string_view name;
        std::string_view sql;
        std::uint32_t statement; // from 1 on
        std::uint32_t statements;
        std::int64_t rows; // that it inserted, changed or deleted
        std::chrono::milliseconds took;
    };

    virtual ~MigrationLog() = default;
    virtual void warn(std::string_view owner, const std::string& message) = 0;
    virtual void ran(const Step& step) = 0;
    virtual void undone(std::string_view owner, std::string_view name) = 0;
    virtual void backedUp(const std::filesystem::path& file) = 0;
};

} // namespace mortise::database
