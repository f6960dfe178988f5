// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/plugin.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace mortise::logging {

struct Settings {
    mortise::TextList output{"stdout"};
    std::string_view format = "auto";
    std::string_view level = "info";
    mortise::TextList levels;
    mortise::Path path;
    mortise::Bytes rotateSize;
    std::uint32_t rotateKeep = 5;
    bool requestLog = true;
    std::string_view requestLogLevel = "info";
    std::chrono::milliseconds slowRequest{0};
    mortise::Bytes bufferSize{4 * 1024 * 1024};
    std::chrono::milliseconds flushInterval{10};
    std::chrono::milliseconds stopTimeout{2000};
    std::string_view syslogFacility = "daemon";
    mortise::Path syslogSocket{"/dev/log"};
    mortise::Path journalSocket{"/run/systemd/journal/socket"};
};

MORTISE_SETTINGS(
    Settings, field(output).text("Where lines go: any of stdout, stderr, file, syslog, journald."),
    field(format)
        .choices("auto", "json", "pretty")
        .text("Form of stdout, stderr and file: auto is pretty on a terminal."),
    field(level)
        .choices("trace", "debug", "info", "warn", "error", "fatal", "silent")
        .environment("LOG_LEVEL")
        .text("The lowest level that is kept."),
    field(levels).text("Levels of single loggers and what is below them: host.http=debug, users=warn."),
    field(path).text("File of the output 'file'; empty: mortise.log in the state folder."),
    field(rotateSize).max(mortise::Bytes{std::uint64_t{1} << 50}).text("Size at which the file is rotated; 0: never."),
    field(rotateKeep).min(0).max(1000).text("How many rotated files are kept."),
    field(requestLog).text("Whether each finished request is a line."),
    field(requestLogLevel)
        .choices("trace", "debug", "info", "warn", "error", "fatal")
        .text("Level of the lines of requests."),
    field(slowRequest)
        .min(std::chrono::milliseconds(0))
        .max(std::chrono::hours(24))
        .text("Requests that take so long are logged as warn; 0: none."),
    field(bufferSize)
        .min(mortise::Bytes{256 * 1024})
        .max(mortise::Bytes{std::uint64_t{1} << 30})
        .text("How much waits for a slow output before lines are dropped and counted."),
    field(flushInterval)
        .min(std::chrono::milliseconds(1))
        .max(std::chrono::seconds(10))
        .text("How long a line waits for others; warn and above never wait."),
    field(stopTimeout)
        .min(std::chrono::milliseconds(0))
        .max(std::chrono::minutes(1))
        .text("How long the end waits for outputs that are slow."),
    field(syslogFacility)
        .choices("daemon", "user", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7")
        .text("Facility of the output 'syslog'."),
    field(syslogSocket).text("Socket of the output 'syslog'."),
    field(journalSocket).text("Socket of the output 'journald'."))

} // namespace mortise::logging
