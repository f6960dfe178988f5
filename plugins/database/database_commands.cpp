// SPDX-License-Identifier: Apache-2.0
#include "database_commands.hpp"

#include "database_error.hpp"
#include "sqlite_backup.hpp"
#include "sqlite_check.hpp"
#include "sqlite_file.hpp"
#include "sqlite_restore.hpp"

#include <mortise/command_file.hpp>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace mortise::database {
namespace {

constexpr std::size_t bytesAtOnce = 1 << 20;

Progress shownTo(const CommandSession& session) {
    return [session](std::uint64_t done, std::uint64_t total) {
        if (total != 0) session.progress(done, total, "bytes");
        return !session.cancelled();
    };
}

[[noreturn]] void failOn(const std::filesystem::path& file, const char* what) {
    throw std::system_error(errno, std::generic_category(), std::string(what) + " '" + file.string() + "'");
}

// What a command does, whatever it throws.
template<class Work>
int guarded(CommandSession& session, Work&& work) {
    try {
        return work();
    } catch (const Cancelled&) {
        session.printError("cancelled: nothing was changed\n");
        return exitCancelled;
    }
}

void printFaults(const std::vector<std::string>& faults, CommandSession& session) {
    for (const std::string& fault : faults) session.printError(fault + "\n");
}

} // namespace

void DatabaseCommands::declare(Setup& setup) {
    // All of them without start: that would migrate the database first, or fail because of it.
    setup.command(
        "backup", "FILE [--force]", "Copies the database, also while it is in use, and checks the copy",
        [this](const Arguments& arguments, CommandSession& session) { return backup(arguments, session); },
        CommandRuns::inServer | CommandRuns::unstarted);
    setup.command(
        "restore", "FILE", "Puts a checked backup in the place of the database, which is kept under another name",
        [this](const Arguments& arguments, CommandSession& session) { return restore(arguments, session); },
        CommandRuns::unstarted);
    setup.command(
        "check", "", "Looks for damage, broken foreign keys, and what of the schema is not as the plugins declare it",
        [this](const Arguments& arguments, CommandSession& session) { return check(arguments, session); },
        CommandRuns::inServer | CommandRuns::unstarted);
}

void DatabaseCommands::expect(std::shared_ptr<const DeclaredSchema> schema) {
    const std::lock_guard lock(mutex_);
    schema_ = std::move(schema);
}

std::shared_ptr<const DeclaredSchema> DatabaseCommands::schema() const {
    const std::lock_guard lock(mutex_);
    return schema_;
}

void DatabaseCommands::requireFile() const {
    struct stat status {};
    if (::stat(file_.c_str(), &status) != 0) failOn(file_, "cannot look at database");
}

int DatabaseCommands::backup(const Arguments& arguments, CommandSession& session) const {
    const bool force = arguments.size() == 2 && arguments[1] == "--force";
    if (arguments.empty() || (arguments.size() != 1 && !force)) return exitUsage;
    requireFile();
    return guarded(session, [&] {
        // First, so that a name that is taken costs nothing.
        CommandFile target(session, arguments[0], force ? CommandFileMode::replace : CommandFileMode::create);
        const Progress progress = shownTo(session);
        const SqliteCopy copy(file_, progress);
        const OpenFile source(::open(copy.file().c_str(), O_RDONLY | O_CLOEXEC));
        if (!source) failOn(copy.file(), "cannot open");
        std::vector<char> buffer(bytesAtOnce);
        for (std::uint64_t done = 0;;) {
            const ssize_t got = ::read(source.descriptor(), buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) failOn(copy.file(), "cannot read");
            if (got == 0) break;
            target.write({buffer.data(), static_cast<std::size_t>(got)});
            done += static_cast<std::uint64_t>(got);
            if (!progress(copy.size() + done, 2 * copy.size())) throw Cancelled();
        }
        target.commit();
        session.print("backed up " + std::to_string(copy.size()) + " bytes to " + target.path() + "\n");
        return exitOk;
    });
}

int DatabaseCommands::restore(const Arguments& arguments, CommandSession& session) const {
    if (arguments.size() != 1) return exitUsage;
    return guarded(session, [&] {
        CommandFile source(session, arguments[0], CommandFileMode::read);
        SqliteRestore work(file_, patience_);
        const Progress progress = shownTo(session);
        {
            const OpenFile staged(::open(work.stage().c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
            if (!staged) failOn(work.stage(), "cannot open");
            struct stat status {};
            const auto total = ::fstat(source.descriptor(), &status) == 0 && S_ISREG(status.st_mode)
                                   ? static_cast<std::uint64_t>(status.st_size)
                                   : 0;
            std::vector<char> buffer(bytesAtOnce);
            std::uint64_t done = 0;
            while (const std::size_t got = source.read(buffer.data(), buffer.size())) {
                for (std::size_t written = 0; written < got;) {
                    const ssize_t put = ::write(staged.descriptor(), buffer.data() + written, got - written);
                    if (put < 0 && errno != EINTR) failOn(work.stage(), "cannot write");
                    if (put > 0) written += static_cast<std::size_t>(put);
                }
                progress(done += got, total);
            }
        }
        if (session.cancelled()) throw Cancelled();
        if (const auto faults = work.faults(*schema(), progress); !faults.empty()) {
            session.printError("'" + source.path() + "' cannot take the place of the database:\n");
            printFaults(faults, session);
            return exitFailed;
        }
        const auto kept = work.publish();
        session.print("restored " + file_.string() + "\n");
        if (kept) session.print("the one before is " + kept->string() + "\n");
        return exitOk;
    });
}

int DatabaseCommands::check(const Arguments& arguments, CommandSession& session) const {
    if (!arguments.empty()) return exitUsage;
    requireFile();
    return guarded(session, [&] {
        const auto database = openConnection(file_, SQLITE_OPEN_READONLY);
        sqlite3_busy_timeout(database.get(), static_cast<int>(patience_.count()));
        std::vector<std::string> faults = contentFaults(database.get(), shownTo(session));
        if (faults.empty()) faults = schemaFaults(database.get(), file_.string(), *schema());
        printFaults(faults, session);
        session.print(faults.empty() ? "no faults found\n"
                                     : std::to_string(faults.size()) +
                                           (faults.size() == 1 ? " fault found\n" : " faults found\n"));
        return faults.empty() ? exitOk : exitFailed;
    });
}

} // namespace mortise::database
