// SPDX-License-Identifier: Apache-2.0
#include "base/diagnostic.hpp"

#include "base/redaction.hpp"

#include <algorithm>
#include <array>

namespace mortise::base {

namespace {

constexpr std::array catalogue{
#define MORTISE_ENTRY(name, id, meaning) CodeEntry{Code::name, id, meaning},
    MORTISE_DIAGNOSTIC_CODES(MORTISE_ENTRY)
#undef MORTISE_ENTRY
};

constexpr bool idsAreUnique() {
    for (std::size_t i = 0; i < catalogue.size(); ++i) {
        for (std::size_t j = i + 1; j < catalogue.size(); ++j) {
            if (catalogue[i].id == catalogue[j].id) return false;
        }
    }
    return true;
}
static_assert(idsAreUnique());

} // namespace

std::span<const CodeEntry> codeCatalogue() noexcept {
    return catalogue;
}

std::string_view codeId(Code code) noexcept {
    const auto index = static_cast<std::size_t>(code);
    return index < catalogue.size() ? catalogue[index].id : std::string_view("C000");
}

std::string Origin::text() const {
    return line == 0 ? file : file + ':' + std::to_string(line);
}

std::string Origin::textWithColumn() const {
    return line == 0 || column == 0 ? text() : text() + ':' + std::to_string(column);
}

std::string Diagnostic::render() const {
    std::string out;
    if (!origin.file.empty()) out = origin.textWithColumn() + ": ";
    out += severity == Severity::error ? "error: " : "warning: ";
    out += message;
    out += " [";
    out += codeId(code);
    out += ']';
    return out;
}

void Diagnostics::error(Code code, Origin origin, std::string message) {
    add({Severity::error, code, std::move(origin), std::move(message)});
}

void Diagnostics::warning(Code code, Origin origin, std::string message) {
    add({Severity::warning, code, std::move(origin), std::move(message)});
}

void Diagnostics::add(Diagnostic diagnostic) {
    diagnostic.message = redactText(diagnostic.message); // of a plugin, perhaps
    if (diagnostic.severity == Severity::error) ++errors_;
    if (entries_.size() == limit) {
        ++dropped_;
        return;
    }
    entries_.push_back(std::move(diagnostic));
}

std::string Diagnostics::render() const {
    std::vector<const std::string*> files;
    const auto rankOf = [&](const Diagnostic& entry) {
        const auto same = [&](const std::string* file) { return *file == entry.origin.file; };
        return std::find_if(files.begin(), files.end(), same) - files.begin();
    };
    std::vector<std::pair<std::ptrdiff_t, const Diagnostic*>> order;
    for (const Diagnostic& entry : entries_) {
        const auto rank = rankOf(entry);
        if (rank == static_cast<std::ptrdiff_t>(files.size())) files.push_back(&entry.origin.file);
        order.emplace_back(rank, &entry);
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        if (a.first != b.first) return a.first < b.first;
        if (a.second->origin.line != b.second->origin.line) return a.second->origin.line < b.second->origin.line;
        return a.second->origin.column < b.second->origin.column;
    });
    std::string out;
    for (const auto& [rank, entry] : order) out += entry->render() + '\n';
    if (dropped_ != 0) out += "and " + std::to_string(dropped_) + " more\n";
    return out;
}

} // namespace mortise::base
