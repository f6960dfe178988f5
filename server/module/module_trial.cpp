// SPDX-License-Identifier: Apache-2.0
// The parent's side of a trial: starts children until every file has its outcome.
#include "module/module_trial.hpp"

#include "module/trial_process.hpp"

#include <mortise/abi/module.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace mortise::module {

namespace {

constexpr std::chrono::seconds grace{5}; // beyond what the child allows itself

// What one child came to know.
struct Round {
    struct File {
        bool begun = false;
        bool passed = false;
        TrialStep step = TrialStep::constructors; // last one begun
        std::optional<std::string> fault;
    };
    std::vector<File> files;
    bool finished = false;
    TrialRun run;
};

void readReports(Round& round) {
    for (const TrialReport& report : round.run.reports) {
        if (report.step == TrialStep::finished) {
            round.finished = true;
        } else if (report.index < round.files.size()) {
            Round::File& file = round.files[report.index];
            file.begun = true;
            if (report.step == TrialStep::passed)
                file.passed = true;
            else if (report.step == TrialStep::refused)
                file.fault = report.text;
            else
                file.step = report.step;
        }
    }
}

base::Outcome<Round> runRound(const ModuleTrialSettings& settings, const std::vector<std::string>& files) {
    TrialProcess process{settings.program, settings.childArguments, settings.timeout, {}, {}, {}};
    process.arguments.insert(process.arguments.end(), files.begin(), files.end());
    process.deadline = std::chrono::steady_clock::now() + settings.timeout * static_cast<int>(files.size()) + grace;
    auto run = runTrial(process);
    if (!run) return base::Fault{run.fault()};
    Round round;
    round.run = std::move(run).value();
    round.files.resize(files.size());
    readReports(round);
    return round;
}

// How a file ended the child.
std::string endingText(const Round& round, const Round::File& file, std::chrono::milliseconds timeout) {
    const bool inEntry = file.step == TrialStep::entry;
    const std::string what = inEntry ? MORTISE_MODULE_ENTRY_NAME : "its constructors";
    const std::string during =
        file.passed ? "after it was loaded" : "while " + what + (inEntry ? " was called" : " ran");
    return round.run.endingText(what, during, file.passed, timeout);
}

// Why nothing at all is known after a round; nothing when something is.
std::optional<std::string> roundFault(const ModuleTrialSettings& settings, const base::Outcome<Round>& round) {
    if (!round) return round.fault();
    const auto& files = round.value().files;
    if (std::any_of(files.begin(), files.end(), [](const Round::File& file) { return file.begun; }))
        return std::nullopt;
    const std::string& said = round.value().run.said;
    return settings.program + " " + round.value().run.child.describe() +
           (said.empty() ? "" : " and said '" + said + "'");
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
        names.reserve(open.size());
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

} // namespace mortise::module
