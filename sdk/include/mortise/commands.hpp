// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/function.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/guard.hpp>
#include <mortise/service/command.h>
#include <mortise/setup.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {

// Who called a command, see service/command.h. On the thread of the command. Files: command_file.hpp.
class CommandSession {
public:
    explicit CommandSession(const mortise_command_session& raw) noexcept : raw_(raw) {}
    // No newline is added.
    void print(std::string_view text) const noexcept { raw_.print(raw_.context, view(text)); }
    void printError(std::string_view text) const noexcept { raw_.print_error(raw_.context, view(text)); }
    // `total` 0: unknown.
    void progress(std::uint64_t done, std::uint64_t total, std::string_view unit) const noexcept {
        raw_.progress(raw_.context, done, total, view(unit));
    }
    // Nobody wants the result any more: undo or complete the step, and return exitCancelled.
    bool cancelled() const noexcept { return raw_.cancelled(raw_.context) != 0; }

    const mortise_command_session& raw() const noexcept { return raw_; }

private:
    const mortise_command_session& raw_;
};

constexpr int exitOk = 0;
constexpr int exitFailed = 1;
constexpr int exitUsage = 64;      // the host prints the usage
constexpr int exitCancelled = 130; // as of a program that SIGINT has ended

class CommandFunction : public detail::Function<int(const Arguments&, CommandSession&)> {
public:
    using Function::Function;
};

// Where a command runs, see service/command.h: `CommandRuns::inServer | CommandRuns::unstarted`.
enum class CommandRuns : std::uint32_t {
    alone = 0,
    inServer = MORTISE_COMMAND_RUNNING_SERVER,
    unstarted = MORTISE_COMMAND_UNSTARTED,
};
constexpr CommandRuns operator|(CommandRuns left, CommandRuns right) noexcept {
    return static_cast<CommandRuns>(static_cast<std::uint32_t>(left) | static_cast<std::uint32_t>(right));
}

namespace detail {

struct CommandEntry {
    std::string name, usage, summary;
    CommandFunction run;
    CommandRuns runs;
};

template<class Run>
std::int32_t runCommand(Run&& run, const mortise_view* arguments, std::uint32_t count,
                        const mortise_command_session* raw) noexcept {
    CommandSession session(*raw);
    try {
        Arguments list;
        list.reserve(count);
        for (std::uint32_t i = 0; i < count; ++i) list.push_back(text(arguments[i]));
        return run(list, session);
    } catch (...) {
        session.printError(caught().message);
        session.printError("\n");
        return exitFailed;
    }
}

inline std::int32_t runCommandEntry(void* context, const mortise_view* arguments, std::uint32_t count,
                                    const mortise_command_session* session) noexcept {
    return runCommand(static_cast<CommandEntry*>(context)->run, arguments, count, session);
}

// All commands of an instance.
struct CommandDeclarations final : Declarations {
    static constexpr std::string_view id = MORTISE_COMMAND_EXTENSION;

    explicit CommandDeclarations(const Runtime&) noexcept {}

    std::string_view extension() const noexcept override { return id; }
    void seal() override {
        for (const auto& command : commands)
            raw.push_back({view(command->name), view(command->usage), view(command->summary), &runCommandEntry,
                           command.get(), static_cast<std::uint32_t>(command->runs), 0});
        inC = {sizeof inC, static_cast<std::uint32_t>(raw.size()), sizeof(mortise_command), 0, raw.data()};
    }
    const void* table() const noexcept override { return &inC; }

    std::vector<Owned<CommandEntry>> commands;
    std::vector<mortise_command> raw;
    mortise_plugin_command inC{};
};

} // namespace detail

inline void Setup::command(std::string_view name, std::string_view usage, std::string_view summary,
                           const CommandFunction& run, CommandRuns runs) {
    if (!run) throw Invalid("command '" + std::string(name) + "' was declared without a function");
    auto entry = detail::Owned<detail::CommandEntry>::make();
    entry->name = name;
    entry->usage = usage;
    entry->summary = summary;
    entry->run = run;
    entry->runs = runs;
    runtime_.declarations<detail::CommandDeclarations>().commands.push_back(std::move(entry));
}

} // namespace v1
} // namespace mortise
