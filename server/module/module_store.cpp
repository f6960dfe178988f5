// SPDX-License-Identifier: Apache-2.0
#include "module/module_store.hpp"

#include "base/code_ranges.hpp"
#include "base/elf_image.hpp"
#include "base/file_access.hpp"
#include "base/library_cache.hpp"
#include "base/shared_library.hpp"
#include "module/manifest.hpp"
#include "module/module_check.hpp"
#include "module/module_trial.hpp"
#include "module/module_verdicts.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

namespace mortise::module {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view logger = "host.modules";
// Copies and verdicts that no process has used for so long are removed.
constexpr std::chrono::hours unusedAge{7 * 24};

// Where $TMPDIR is another user's (root's, before its rights were given up), where others may replace what lies in it,
// or where no code can be loaded from, the usual places are tried.
base::Outcome<std::string> makeTemporaryFolder() {
    std::error_code error;
    std::vector<fs::path> places{fs::temp_directory_path(error), "/tmp", "/var/tmp"};
    if (error) places.erase(places.begin());
    std::optional<std::string> fault;
    for (const fs::path& place : places) {
        std::string name = (place / "mortise-plugins.XXXXXX").string();
        std::string why;
        if (mkdtemp(name.data()) == nullptr)
            why = std::generic_category().message(errno);
        else if (const auto exposure = base::changeableByOthers(name))
            why = exposure->message;
        else if (const auto mount = base::noexecMountOf(name))
            why = "it lies on a file system mounted noexec (" + *mount + ')';
        else
            return name;
        ::rmdir(name.c_str());
        if (!fault) fault = name + ": cannot make a folder for private copies: " + why;
    }
    return base::Fault{fault.value_or("there is no folder for private copies")};
}

std::optional<base::Sha256Digest> digestOf(std::string_view hex) {
    base::Sha256Digest digest{};
    if (hex.size() != 2 * digest.size()) return std::nullopt;
    for (std::size_t i = 0; i < hex.size(); ++i) {
        const std::size_t value = std::string_view("0123456789abcdef").find(hex[i]);
        if (value == std::string_view::npos) return std::nullopt;
        digest[i / 2] = static_cast<std::uint8_t>(digest[i / 2] << 4U | value);
    }
    return digest;
}

// Copies that somebody used lately.
std::vector<base::Sha256Digest> recentCopies(const std::string& folder) {
    std::vector<base::Sha256Digest> list;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code ignored;
        const auto digest = digestOf(entry->path().stem().string());
        const bool recent = entry->last_write_time(ignored) > fs::file_time_type::clock::now() - unusedAge;
        if (digest && recent) list.push_back(*digest);
    }
    return list;
}

} // namespace

struct ModuleStore::State {
    // A file whose code is in this process.
    struct Mapped {
        std::string path; // of the operator's file that it came from first
        ModuleInfo info;
        mortise_module raw{};
        const void* entry = nullptr;
        std::weak_ptr<const Module> module;
    };
    // A file on its way.
    struct Candidate {
        std::string path;
        base::LibraryCopy copy;
        std::optional<std::string> fault; // a whole sentence
    };

    base::Log& log;
    ModuleStoreSettings settings;
    std::string temporaryFolder; // removed at the end
    std::optional<base::LibraryCache> cache;
    std::optional<ModuleVerdicts> verdicts;
    std::map<base::Sha256Digest, Mapped> mapped;

    std::optional<std::string> open();
    Candidate examine(const std::string& path);
    void tryUnknown(std::vector<Candidate>& candidates);
    base::Outcome<std::shared_ptr<const Module>> map(const Candidate& candidate);
    base::Outcome<Mapped> mapNew(const Candidate& candidate) const;
    void removeUnused() const;
};

// A sentence when there is no place for private copies.
std::optional<std::string> ModuleStore::State::open() {
    if (cache) return std::nullopt;
    std::string folder = settings.cacheDirectory;
    if (folder.empty()) {
        auto made = makeTemporaryFolder();
        if (!made) return made.fault();
        folder = temporaryFolder = std::move(made).value();
    }
    auto opened = base::LibraryCache::open(folder);
    if (!opened) return opened.fault();
    cache = std::move(opened).value();
    if (temporaryFolder.empty()) verdicts.emplace(folder + "/verdicts", settings.buildId);
    return std::nullopt;
}

// Everything that needs no code of the file to run.
ModuleStore::State::Candidate ModuleStore::State::examine(const std::string& path) {
    Candidate candidate{path, {}, {}};
    auto copy = cache->copyOf(path);
    if (!copy) {
        const bool named = copy.fault().starts_with(path);
        candidate.fault = named ? copy.fault() : path + ": cannot be copied: " + copy.fault();
        return candidate;
    }
    candidate.copy = std::move(copy).value();
    static_cast<void>(utimensat(AT_FDCWD, candidate.copy.path.c_str(), nullptr, 0)); // used now
    if (mapped.count(candidate.copy.hash) != 0) return candidate;

    const auto image = base::ElfImage::read(candidate.copy.path);
    if (!image) {
        candidate.fault = path + ": " + image.fault();
    } else {
        const ModuleCheck check = checkModuleFile(image.value(), base::SharedLibrary::mappedFiles());
        if (check.fault)
            candidate.fault = path + ": " + *check.fault;
        else if (const auto manifest = readManifest(candidate.copy.path); !manifest)
            candidate.fault = path + ": " + manifest.fault();
        for (const std::string& warning : check.warnings) {
            log.log(base::Level::warn, logger, path + ": " + warning);
        }
    }
    if (candidate.fault) ::unlink(candidate.copy.path.c_str());
    return candidate;
}

