// SPDX-License-Identifier: Apache-2.0
#include "module/module_verdicts.hpp"

#include "base/atomic_file.hpp"
#include "base/unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace mortise::module {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t buildDigits = 16;

// What a regular file holds, when that is not more than a verdict can be.
std::string readSmall(const std::string& path) {
    const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    struct stat status {};
    if (!fd || fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != geteuid()) return {};
    std::array<char, 512> buffer;
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    return got <= 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(got));
}

} // namespace

ModuleVerdicts::ModuleVerdicts(std::string folder, const std::string& buildId)
    : folder_(std::move(folder)), build_(buildId.empty() ? "" : base::hexText(base::sha256(buildId))) {
    // A folder that cannot be made shows when a verdict is to be kept.
    if (!build_.empty()) static_cast<void>(mkdir(folder_.c_str(), 0700));
}

std::string ModuleVerdicts::name(const base::Sha256Digest& content) const {
    return base::hexText(content) + "-" + build_.substr(0, buildDigits);
}

std::string ModuleVerdicts::text(const base::Sha256Digest& content) const {
    return "mortise verdict 1\nfile " + base::hexText(content) + "\nhost " + build_ + "\npassed\n";
}

bool ModuleVerdicts::passed(const base::Sha256Digest& content) const {
    return !build_.empty() && readSmall(folder_ + "/" + name(content)) == text(content);
}

std::optional<std::string> ModuleVerdicts::remember(const base::Sha256Digest& content) const {
    if (build_.empty()) return std::nullopt;
    try {
        base::writeFileAtomically(folder_ + "/" + name(content), text(content), 0600);
    } catch (const std::system_error& error) {
        return error.what();
    }
    return std::nullopt;
}

void ModuleVerdicts::removeOthers(const std::vector<base::Sha256Digest>& keep) const {
    if (build_.empty()) return;
    std::error_code error;
    for (fs::directory_iterator entry(folder_, error), end; !error && entry != end; entry.increment(error)) {
        const std::string found = entry->path().filename().string();
        const bool kept =
            std::any_of(keep.begin(), keep.end(), [&](const auto& content) { return found == name(content); });
        std::error_code ignored;
        if (!kept) fs::remove(entry->path(), ignored);
    }
}

} // namespace mortise::module
