// SPDX-License-Identifier: Apache-2.0
// The parent's side of a trial: starts children until every file has its outcome.
#include "host/module_trial.hpp"

#include "base/child_process.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "base/unique_fd.hpp"
#include "host/module_trial_report.hpp"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <iomanip>
#include <numeric>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace mortise::host {

namespace {

constexpr std::size_t maximumReportBytes = 16u << 20;
constexpr std::chrono::seconds grace{5}; // beyond what the child allows itself
constexpr std::size_t shownLines = 3;
constexpr std::size_t shownBytes = 300;

// What one child came to know.
struct Round {
    struct File {
        bool begun = false;
        bool passed = false;
        ModuleTrialStep step = ModuleTrialStep::constructors; // last one begun
        std::optional<std::string> fault;
    };
    std::vector<File> files;
    bool finished = false;
    base::ChildResult child;
    std::chrono::steady_clock::duration elapsed{};
    std::string said; // on standard error, during the last file
};

std::string makeToken() {
    std::ostringstream token;
    token << std::hex << std::setfill('0') << std::setw(16) << base::random64() << std::setw(16) << base::random64();
    return token.str();
}

std::string readAll(int file) {
    std::string text;
    std::array<char, 64 * 1024> buffer;
    while (text.size() < maximumReportBytes) {
        const ssize_t got = pread(file, buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
}

std::optional<std::string> writeOrder(int file, const ModuleTrialOrder& order) {
    const std::string line = orderLine(order);
    if (::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size())) return std::nullopt;
    return "write: " + std::generic_category().message(errno);
}

void readReports(std::string_view text, std::string_view token, Round& round) {
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return; // the child ended while it wrote
        const auto report = parseReport(token, text.substr(0, end));
        text.remove_prefix(end + 1);
        if (!report) continue;
        if (report->step == ModuleTrialStep::finished)
            round.finished = true;
        else if (report->index < round.files.size()) {
            Round::File& file = round.files[report->index];
            file.begun = true;
            if (report->step == ModuleTrialStep::passed)
                file.passed = true;
            else if (report->step == ModuleTrialStep::refused)
                file.fault = report->text;
            else
                file.step = report->step;
        }
    }
}

// The first lines of what was said after the last token.
std::string lastSaid(std::string_view errors, std::string_view token) {
    if (const std::size_t at = errors.rfind(token); at != std::string_view::npos) {
        errors.remove_prefix(at + token.size());
    }
    std::string said;
    for (std::size_t lines = 0; lines < shownLines && !errors.empty();) {
        const std::size_t end = errors.find('\n');
        const std::string_view line = base::trim(errors.substr(0, end));
        errors.remove_prefix(end == std::string_view::npos ? errors.size() : end + 1);
        if (line.empty()) continue;
        said += (said.empty() ? "" : "; ") + std::string(line);
        ++lines;
    }
    return base::printable(said, shownBytes);
}

// What the child is given of this process's environment: what its loader and the sanitizers need to start it. The rest
// may hold secrets, and code that nobody has tried is to see none.
std::vector<std::string> childEnvironment() {
#if defined(MORTISE_SANITIZED)
    constexpr std::array names{"LD_LIBRARY_PATH", "ASAN_OPTIONS",  "LSAN_OPTIONS",
                               "TSAN_OPTIONS",    "UBSAN_OPTIONS", "ASAN_SYMBOLIZER_PATH"};
#else
    constexpr std::array names{"LD_LIBRARY_PATH"};
#endif
    std::vector<std::string> variables;
    for (const char* const name : names)
        if (const char* const value = std::getenv(name)) variables.push_back(std::string(name) + '=' + value);
    return variables;
}

// While there is one, other processes of this user cannot read this one's memory or environment (proc(5), ptrace(2)):
// the child could look at its parent.
class Unreadable {
public:
    Unreadable() : before_(prctl(PR_GET_DUMPABLE)) { prctl(PR_SET_DUMPABLE, 0); }
    ~Unreadable() {
        if (before_ == 1) prctl(PR_SET_DUMPABLE, 1);
    }
    Unreadable(const Unreadable&) = delete;
    Unreadable& operator=(const Unreadable&) = delete;

private:
    const int before_;
};

base::Outcome<Round> runRound(const ModuleTrialSettings& settings, const std::vector<std::string>& files) {
    const ModuleTrialOrder order{makeToken(), settings.timeout};
    const base::UniqueFd exchange(memfd_create("mortise-trial", MFD_CLOEXEC));
    if (!exchange) return base::Fault{"memfd_create: " + std::generic_category().message(errno)};
    if (auto fault = writeOrder(exchange.get(), order)) return base::Fault{*std::move(fault)};

    base::ChildSettings child;
    child.program = settings.program;
    child.arguments = settings.childArguments;
    child.arguments.insert(child.arguments.end(), files.begin(), files.end());
    child.environment = childEnvironment();
    child.descriptors = {exchange.get()};
    const auto begun = std::chrono::steady_clock::now();
    child.deadline = begun + settings.timeout * static_cast<int>(files.size()) + grace;
    const Unreadable parent;
    auto result = base::runChild(child);
    if (!result) return base::Fault{result.fault()};

    Round round;
    round.elapsed = std::chrono::steady_clock::now() - begun;
    round.files.resize(files.size());
    readReports(readAll(exchange.get()), order.token, round);
    round.said = lastSaid(result.value().errors, order.token);
    round.child = std::move(result).value();
    return round;
}

std::string durationText(std::chrono::milliseconds duration) {
    const auto count = duration.count();
    return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
}

// How a file ended the child.
std::string endingText(const Round& round, const Round::File& file, std::chrono::milliseconds timeout) {
    const bool inEntry = file.step == ModuleTrialStep::entry;
    const std::string what = inEntry ? "mortise_module_entry_v1" : "its constructors";
    const std::string during =
        file.passed ? "after it was loaded" : "while " + what + (inEntry ? " was called" : " ran");
    // The child's own deadline is a SIGKILL.
    const bool late =
        round.child.ending == base::ChildEnding::timedOut ||
        (round.child.ending == base::ChildEnding::signalled && round.child.code == SIGKILL && round.elapsed >= timeout);
    std::string text;
    if (late && !file.passed)
        text = "did not return from " + what + " within " + durationText(timeout);
    else if (round.child.ending == base::ChildEnding::exited)
        text = "ended the process that tried it, which " + round.child.describe() + ", " + during;
    else
        text = "crashed " + during + ": the process that tried it " + round.child.describe();
    return round.said.empty() ? text : text + "; it said '" + round.said + "'";
}

// Why nothing at all is known after a round; nothing when something is.
std::optional<std::string> roundFault(const ModuleTrialSettings& settings, const base::Outcome<Round>& round) {
    if (!round) return round.fault();
    const auto& files = round.value().files;
    if (std::any_of(files.begin(), files.end(), [](const Round::File& file) { return file.begun; }))
        return std::nullopt;
    const std::string& said = round.value().said;
    return settings.program + " " + round.value().child.describe() + (said.empty() ? "" : " and said '" + said + "'");
}

// Takes over what a round found about `open`; returns those it did not come to.
std::vector<std::size_t> settle(const Round& round, const std::vector<std::size_t>& open,
                                std::chrono::milliseconds timeout, std::vector<std::optional<std::string>>& outcomes) {
    std::vector<std::size_t> rest;
    std::size_t last = 0;
    for (std::size_t i = 0; i < open.size(); ++i) {
        const Round::File& file = round.files[i];
        if (!file.begun) {
            rest.push_back(open[i]);
            continue;
        }
        last = i;
        outcomes[open[i]] = file.fault;
        if (!file.fault && !file.passed) outcomes[open[i]] = "left no report of its try";
    }
    // Whoever was at work when the child ended ended it.
    const Round::File& culprit = round.files[last];
    if (!round.finished && !culprit.fault) outcomes[open[last]] = endingText(round, culprit, timeout);
    return rest;
}

} // namespace

std::vector<std::optional<std::string>> tryModules(const ModuleTrialSettings& settings,
                                                   std::span<const std::string> files) {
    std::vector<std::optional<std::string>> outcomes(files.size());
    std::vector<std::size_t> open(files.size());
    std::iota(open.begin(), open.end(), std::size_t{0});
    while (!open.empty()) {
        std::vector<std::string> names;
        for (const std::size_t index : open) names.push_back(files[index]);
        const auto round = runRound(settings, names);
        if (const auto fault = roundFault(settings, round)) {
            for (const std::size_t index : open) outcomes[index] = "cannot be tried in a child process: " + *fault;
            break;
        }
        open = settle(round.value(), open, settings.timeout, outcomes); // fewer in each round
    }
    return outcomes;
}

} // namespace mortise::host
