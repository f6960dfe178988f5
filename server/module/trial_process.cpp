// SPDX-License-Identifier: Apache-2.0
#include "module/trial_process.hpp"

#include "base/loader_variables.hpp"
#include "base/random.hpp"
#include "base/redaction.hpp"
#include "base/text.hpp"
#include "base/unique_fd.hpp"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <iomanip>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

namespace mortise::module {

namespace {

constexpr std::size_t maximumReportBytes = 16u << 20;
constexpr std::size_t shownLines = 3;
constexpr std::size_t shownBytes = 300;

std::string makeToken() {
    std::ostringstream token;
    token << std::hex << std::setfill('0') << std::setw(16) << base::random64() << std::setw(16) << base::random64();
    return token.str();
}

// What stands behind `offset`.
std::string readFrom(int file, std::size_t offset) {
    std::string text;
    std::array<char, 64 * 1024> buffer;
    while (text.size() < maximumReportBytes) {
        const ssize_t got = pread(file, buffer.data(), buffer.size(), static_cast<off_t>(offset + text.size()));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
}

std::optional<std::string> writeAll(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t done = ::write(file, text.data(), text.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return "write: " + std::generic_category().message(errno);
        text.remove_prefix(static_cast<std::size_t>(done));
    }
    return std::nullopt;
}

std::vector<TrialReport> readReports(std::string_view text, std::string_view token) {
    std::vector<TrialReport> reports;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) break; // the child ended while it wrote
        if (auto report = parseReport(token, text.substr(0, end))) reports.push_back(*std::move(report));
        text.remove_prefix(end + 1);
    }
    return reports;
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

// A short one would take half of any text with it, and is no secret.
constexpr std::size_t shortestSecret = 4;

void hide(std::string& text, const std::string& secret) {
    if (secret.size() < shortestSecret) return;
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + base::redactedText.size()))
        text.replace(at, secret.size(), base::redactedText);
}

// What the child is given of this process's environment: what its loader and the sanitizers need to start it. The rest
// may hold secrets, and code that nobody has tried is to see none.
std::vector<std::string> childEnvironment() {
    std::vector<std::string> variables;
    for (const char* const name : base::loaderVariables)
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

std::string durationText(std::chrono::milliseconds duration) {
    const auto count = duration.count();
    return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
}

} // namespace

bool TrialRun::missed(std::chrono::milliseconds timeout) const noexcept {
    // The child's own deadline is a SIGKILL.
    return child.ending == base::ChildEnding::timedOut ||
           (child.ending == base::ChildEnding::signalled && child.code == SIGKILL && elapsed >= timeout);
}

std::string TrialRun::endingText(const std::string& what, const std::string& during, bool over,
                                 std::chrono::milliseconds timeout) const {
    std::string text;
    if (missed(timeout) && !over)
        text = "did not return from " + what + " within " + durationText(timeout);
    else if (child.ending == base::ChildEnding::exited)
        text = "ended the process that tried it, which " + child.describe() + ", " + during;
    else
        text = "crashed " + during + ": the process that tried it " + child.describe();
    return said.empty() ? text : text + "; it said '" + said + "'";
}

base::Outcome<TrialRun> runTrial(const TrialProcess& process) {
    const TrialOrder order{makeToken(), process.timeout};
    const base::UniqueFd exchange(memfd_create("mortise-trial", MFD_CLOEXEC));
    if (!exchange) return base::Fault{"memfd_create: " + std::generic_category().message(errno)};
    const std::string line = orderLine(order);
    for (const std::string_view part : {std::string_view(line), process.payload})
        if (auto fault = writeAll(exchange.get(), part)) return base::Fault{*std::move(fault)};

    base::ChildSettings child;
    child.program = process.program;
    child.arguments = process.arguments;
    child.environment = childEnvironment();
    child.descriptors = {exchange.get()};
    child.deadline = process.deadline;
    const auto begun = std::chrono::steady_clock::now();
    const Unreadable parent;
    auto result = base::runChild(child);
    if (!result) return base::Fault{result.fault()};

    TrialRun run;
    run.elapsed = std::chrono::steady_clock::now() - begun;
    run.reports = readReports(readFrom(exchange.get(), line.size() + process.payload.size()), order.token);
    run.child = std::move(result).value();
    for (const std::string& secret : process.secrets) hide(run.child.errors, secret);
    run.said = base::redactText(lastSaid(run.child.errors, order.token));
    return run;
}

} // namespace mortise::module
