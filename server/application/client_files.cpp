// SPDX-License-Identifier: Apache-2.0
#include "application/client_files.hpp"

#include "base/durable_folder.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace mortise::application {
namespace {

constexpr mode_t newFileMode = 0600;

base::Fault failedFile(const char* what, std::string_view path, int error) {
    return {std::string(what) + " '" + base::printable(path, 4096) + "': " + std::generic_category().message(error)};
}

// While it lives, the signals that cancel end the process.
class Interruptible {
public:
    Interruptible() noexcept : set_(ClientFiles::cancellingSignals()) { pthread_sigmask(SIG_UNBLOCK, &set_, nullptr); }
    ~Interruptible() { pthread_sigmask(SIG_BLOCK, &set_, nullptr); }
    Interruptible(const Interruptible&) = delete;
    Interruptible& operator=(const Interruptible&) = delete;

private:
    const sigset_t set_;
};

base::UniqueFd openExisting(const std::string& path, int access, bool mayWait) {
    std::optional<Interruptible> waiting;
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode)) {
        if (!mayWait) {
            errno = EINTR;
            return {};
        }
        waiting.emplace();
    }
    return base::UniqueFd(::open(path.c_str(), access | O_CLOEXEC | O_NOCTTY));
}

// ".rejects": what may be added to the name of a file to call another one.
bool isEnding(std::string_view text) {
    return text.size() >= 2 && text.size() <= 32 && text.front() == '.' &&
           std::all_of(text.begin() + 1, text.end(),
                       [](char one) { return (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || one == '-'; });
}

} // namespace

sigset_t ClientFiles::cancellingSignals() noexcept {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
    return set;
}

ClientFiles::~ClientFiles() {
    for (const auto& [number, file] : files_)
        if (!file.temporary.empty()) ::unlink(file.temporary.c_str());
}

bool ClientFiles::isNamed(std::string_view path, bool alsoBeside) const {
    const auto fits = [&](std::string_view named) {
        if (named.empty()) return false;
        return path == named || (alsoBeside && path.starts_with(named) && isEnding(path.substr(named.size())));
    };
    return std::any_of(arguments_.begin(), arguments_.end(), [&](std::string_view argument) {
        const std::size_t equals = argument.find('=');
        return fits(argument) || (equals != argument.npos && fits(argument.substr(equals + 1)));
    });
}

base::Outcome<int> ClientFiles::open(std::uint64_t number, std::string_view path, host::CommandFileMode mode,
                                     bool mayWait) {
    const bool reads = mode == host::CommandFileMode::read;
    if (path.find('\0') != path.npos || !isNamed(path, mode == host::CommandFileMode::create))
        return base::Fault{"the command asked for the file '" + base::printable(path, 4096) +
                           "', which its arguments do not name"};
    File file;
    file.path = path;
    if (path == "-") {
        file.descriptor.reset(::fcntl(reads ? STDIN_FILENO : STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    } else if (reads) {
        file.descriptor = openExisting(file.path, O_RDONLY, mayWait);
    } else {
        auto made = create(file.path, mode == host::CommandFileMode::replace, mayWait);
        if (!made) return base::Fault{made.fault()};
        file = std::move(made).value();
    }
    if (!file.descriptor) return failedFile("cannot open", path, errno);
    struct stat status {};
    if (::fstat(file.descriptor.get(), &status) == 0 && S_ISDIR(status.st_mode))
        return failedFile("cannot open", path, EISDIR);
    const int descriptor = file.descriptor.get();
    files_[number] = std::move(file);
    return descriptor;
}

base::Outcome<ClientFiles::File> ClientFiles::create(std::string path, bool replaces, bool mayWait) const {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) {
        if (S_ISDIR(status.st_mode)) return failedFile("cannot create", path, EISDIR);
        // A pipe or a device is written to as it is.
        if (!S_ISREG(status.st_mode)) {
            base::UniqueFd opened = openExisting(path, O_WRONLY, mayWait);
            if (!opened) return failedFile("cannot open", path, errno);
            return File{std::move(opened), std::move(path)};
        }
        if (!replaces) return failedFile("cannot create", path, EEXIST);
    }
    std::string temporary = path + ".part-XXXXXX";
    base::UniqueFd made(::mkostemp(temporary.data(), O_CLOEXEC)); // mode 0600
    if (!made) return failedFile("cannot create", path, errno);
    if (::fchmod(made.get(), newFileMode) != 0) {
        const int error = errno;
        ::unlink(temporary.c_str());
        return failedFile("cannot create", path, error);
    }
    return File{std::move(made), std::move(path), std::move(temporary), replaces};
}

base::Outcome<bool> ClientFiles::commit(std::uint64_t number) {
    const auto found = files_.find(number);
    if (found == files_.end()) return base::Fault{"there is no such file"};
    File& file = found->second;
    if (file.temporary.empty()) return true;
    // Before it gets its name: else a power failure could leave an empty file there.
    if (::fsync(file.descriptor.get()) != 0) return failedFile("cannot write", file.path, errno);
    const unsigned int flags = file.replaces ? 0 : RENAME_NOREPLACE;
    if (::renameat2(AT_FDCWD, file.temporary.c_str(), AT_FDCWD, file.path.c_str(), flags) != 0) {
        // File systems that cannot rename so can link, which does not replace either.
        if (file.replaces || errno != EINVAL || ::link(file.temporary.c_str(), file.path.c_str()) != 0)
            return failedFile("cannot create", file.path, errno);
        ::unlink(file.temporary.c_str());
    }
    file.temporary.clear();
    try {
        const std::filesystem::path folder = std::filesystem::path(file.path).parent_path();
        base::syncFolder(folder.empty() ? "." : folder);
    } catch (const std::system_error& error) {
        return failedFile("cannot make durable", file.path, error.code().value());
    }
    return true;
}

} // namespace mortise::application
