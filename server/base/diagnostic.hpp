// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/diagnostic_code.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mortise::base {

enum class Severity : std::uint8_t { error, warning };

// Where something was written. `file` is a path as the operator gave it, or a source without lines
// ("environment MORTISE_SERVER_LISTEN", "--set", "default"). Lines and columns count from 1, columns in bytes; 0 is
// "none".
struct Origin {
    std::string file;
    unsigned line = 0;
    unsigned column = 0;

    std::string text() const;           // "mortise.ini:12"
    std::string textWithColumn() const; // "mortise.ini:12:3"
    bool operator==(const Origin&) const = default;
};

struct Diagnostic {
    Severity severity = Severity::error;
    Code code{};
    Origin origin;
    std::string message; // one sentence without full stop or newline; what add() takes for a secret in it is redacted

    // `mortise.ini:14:1: error: unknown key 'max_conections' in [server]; did you mean 'max_connections'? [C104]`
    std::string render() const;
};

// Collects everything that is wrong, so that one run shows all of it. Bounded: past `limit` reports are only counted.
// Thread: one at a time.
class Diagnostics {
public:
    static constexpr std::size_t limit = 200;

    void error(Code code, Origin origin, std::string message);
    void warning(Code code, Origin origin, std::string message);
    void add(Diagnostic diagnostic);

    bool hasErrors() const noexcept { return errors_ != 0; }
    std::size_t errorCount() const noexcept { return errors_; }
    bool empty() const noexcept { return entries_.empty(); }
    const std::vector<Diagnostic>& entries() const noexcept { return entries_; }
    // One line each with a newline; per file (in order of first report) by line and column.
    std::string render() const;

private:
    std::vector<Diagnostic> entries_;
    std::size_t errors_ = 0;
    std::size_t dropped_ = 0;
};

} // namespace mortise::base