// Tries what has no verdict, each content once.
void ModuleStore::State::tryUnknown(std::vector<Candidate>& candidates) {
    std::vector<std::string> files;
    std::set<base::Sha256Digest> unknown;
    for (const Candidate& candidate : candidates) {
        const base::Sha256Digest& hash = candidate.copy.hash;
        if (candidate.fault || mapped.count(hash) != 0 || (verdicts && verdicts->passed(hash))) continue;
        if (unknown.insert(hash).second) files.push_back(candidate.copy.path);
    }
    if (files.empty()) return;
    const auto outcomes = tryModules({settings.program, settings.childArguments, settings.verifyTimeout}, files);
    for (std::size_t i = 0; i < files.size(); ++i) {
        for (Candidate& candidate : candidates) {
            if (candidate.fault || candidate.copy.path != files[i]) continue;
            if (outcomes[i]) {
                candidate.fault = candidate.path + ": " + *outcomes[i];
                ::unlink(files[i].c_str());
            } else if (unknown.erase(candidate.copy.hash) != 0 && verdicts) {
                if (const auto fault = verdicts->remember(candidate.copy.hash)) {
                    log.log(base::Level::warn, logger,
                            candidate.path + ": its verdict cannot be kept, the next start tries it again: " + *fault);
                }
            }
        }
    }
}

base::Outcome<ModuleStore::State::Mapped> ModuleStore::State::mapNew(const Candidate& candidate) const {
    auto library = base::SharedLibrary::open(candidate.copy.path);
    if (!library) return base::Fault{candidate.path + ": cannot be loaded: " + library.fault()};
    void* const entry = library.value().symbol(MORTISE_MODULE_ENTRY_NAME);
    const auto refuse = [&](const std::string& why) {
        library.value().unload();
        return base::Fault{candidate.path + ": " + why};
    };
    if (entry == nullptr) return refuse("has no " MORTISE_MODULE_ENTRY_NAME " of its own");
    for (const auto& [hash, other] : mapped) {
        if (other.entry == entry) return refuse("the loader handed out the code of " + other.path + " again");
    }
    Mapped made;
    made.path = candidate.path;
    made.entry = entry;
    auto info = readModule(reinterpret_cast<mortise_module_entry>(entry), made.raw);
    if (!info) return refuse(info.fault());
    made.info = std::move(info).value();
    base::noteCodeAt(entry, candidate.path);
    return made;
}

base::Outcome<std::shared_ptr<const Module>> ModuleStore::State::map(const Candidate& candidate) {
    if (candidate.fault) return base::Fault{*candidate.fault};
    auto found = mapped.find(candidate.copy.hash);
    if (found == mapped.end()) {
        auto made = mapNew(candidate);
        if (!made) return base::Fault{made.fault()};
        found = mapped.emplace(candidate.copy.hash, std::move(made).value()).first;
    }
    Mapped& entry = found->second;
    std::shared_ptr<const Module> module = entry.module.lock();
    if (module == nullptr) {
        module = std::make_shared<const Module>(candidate.path, candidate.copy.path, candidate.copy.hash, entry.info,
                                                entry.raw);
        entry.module = module;
    }
    return module;
}

void ModuleStore::State::removeUnused() const {
    if (!temporaryFolder.empty()) return;
    std::vector<base::Sha256Digest> keep = recentCopies(cache->directory());
    for (const auto& [hash, entry] : mapped) keep.push_back(hash);
    cache->removeOthers(keep);
    verdicts->removeOthers(keep);
}

ModuleStore::ModuleStore(base::Log& log, ModuleStoreSettings settings)
    : state_(std::make_unique<State>(State{log, std::move(settings), {}, {}, {}, {}})) {}

ModuleStore::~ModuleStore() {
    std::error_code ignored;
    if (!state_->temporaryFolder.empty()) fs::remove_all(state_->temporaryFolder, ignored);
}

std::vector<base::Outcome<std::shared_ptr<const Module>>> ModuleStore::load(std::span<const std::string> paths) {
    std::vector<base::Outcome<std::shared_ptr<const Module>>> outcomes;
    if (const auto fault = state_->open()) {
        for (const std::string& path : paths)
            outcomes.emplace_back(base::Fault{path + ": cannot be loaded: " + *fault});
        return outcomes;
    }
    std::vector<State::Candidate> candidates;
    for (const std::string& path : paths) candidates.push_back(state_->examine(path));
    state_->tryUnknown(candidates);
    for (const State::Candidate& candidate : candidates) outcomes.push_back(state_->map(candidate));
    state_->removeUnused();
    return outcomes;
}

void ModuleStore::setVerifyTimeout(std::chrono::milliseconds timeout) noexcept {
    state_->settings.verifyTimeout = timeout;
}

std::size_t ModuleStore::mapped() const noexcept {
    return state_->mapped.size();
}

std::size_t ModuleStore::retired() const noexcept {
    return static_cast<std::size_t>(std::count_if(state_->mapped.begin(), state_->mapped.end(),
                                                  [](const auto& pair) { return pair.second.module.expired(); }));
}

int ModuleStore::runChild(std::span<const std::string> files) {
    return runModuleTrial(files);
}

} // namespace mortise::module
