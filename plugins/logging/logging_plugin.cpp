// SPDX-License-Identifier: Apache-2.0
#include "datagram_output.hpp"
#include "file_output.hpp"
#include "level_table.hpp"
#include "log_outputs.hpp"
#include "logging_settings.hpp"
#include "request_line.hpp"
#include "stream_output.hpp"
#include "style_choice.hpp"

#include <mortise/filters.hpp>
#include <mortise/log_sink.hpp>
#include <mortise/plugin.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>

namespace mortise::logging {
namespace {

constexpr std::array output_names{"stdout", "stderr", "file", "syslog", "journald"};

std::string hostname() {
    char name[256] = {};
    if (::gethostname(name, sizeof name - 1) != 0) return "localhost";
    return name;
}

std::string_view environment(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

// RFC 5424 section 6.2.1, of the names that the setting allows.
int facilityOf(std::string_view name) {
    if (name == "daemon") return 3;
    if (name == "user") return 1;
    return 16 + (name.back() - '0'); // localN
}

template<class Line>
void fillRecord(Line& line, const mortise_log_record& record) noexcept {
    for (std::uint32_t i = 0; i < record.field_count; ++i) {
        const mortise_log_field& field = record.fields[i];
        const std::string_view name = mortise::text(field.name);
        switch (field.kind) {
        case MORTISE_LOG_FIELD_INTEGER:
            line.integer(name, field.integer);
            break;
        case MORTISE_LOG_FIELD_NUMBER:
            line.number(name, field.number);
            break;
        case MORTISE_LOG_FIELD_BOOLEAN:
            line.boolean(name, field.integer != 0);
            break;
        default:
            line.text(name, mortise::text(field.text));
        }
    }
}

class Logging : public mortise::Plugin<Settings>, public mortise::LogSink {
public:
    void configure(mortise::Setup& setup) override {
        checkOutputs(setup);
        std::vector<std::string> faults;
        levels_.emplace(*levelOf(settings().level), std::vector<std::string>(settings().levels), faults);
        for (const std::string& fault : faults) setup.refuseSetting("levels", fault);
        request_level_ = *levelOf(settings().requestLogLevel);
        if (settings().requestLog && levels_->of("request-log") < level_silent) {
            auto log = setup.filter("request-log");
            for (const char* const other : {"security-headers", "cors", "rate-limit", "conditional", "compression"})
                log.after(other);
            log.onFinish([this](const mortise::Finished& finished) { logRequest(finished); });
        }
    }

    void start() override {
        LogOutputs::Identity identity;
        identity.pid = ::getpid();
        identity.hostname = hostname();
        identity.syslog_facility = facilityOf(settings().syslogFacility);
        auto outputs = std::make_unique<LogOutputs>(identity);
        for (const std::string_view name : settings().output) addOutput(*outputs, name);
        outputs_ = std::move(outputs);
    }

    void stop() override {
        if (outputs_) outputs_->stop(std::chrono::steady_clock::now() + settings().stopTimeout);
    }

    std::uint32_t level(std::string_view logger) noexcept override { return levels_->of(logger); }

    void write(const mortise_log_record& record) noexcept override {
        const std::string_view logger = mortise::text(record.logger);
        if (!outputs_ || record.level < levels_->of(logger)) return;
        outputs_->write(record.level, record.time_ms, logger, mortise::text(record.message),
                        [&](auto& line) { fillRecord(line, record); });
    }

    void flush(std::chrono::milliseconds deadline) noexcept override {
        if (outputs_) outputs_->flush(std::chrono::steady_clock::now() + deadline);
    }

    void reopen() noexcept override {
        if (outputs_) outputs_->reopen();
    }

private:
    void checkOutputs(mortise::Setup& setup) const {
        const auto& names = settings().output;
        if (names.empty()) setup.refuseSetting("output", "no output is named");
        for (const auto* it = names.begin(); it != names.end(); ++it) {
            if (std::find(output_names.begin(), output_names.end(), *it) == output_names.end())
                setup.refuseSetting("output",
                                    "'" + std::string(*it) + "' is none of stdout, stderr, file, syslog, journald");
            else if (std::find(names.begin(), it, *it) != it)
                setup.refuseSetting("output", "'" + std::string(*it) + "' is given twice");
        }
    }

    void addOutput(LogOutputs& outputs, std::string_view name) const {
        LineQueue::Settings queue;
        queue.capacity = static_cast<std::size_t>(settings().bufferSize.count);
        queue.interval = settings().flushInterval;
        queue.linger = std::max(queue.linger, queue.interval);
        if (name == "stdout" || name == "stderr") {
            const int fd = name == "stdout" ? STDOUT_FILENO : STDERR_FILENO;
            const Style style =
                chooseStyle(settings().format, {::isatty(fd) == 1, environment("NO_COLOR"), environment("TERM")});
            outputs.add(style,
                        std::make_unique<StreamOutput>(fd, fd == STDOUT_FILENO ? "standard output" : "standard error"),
                        queue);
        } else if (name == "file") {
            FileOutput::Settings file;
            file.path = settings().path.empty() ? stateFile("mortise.log") : settings().path.string();
            file.rotate_size = settings().rotateSize.count;
            file.rotate_keep = settings().rotateKeep;
            outputs.add(chooseStyle(settings().format, {false, {}, {}}), std::make_unique<FileOutput>(std::move(file)),
                        queue);
        } else if (name == "syslog") {
            outputs.add(Style::syslog,
                        std::make_unique<DatagramOutput>(settings().syslogSocket.string(),
                                                         "syslog at " + settings().syslogSocket.string(), "\n", 0),
                        queue);
        } else {
            outputs.add(Style::journal,
                        std::make_unique<DatagramOutput>(settings().journalSocket.string(),
                                                         "journal at " + settings().journalSocket.string(), "\n\n", 1),
                        queue);
        }
    }

    void logRequest(const mortise::Finished& finished) noexcept {
        if (!outputs_ || (finished.quiet() && finished.status() < 400)) return;
        const auto slow = settings().slowRequest;
        const Level level =
            slow.count() != 0 && finished.duration() >= slow ? std::max(request_level_, level_warn) : request_level_;
        if (level < levels_->of("request-log")) return;
        const mortise::Request& request = finished.request();
        const FinishedRequest told{
            request.method(),     finished.url(),          finished.status(), finished.raw().duration_ns,
            finished.userAgent(), request.clientAddress(), request.id(),      finished.userId()};
        outputs_->write(level, finished.raw().finished_ms, {}, request_message,
                        [&](auto& line) { fillRequest(line, told); });
    }

    std::optional<LevelTable> levels_;
    Level request_level_ = level_info;
    std::unique_ptr<LogOutputs> outputs_; // from start on
};

} // namespace
} // namespace mortise::logging

MORTISE_PLUGIN(mortise::logging::Logging, "org.mortise.logging", "1.0.0", licence("Apache-2.0"), filters("request-log"),
               inExample())
