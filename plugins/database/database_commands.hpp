// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command_work.hpp"
#include "declared_schema.hpp"

#include <mortise/commands.hpp>
#include <mortise/plugin.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>

namespace mortise::database {

// `mortised database backup FILE`, `restore FILE` and `check`, on connections of their own. Lives as long as the
// plugin.
class DatabaseCommands {
public:
    // `patience` with other processes.
    DatabaseCommands(std::filesystem::path file, std::chrono::milliseconds patience)
        : file_(std::move(file)), patience_(patience) {}

    void declare(Setup& setup);
    // [any] What the plugins declare, once that is known.
    void expect(std::shared_ptr<const DeclaredSchema> schema);

private:
    int backup(const Arguments& arguments, CommandSession& session) const;
    int restore(const Arguments& arguments, CommandSession& session) const;
    int check(const Arguments& arguments, CommandSession& session) const;
    std::shared_ptr<const DeclaredSchema> schema() const;
    void requireFile() const;

    const std::filesystem::path file_;
    const std::chrono::milliseconds patience_;
    mutable std::mutex mutex_;
    std::shared_ptr<const DeclaredSchema> schema_ = std::make_shared<DeclaredSchema>(); // under mutex_
};

} // namespace mortise::database
