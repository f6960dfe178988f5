// SPDX-License-Identifier: Apache-2.0
#include "host/stored_secret.hpp"

#include "base/atomic_file.hpp"
#include "base/durable_folder.hpp"
#include "base/file_access.hpp"
#include "base/random.hpp"
#include "base/unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace mortise::host {
namespace {

constexpr std::size_t maxSize = 4096;

bool isName(std::string_view name) noexcept {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

base::SecretString readSecret(int fd, const std::string& path, std::size_t size) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) throw std::system_error(errno, std::generic_category(), path);
    if (!S_ISREG(status.st_mode) || (status.st_mode & 077) != 0)
        throw std::runtime_error(path + " holds a secret and must be a regular file of mode 0600");
    if (status.st_uid != 0 && status.st_uid != ::geteuid())
        throw std::runtime_error(path + " holds a secret and belongs to the user '" + base::userName(status.st_uid) +
                                 "', who may change it; chown it, or remove it to have a new one made");
    if (static_cast<std::size_t>(status.st_size) != size)
        throw std::runtime_error(path + " should hold " + std::to_string(size) + " bytes but has " +
                                 std::to_string(status.st_size));
    std::string bytes(size, '\0');
    const ssize_t got = ::read(fd, bytes.data(), size);
    base::SecretString secret(bytes);
    std::fill(bytes.begin(), bytes.end(), '\0');
    if (got != static_cast<ssize_t>(size)) throw std::runtime_error(path + " could not be read whole");
    return secret;
}

} // namespace

base::SecretString storedSecret(const std::string& stateDirectory, std::string_view plugin, std::string_view name,
                                std::size_t size) {
    if (!isName(name)) throw std::invalid_argument("a stored secret is named with a-z, 0-9, '-' and '_'");
    if (size == 0 || size > maxSize) throw std::invalid_argument("a stored secret has 1 to 4096 bytes");
    const std::filesystem::path folder = std::filesystem::path(stateDirectory) / "secrets";
    const std::string path = folder / (std::string(plugin) + "." + std::string(name));
    for (int attempt = 0; attempt < 2; ++attempt) {
        const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        if (fd) return readSecret(fd.get(), path, size);
        if (errno != ENOENT) throw std::system_error(errno, std::generic_category(), path);
        base::makeDurableFolders(folder);
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
        std::string fresh(size, '\0');
        base::fillRandom(fresh.data(), fresh.size());
        base::writeFileAtomically(path, fresh, 0600);
        std::fill(fresh.begin(), fresh.end(), '\0');
    }
    throw std::runtime_error(path + " vanished after it was written");
}

} // namespace mortise::host
