// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/function.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/service/command.h>

namespace mortise {
inline namespace v1 {

// What stands after the command's name. Borrowed for the call.
using Arguments = std::vector<std::string_view>;

// Where a command prints; no newline is added.
class CommandOutput {
public:
    explicit CommandOutput(const mortise_command_output& raw) noexcept : raw_(raw) {}
    void print(std::string_view text) const noexcept { raw_.print(raw_.context, view(text)); }
    void printError(std::string_view text) const noexcept { raw_.print_error(raw_.context, view(text)); }

private:
    const mortise_command_output& raw_;
};

constexpr int exitOk = 0;
constexpr int exitFailed = 1;
constexpr int exitUsage = 64;

using CommandFunction = detail::Function<int(const Arguments&, CommandOutput&)>;

namespace detail {

struct CommandEntry {
    std::string name, usage, summary;
    CommandFunction run;
};

inline std::int32_t runCommand(void* context, const mortise_view* arguments, std::uint32_t count,
                               const mortise_command_output* raw) noexcept {
    auto& command = *static_cast<CommandEntry*>(context);
    CommandOutput output(*raw);
    try {
        Arguments list;
        list.reserve(count);
        for (std::uint32_t i = 0; i < count; ++i) list.push_back(text(arguments[i]));
        return command.run(list, output);
    } catch (const std::exception& failure) {
        output.printError(failure.what());
        output.printError("\n");
    } catch (...) {
        output.printError("an exception of unknown type\n");
    }
    return exitFailed;
}

} // namespace detail
} // namespace v1
} // namespace mortise
