// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace mortise::base {

// Whose code is called, in texts that outlive every call.
struct CodeOwner {
    std::string name;  // of the instance, as in the configuration
    std::string title; // "plugin 'com.example.users' 1.2.0, instance 'users'"

    bool operator<(const CodeOwner& other) const noexcept {
        return name != other.name ? name < other.name : title < other.title;
    }
};

struct CodeMark {
    const CodeOwner* owner = nullptr; // null: the host's own code
    const char* function = nullptr;
};

// Marks, while it lives, whose code the calling thread runs, and which function of it: what the report of a fatal
// signal names. Nests: a host function that a plugin calls may call another plugin.
class RunningCode {
public:
    // `function` is a literal.
    RunningCode(const CodeOwner& owner, const char* function) noexcept : before_(current_) {
        current_ = {&owner, function};
    }
    ~RunningCode() { current_ = before_; }
    RunningCode(const RunningCode&) = delete;
    RunningCode& operator=(const RunningCode&) = delete;

    // Of the calling thread. Async-signal-safe.
    static CodeMark current() noexcept { return current_; }

private:
    // Constant-initialised, so that reading it runs no code.
    static inline constinit thread_local CodeMark current_{};
    const CodeMark before_;
};

} // namespace mortise::base
