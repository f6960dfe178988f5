// SPDX-License-Identifier: Apache-2.0
#include "log_outputs.hpp"

#include <unistd.h>

#include <algorithm>

namespace mortise::logging {

namespace {

std::int64_t nowMs() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// To standard error as one write: the last place left when an output fails.
void reportToStandardError(const std::string& sentence) {
    LineBuffer buffer;
    PrettyLine line(buffer, false, level_error, nowMs(), "logging", sentence);
    const std::string_view text = line.finish();
    if (::write(STDERR_FILENO, text.data(), text.size()) < 0) return;
}

} // namespace

LogOutputs::LogOutputs(const Identity& identity) : json_identity_(makeJsonIdentity(identity.pid, identity.hostname)) {
    for (int severity = 0; severity < 8; ++severity) {
        // As syslog(3) writes to /dev/log, but for the time, which daemons take from their own clock.
        std::string prefix = "<";
        prefix.append(std::to_string(identity.syslog_facility * 8 + severity)).append(">mortised[");
        prefix.append(std::to_string(identity.pid)).append("]: ");
        syslog_prefixes_.push_back(std::move(prefix));
    }
}

void LogOutputs::add(Style style, std::unique_ptr<Output> output, const LineQueue::Settings& settings) {
    auto group = std::find_if(groups_.begin(), groups_.end(), [&](const Group& other) { return other.style == style; });
    if (group == groups_.end()) group = groups_.insert(group, Group{style, {}});
    Channel::Hooks hooks;
    hooks.dropped_line = [this, style](std::uint64_t dropped) { return droppedLine(style, dropped); };
    hooks.report = reportToStandardError;
    group->channels.push_back(std::make_unique<Channel>(std::move(output), settings, std::move(hooks), "log-writer"));
}

std::string LogOutputs::droppedLine(Style style, std::uint64_t dropped) const {
    const std::int64_t now = nowMs();
    const std::string_view message = "Log lines were dropped";
    LineBuffer buffer;
    const auto with = [&](auto&& line) {
        line.integer("dropped", static_cast<std::int64_t>(dropped));
        return std::string(line.finish());
    };
    switch (style) {
    case Style::syslog:
        buffer.put(syslogPrefix(level_warn));
        [[fallthrough]];
    case Style::json:
        return with(JsonLine(buffer, json_identity_, level_warn, now, "logging", message));
    case Style::pretty:
    case Style::coloured:
        return with(PrettyLine(buffer, style == Style::coloured, level_warn, now, "logging", message));
    case Style::journal:
        return with(JournalEntry(buffer, level_warn, "logging", message));
    }
    return {};
}

bool LogOutputs::flush(std::chrono::steady_clock::time_point deadline) {
    bool all = true;
    for (const Group& group : groups_) {
        for (const std::unique_ptr<Channel>& channel : group.channels) all = channel->flush(deadline) && all;
    }
    return all;
}

void LogOutputs::reopen() noexcept {
    for (const Group& group : groups_) {
        for (const std::unique_ptr<Channel>& channel : group.channels) channel->reopen();
    }
}

void LogOutputs::stop(std::chrono::steady_clock::time_point deadline) {
    // All at once: a slow one takes no time from the others.
    for (const Group& group : groups_) {
        for (const std::unique_ptr<Channel>& channel : group.channels) channel->end(deadline);
    }
    for (const Group& group : groups_) {
        for (const std::unique_ptr<Channel>& channel : group.channels) channel->stop(deadline);
    }
}

std::uint64_t LogOutputs::dropped() const noexcept {
    std::uint64_t sum = 0;
    for (const Group& group : groups_) {
        for (const std::unique_ptr<Channel>& channel : group.channels) sum += channel->dropped();
    }
    return sum;
}

} // namespace mortise::logging
