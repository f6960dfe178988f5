// SPDX-License-Identifier: Apache-2.0
#include "base/code_ranges.hpp"

#include <link.h>

#include <algorithm>
#include <array>
#include <atomic>

namespace mortise::base {
namespace {

struct Entry {
    std::atomic<std::uintptr_t> end{0}; // written last; 0: not written yet
    std::uintptr_t begin = 0;
    std::size_t size = 0;
    std::array<char, maximumCodePath> path{};
};

// Written by noteCodeAt() only, each entry once.
constinit std::array<Entry, maximumCodeRanges> codeEntries;
constinit std::atomic<std::size_t> usedCodeEntries{0};

struct Search {
    std::uintptr_t address = 0;
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
};

int searchIn(dl_phdr_info* info, std::size_t, void* context) {
    Search& search = *static_cast<Search*>(context);
    std::uintptr_t begin = UINTPTR_MAX;
    std::uintptr_t end = 0;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const auto& segment = info->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD) continue;
        begin = std::min<std::uintptr_t>(begin, info->dlpi_addr + segment.p_vaddr);
        end = std::max<std::uintptr_t>(end, info->dlpi_addr + segment.p_vaddr + segment.p_memsz);
    }
    if (search.address < begin || search.address >= end) return 0;
    search.begin = begin;
    search.end = end;
    return 1;
}

} // namespace

void noteCodeAt(const void* address, std::string_view path) noexcept {
    Search search{reinterpret_cast<std::uintptr_t>(address), 0, 0};
    if (dl_iterate_phdr(searchIn, &search) == 0 || fileOfCode(search.address) == path) return;
    const std::size_t index = usedCodeEntries.fetch_add(1, std::memory_order_relaxed);
    if (index >= codeEntries.size()) return;
    Entry& entry = codeEntries[index];
    entry.begin = search.begin;
    if (path.size() > entry.path.size()) path.remove_prefix(path.size() - entry.path.size());
    entry.size = path.copy(entry.path.data(), entry.path.size());
    entry.end.store(search.end, std::memory_order_release);
}

std::string_view fileOfCode(std::uintptr_t address) noexcept {
    const std::size_t count = std::min(usedCodeEntries.load(std::memory_order_relaxed), codeEntries.size());
    for (std::size_t i = 0; i < count; ++i) {
        const Entry& entry = codeEntries[i];
        const std::uintptr_t end = entry.end.load(std::memory_order_acquire);
        if (address < end && address >= entry.begin) return {entry.path.data(), entry.size};
    }
    return {};
}

} // namespace mortise::base
