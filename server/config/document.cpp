// SPDX-License-Identifier: Apache-2.0
#include "config/document.hpp"

#include "base/file_access.hpp"
#include "base/text.hpp"
#include "base/unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace mortise::config {

const Entry* Document::find(std::string_view section, std::string_view key) const {
    const auto found = places_.find({std::string(section), std::string(key)});
    return found == places_.end() ? nullptr : &entries_[found->second];
}

void Document::addSection(std::string name, base::Origin origin) {
    const bool known = std::any_of(sections_.begin(), sections_.end(),
                                   [&](const SectionMention& mention) { return mention.name == name; });
    if (!known) sections_.push_back({std::move(name), std::move(origin)});
}

void Document::add(Entry entry, base::Diagnostics& diagnostics) {
    const auto [known, isNew] = places_.try_emplace({entry.section, entry.key}, entries_.size());
    if (isNew) {
        entries_.push_back(std::move(entry));
        return;
    }
    const unsigned firstLine = entries_[known->second].origin.line;
    diagnostics.error(base::Code::duplicateKey, entry.origin,
                      "key '" + base::printable(entry.key) + "' of [" + entry.section +
                          "] is given twice; the first one is on line " + std::to_string(firstLine));
}

std::optional<std::string> readRegularFile(const std::filesystem::path& path, std::size_t limit, std::string& reason) {
    const auto failed = [&](std::string why) {
        reason = std::move(why);
        return std::nullopt;
    };
    // Not blocking, so that a FIFO in the place of a file does not hang the start.
    const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) return failed(refusalText(errno, path));
    if (!S_ISREG(status.st_mode)) return failed("not a regular file");
    std::string content;
    std::array<char, 16384> buffer{};
    for (;;) {
        const ssize_t size = ::read(fd.get(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return failed(std::generic_category().message(errno));
        if (size == 0) return content;
        content.append(buffer.data(), static_cast<std::size_t>(size));
        if (content.size() > limit) return failed("over " + std::to_string(limit) + " bytes");
    }
}

std::optional<Document> readDocument(const std::filesystem::path& path, base::Diagnostics& diagnostics) {
    std::string reason;
    const std::optional<std::string> text = readRegularFile(path, maxFileBytes, reason);
    if (!text) {
        const bool tooLarge = reason.starts_with("over ");
        diagnostics.error(tooLarge ? base::Code::fileTooLarge : base::Code::unreadable, {path.string()},
                          tooLarge ? "the file is too large: " + reason : "the file cannot be read: " + reason);
        return std::nullopt;
    }
    if (base::lowerAscii(path.extension().string()) == ".xml") return readXml(*text, path.string(), diagnostics);
    return readIni(*text, path.string(), diagnostics);
}

std::string refusalText(int error, const std::filesystem::path& path) {
    std::string text = std::generic_category().message(error);
    if (error != EACCES) return text;
    const std::string refusal = base::accessRefusal(path);
    return refusal.empty() ? text : text + ": " + refusal;
}

} // namespace mortise::config
