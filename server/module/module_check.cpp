// SPDX-License-Identifier: Apache-2.0
#include "module/module_check.hpp"

#include <mortise/abi/module.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string_view>

namespace mortise::module {

namespace {

constexpr std::string_view entryName = MORTISE_MODULE_ENTRY_NAME;
constexpr std::string_view entryPrefix = "mortise_module_entry_v";
constexpr std::string_view draftInfix = "_draft";
constexpr std::string_view wayOfPlugins =
    "a plugin is one file: link it statically and hidden (-Wl,--exclude-libs,ALL), or use what the host offers";

// The C and C++ runtime, which a process has or gets in one version only.
constexpr std::array<std::string_view, 8> runtimeLibraries{"libc.so.",  "libm.so.", "libpthread.so.", "libdl.so.",
                                                           "librt.so.", "ld-linux", "libgcc_s.so.",   "libstdc++.so."};
// What the host offers but does not map by itself, since few plugins need it: the loader finds those of the system.
constexpr std::array<std::string_view, 2> offeredLibraries{"libPocoDataMySQL.so.", "libmariadb.so.3"};
// What linkers of old export although nobody asked.
constexpr std::array<std::string_view, 6> linkerSymbols{"_init", "_fini", "_edata", "edata", "_end", "__bss_start"};

std::string quoted(std::string_view text) {
    return "'" + std::string(text) + "'";
}

std::string_view fileName(std::string_view path) {
    return path.substr(path.rfind('/') + 1); // npos + 1 is 0
}

// "libPocoNet" of "libPocoNet.so.80".
std::string_view stem(std::string_view soname) {
    return soname.substr(0, soname.find(".so"));
}

// Of "mortise_module_entry_v1_draft2": major 1, draft 2. The first draft's name had no draft in it.
struct Entry {
    unsigned major = 0;
    unsigned draft = 1;
};

std::optional<Entry> entryOf(std::string_view name) {
    if (!name.starts_with(entryPrefix)) return std::nullopt;
    const char* const end = name.data() + name.size();
    Entry entry;
    const auto major = std::from_chars(name.data() + entryPrefix.size(), end, entry.major);
    if (major.ec != std::errc() || major.ptr == end)
        return major.ec == std::errc() ? std::optional(entry) : std::nullopt;
    const std::string_view rest(major.ptr, static_cast<std::size_t>(end - major.ptr));
    if (!rest.starts_with(draftInfix)) return std::nullopt;
    const auto draft = std::from_chars(rest.data() + draftInfix.size(), end, entry.draft);
    return draft.ec == std::errc() && draft.ptr == end ? std::optional(entry) : std::nullopt;
}

std::string list(std::vector<unsigned> numbers) {
    std::sort(numbers.begin(), numbers.end());
    std::string text;
    for (const unsigned number : numbers) text += (text.empty() ? "" : ", ") + std::to_string(number);
    return text;
}

// A file without the one entry that counts: what it is then.
std::string otherEntryFault(const base::ElfImage& image) {
    std::vector<unsigned> majors;
    std::vector<unsigned> drafts; // of this major
    for (const base::ElfSymbol& symbol : image.exports()) {
        const auto entry = entryOf(symbol.name);
        if (!entry) continue;
        if (entry->major == MORTISE_ABI_MAJOR)
            drafts.push_back(entry->draft);
        else
            majors.push_back(entry->major);
    }
    const std::string ours = std::to_string(MORTISE_ABI_DRAFT);
    if (!drafts.empty()) {
        const bool newer = *std::min_element(drafts.begin(), drafts.end()) > MORTISE_ABI_DRAFT;
        return "is built with the SDK of draft " + list(drafts) + " of the plugin interface, this host needs draft " +
               ours + ": rebuild it with the SDK of this mortised (MORTISE_ABI_DRAFT is " + ours +
               " in its mortise/abi/types.h)" + (newer ? ", or upgrade mortised" : "");
    }
    if (majors.empty()) {
        return "is no Mortise plugin: it exports no function " + std::string(entryName) +
               " (build it by mortise_add_plugin, or define MORTISE_MODULE_ENTRY as MORTISE_EXPORT and extern \"C\")";
    }
    const bool newer = *std::min_element(majors.begin(), majors.end()) > MORTISE_ABI_MAJOR;
    return "is built for ABI major " + list(majors) + ", this host speaks major " + std::to_string(MORTISE_ABI_MAJOR) +
           ": " +
           (newer ? "upgrade mortised, or install an older build of the plugin"
                  : "install a newer build of the plugin, or rebuild it with this host's SDK");
}

std::optional<std::string> entryFault(const base::ElfImage& image) {
    const base::ElfSymbol* const entry = image.find(entryName);
    if (entry == nullptr) return otherEntryFault(image);
    if (entry->kind == base::ElfKind::object || entry->kind == base::ElfKind::threadLocal) {
        return "exports " + std::string(entryName) + " as data, it must be a function";
    }
    return std::nullopt;
}

std::optional<std::string> libraryFault(std::string_view needed, std::span<const std::string> mappedFiles) {
    if (needed.find('/') != std::string_view::npos) {
        return "needs the library " + quoted(needed) + " by its path; " + std::string(wayOfPlugins);
    }
    const auto isMapped = [needed](const std::string& path) { return fileName(path) == needed; };
    if (std::any_of(mappedFiles.begin(), mappedFiles.end(), isMapped)) return std::nullopt;
    const auto begins = [needed](std::string_view name) { return needed.starts_with(name); };
    if (std::any_of(runtimeLibraries.begin(), runtimeLibraries.end(), begins) ||
        std::any_of(offeredLibraries.begin(), offeredLibraries.end(), begins))
        return std::nullopt;
    const auto isOther = [needed](const std::string& path) { return stem(fileName(path)) == stem(needed); };
    if (const auto other = std::find_if(mappedFiles.begin(), mappedFiles.end(), isOther); other != mappedFiles.end()) {
        return "needs the library " + quoted(needed) + ", but the host has " + quoted(fileName(*other)) +
               ", and two versions in one process break each other: build the plugin against the host's version, or "
               "link "
               "its own statically and hidden (-Wl,--exclude-libs,ALL)";
    }
    return "needs the library " + quoted(needed) + ", which is missing among those that the host has loaded; " +
           std::string(wayOfPlugins);
}

std::vector<std::string> warnings(const base::ElfImage& image) {
    std::vector<std::string> list;
    std::size_t others = 0;
    std::string_view first;
    for (const base::ElfSymbol& symbol : image.exports()) {
        const bool expected = entryOf(symbol.name) || symbol.bind == base::ElfBind::unique ||
                              std::find(linkerSymbols.begin(), linkerSymbols.end(), symbol.name) != linkerSymbols.end();
        if (!expected && others++ == 0) first = symbol.name;
    }
    if (others != 0) {
        list.push_back("exports " + std::to_string(others) + (others == 1 ? " symbol" : " symbols") +
                       " besides its entry (" + std::string(first) +
                       "): build it with -fvisibility=hidden and a version script");
    }
    if (const auto unique = image.uniqueSymbols(); !unique.empty()) {
        list.push_back("exports " + std::to_string(unique.size()) + " unique symbols (" + std::string(unique.front()) +
                       "), which two builds of it would share: build it with -fno-gnu-unique");
    }
    if (!image.runPaths().empty()) {
        list.push_back("has the run path " + quoted(image.runPaths().front()) +
                       ", which is of no use: all it may need is loaded already");
    }
    return list;
}

} // namespace

ModuleCheck checkModuleFile(const base::ElfImage& image, std::span<const std::string> mappedFiles) {
    ModuleCheck check;
    check.fault = entryFault(image);
    for (const std::string_view needed : image.needed()) {
        if (!check.fault) check.fault = libraryFault(needed, mappedFiles);
    }
    if (check.fault) return check;
    if (image.needsStaticTls()) {
        check.fault =
            "needs static thread-local storage (DF_STATIC_TLS), whose room runs out after a few loads: compile "
            "all of it with -ftls-model=global-dynamic";
    } else if (image.hasTextRelocations()) {
        check.fault = "has text relocations, so its code would have to be writable: compile all of it with -fPIC";
    } else if (image.needsExecutableStack()) {
        check.fault = "asks for an executable stack: link it with -z noexecstack (assembler files lack a "
                      ".note.GNU-stack section)";
    } else {
        check.warnings = warnings(image);
    }
    return check;
}

} // namespace mortise::module
