// SPDX-License-Identifier: Apache-2.0
// The child's side of a trial: loads each file, reports every step, trusts nothing that it calls.
#include "base/shared_library.hpp"
#include "base/text.hpp"
#include "base/unique_fd.hpp"
#include "module/manifest.hpp"
#include "module/module.hpp"
#include "module/module_trial.hpp"
#include "module/trial_child.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

namespace mortise::module {

namespace {

constexpr std::size_t shownBytes = 200;

// Standard output of one file at a time, caught in a memory file.
class PrintCapture {
public:
    PrintCapture() : file_(memfd_create("mortise-trial-output", MFD_CLOEXEC)) {
        if (file_) file_ = parkedDescriptor(file_.get());
    }

    void begin() const {
        if (ftruncate(file_.get(), 0) != 0 || lseek(file_.get(), 0, SEEK_SET) != 0) return;
        dup2(file_.get(), STDOUT_FILENO);
    }
    // What was printed since begin(), cut to what can be shown.
    std::string end() const {
        std::fflush(stdout);
        std::array<char, shownBytes + 1> bytes;
        const ssize_t got = pread(file_.get(), bytes.data(), bytes.size(), 0);
        return got <= 0 ? std::string() : std::string(bytes.data(), static_cast<std::size_t>(got));
    }

private:
    base::UniqueFd file_;
};

class Trial {
public:
    explicit Trial(TrialChild child) : child_(std::move(child)), process_(getpid()) {}

    void tryFile(std::size_t index, const std::string& file) {
        child_.report(TrialStep::constructors, index);
        child_.separateErrors(); // what follows is this file's
        capture_.begin();
        deadline_.set(child_.timeout());
        const std::optional<std::string> fault = load(index, file);
        deadline_.set(std::chrono::milliseconds(0));
        endCopies();
        if (TrialChild::hasStartedProcesses()) {
            child_.report(TrialStep::refused, index,
                          "started another process while it was loaded: that belongs into 'start' of an instance");
            TrialChild::endDescendants(); // must not be blamed on the next file
            _exit(0);
        }
        if (const std::string printed = capture_.end(); fault) {
            child_.report(TrialStep::refused, index, *fault);
        } else if (!printed.empty()) {
            child_.report(TrialStep::refused, index,
                          "prints on standard output while it is loaded, where only mortised itself writes: '" +
                              base::printable(printed, shownBytes) + "'");
        } else {
            child_.report(TrialStep::passed, index);
        }
    }

    void finish() { child_.report(TrialStep::finished, 0); }

private:
    std::optional<std::string> load(std::size_t index, const std::string& file) {
        const auto library = base::SharedLibrary::open(file);
        endCopies();
        if (!library) {
            const std::string& fault = library.fault();
            const std::string prefix = file + ": ";
            return "cannot be loaded: " + (fault.starts_with(prefix) ? fault.substr(prefix.size()) : fault);
        }
        child_.report(TrialStep::entry, index);
        const auto entry = reinterpret_cast<mortise_module_entry>(library.value().symbol(MORTISE_MODULE_ENTRY_NAME));
        if (entry == nullptr) return "has no " MORTISE_MODULE_ENTRY_NAME " of its own";
        try {
            mortise_module raw{};
            const auto info = readModule(entry, raw);
            if (!info) return info.fault();
            const auto manifest = readManifest(file);
            return manifest ? manifestDifference(*manifest, *info) : manifest.fault();
        } catch (...) {
            return "lets an exception out of " MORTISE_MODULE_ENTRY_NAME;
        }
    }

    // A copy of this process, made by code that was tried, comes back here like the original.
    void endCopies() const {
        if (getpid() != process_) _exit(0);
    }

    TrialChild child_;
    pid_t process_;
    PrintCapture capture_;
    TrialDeadline deadline_;
};

} // namespace

int runModuleTrial(std::span<const std::string> files) {
    auto child = TrialChild::take();
    if (!child) return TrialChild::orderMissing;
    Trial trial(*std::move(child));
    for (std::size_t i = 0; i < files.size(); ++i) trial.tryFile(i, files[i]);
    trial.finish();
    _exit(0);
}

} // namespace mortise::module
