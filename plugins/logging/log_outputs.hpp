// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "channel.hpp"
#include "journal_entry.hpp"
#include "json_line.hpp"
#include "level.hpp"
#include "line_buffer.hpp"
#include "log_style.hpp"
#include "pretty_line.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::logging {

// All channels of one sink. A record is put together once per style, on the caller's stack, and copied into the queue
// of each channel of that style.
class LogOutputs {
public:
    struct Identity {
        std::int64_t pid;
        std::string hostname;
        int syslog_facility = 3; // daemon
    };

    explicit LogOutputs(const Identity& identity);

    // [control] Before any record.
    void add(Style style, std::unique_ptr<Output> output, const LineQueue::Settings& settings);

    // [any] `fill(line)` adds the members by line.text(name, value) and so on; called once per style. Never blocks.
    template<class Fill>
    void write(Level level, std::int64_t time_ms, std::string_view logger, std::string_view message,
               Fill&& fill) noexcept {
        for (const Group& group : groups_) {
            LineBuffer buffer;
            switch (group.style) {
            case Style::syslog:
                buffer.put(syslogPrefix(level));
                [[fallthrough]];
            case Style::json: {
                JsonLine line(buffer, json_identity_, level, time_ms, logger, message);
                fill(line);
                push(group, line.finish(), level);
                break;
            }
            case Style::pretty:
            case Style::coloured: {
                PrettyLine line(buffer, group.style == Style::coloured, level, time_ms, logger, message);
                fill(line);
                push(group, line.finish(), level);
                break;
            }
            case Style::journal: {
                JournalEntry entry(buffer, level, logger, message);
                fill(entry);
                push(group, entry.finish(), level);
                break;
            }
            }
        }
    }

    // [any] False when the deadline came first.
    bool flush(std::chrono::steady_clock::time_point deadline);
    // [any]
    void reopen() noexcept;
    // [control] Once, last.
    void stop(std::chrono::steady_clock::time_point deadline);

    std::uint64_t dropped() const noexcept;

private:
    struct Group {
        Style style;
        std::vector<std::unique_ptr<Channel>> channels;
    };

    static void push(const Group& group, std::string_view line, Level level) noexcept {
        for (const std::unique_ptr<Channel>& channel : group.channels) channel->push(line, level >= level_warn);
    }
    std::string_view syslogPrefix(Level level) const noexcept {
        return syslog_prefixes_[static_cast<std::size_t>(severityOf(level))];
    }
    std::string droppedLine(Style style, std::uint64_t dropped) const;

    const std::string json_identity_;
    std::vector<std::string> syslog_prefixes_; // by severity
    std::vector<Group> groups_;
};

} // namespace mortise::logging
