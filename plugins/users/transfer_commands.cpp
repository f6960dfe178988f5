// SPDX-License-Identifier: Apache-2.0
#include "transfer_commands.hpp"

#include "transfer_arguments.hpp"
#include "user_export.hpp"
#include "user_import.hpp"

#include <mortise/command_file.hpp>

#include <string>
#include <utility>

namespace users {
namespace {

class Session final : public TransferObserver {
public:
    explicit Session(const mortise::CommandSession& session) : session_(session) {}
    void progress(std::uint64_t done, std::uint64_t total, std::string_view unit) override {
        session_.progress(done, total, unit);
    }
    bool cancelled() override { return session_.cancelled(); }

private:
    const mortise::CommandSession& session_;
};

/// One of a kind at a time.
class Claim {
public:
    explicit Claim(std::atomic<bool>& taken) : taken_(taken), isMine_(!taken.exchange(true)) {}
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;
    ~Claim() {
        if (isMine_) taken_.store(false);
    }
    explicit operator bool() const noexcept { return isMine_; }

private:
    std::atomic<bool>& taken_;
    const bool isMine_;
};

std::string counted(std::int64_t count, const char* what) {
    return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

std::string summaryOf(const ImportRow& state) {
    std::string text = counted(state.imported, "user") + " imported, " + counted(state.rejected, "line") + " rejected";
    if (state.skipped != 0) text += ", " + counted(state.skipped, "duplicate") + " skipped";
    return text;
}

/// Everything that an import has rejected, in a file. False: nobody wants it any more.
bool writeRejects(const ImportStore& store, const std::string& id, const mortise::CommandSession& session,
                  mortise::CommandFile& file) {
    for (std::int64_t line = 0;;) {
        const std::vector<RejectedLine> some = store.rejectsBehind(id, line);
        if (some.empty()) break;
        std::string text;
        for (const RejectedLine& one : some) text.append(mortise::encodeJson(one)).push_back('\n');
        file.write(text);
        line = some.back().line;
    }
    if (session.cancelled()) return false;
    file.commit();
    store.dropRejects(id);
    return true;
}

} // namespace

void TransferCommands::declare(mortise::Setup& setup) {
    setup.command(
        "import",
        "FILE.ndjson|FILE.csv [--format=ndjson|csv] [--strict] [--skip-duplicates] [--restart] [--rejects=FILE]",
        "Adds the users of a file, with their password hashes; goes on where an earlier import of it ended",
        [this](const mortise::Arguments& arguments, mortise::CommandSession& session) {
            return importUsers(arguments, session);
        },
        mortise::CommandRuns::inServer);
    setup.command(
        "export", "FILE.ndjson|FILE.csv|- [--format=ndjson|csv] [--force]",
        "Writes all users with their password hashes into a file, as import reads it",
        [this](const mortise::Arguments& arguments, mortise::CommandSession& session) {
            return exportUsers(arguments, session);
        },
        mortise::CommandRuns::inServer);
}

void TransferCommands::open(mortise::Database database, const Host& host, const Settings& settings) {
    opened_.emplace(Opened{ImportStore(std::move(database)), host, settings.importChunk});
}

int TransferCommands::importUsers(const mortise::Arguments& arguments, mortise::CommandSession& session) {
    TransferArguments wanted;
    if (const auto fault =
            wanted.read(arguments, {"--format", "--strict", "--skip-duplicates", "--restart", "--rejects"})) {
        session.printError(*fault + "\n");
        return mortise::exitUsage;
    }
    const std::string name(wanted.file);
    const Claim claim(importing_);
    if (!claim) {
        session.printError("another import is running: one at a time\n");
        return mortise::exitFailed;
    }
    const mortise::CommandFile opened(session, wanted.file, mortise::CommandFileMode::read);
    const SourceFile file(opened.descriptor());
    if (!file.isRegular()) {
        session.printError(name + " is no regular file, and an import may have to go on in the middle of it: store it "
                                  "in a file first\n");
        return mortise::exitFailed;
    }
    ImportOptions options;
    options.format = wanted.format;
    options.isStrict = wanted.strict;
    options.skipsDuplicates = wanted.skipDuplicates;
    options.restarts = wanted.restart;
    options.chunk = opened_->chunk;
    UserImport work(opened_->store, opened_->host.crypto,
                    UserParser(opened_->host.json, opened_->host.passwords.costLimit()), file, options);
    const ImportRow before = work.open();
    if (before.finishedAt)
        session.print(name + " was imported on " + before.finishedAt->text() +
                      " already; --restart imports it once more\n");
    else if (before.position != 0)
        session.print("An earlier import of " + name + " has ended before line " + std::to_string(before.line) +
                      ": this one goes on there\n");
    // Before anything is stored: a place for what may be rejected.
    std::optional<mortise::CommandFile> rejected;
    if (!before.finishedAt || !opened_->store.rejectsBehind(before.id, 0).empty())
        rejected.emplace(session, wanted.rejects, mortise::CommandFileMode::create);

    Session observer(session);
    const UserImport::Result result = work.run(observer);
    switch (result.ending) {
    case UserImport::Ending::unusable:
        session.printError(name + ": " + result.message + "\n");
        return mortise::exitFailed;
    case UserImport::Ending::stopped:
        session.print(summaryOf(work.state()) + "\n");
        session.printError(name + ", " + result.message +
                           "\nNothing from there on is imported: correct the line and import the file again\n");
        return mortise::exitFailed;
    case UserImport::Ending::cancelled:
        session.print(summaryOf(work.state()) + "; the next import of the file goes on there\n");
        return mortise::exitCancelled;
    case UserImport::Ending::before:
    case UserImport::Ending::finished:
        break;
    }
    const ImportRow& state = work.state();
    std::string summary = summaryOf(state);
    if (state.rejected != 0 && rejected) {
        if (!writeRejects(opened_->store, state.id, session, *rejected)) return mortise::exitCancelled;
        summary += ": see " + rejected->path();
    }
    session.print(summary + "\n");
    return state.rejected == 0 ? mortise::exitOk : mortise::exitFailed;
}

int TransferCommands::exportUsers(const mortise::Arguments& arguments, mortise::CommandSession& session) const {
    TransferArguments wanted;
    if (const auto fault = wanted.read(arguments, {"--format", "--force"})) {
        session.printError(*fault + "\n");
        return mortise::exitUsage;
    }
    mortise::CommandFile file(session, wanted.file,
                              wanted.force ? mortise::CommandFileMode::replace : mortise::CommandFileMode::create);
    UserExport work(opened_->store.database(), wanted.format);
    const auto total = static_cast<std::uint64_t>(work.total());
    std::uint64_t done = 0;
    std::string text;
    work.begin(text);
    for (;;) {
        const std::int64_t count = work.next(text);
        file.write(text);
        if (session.cancelled()) return mortise::exitCancelled;
        if (count == 0) break;
        text.clear();
        done += static_cast<std::uint64_t>(count);
        session.progress(done, std::max(done, total), "users");
    }
    file.commit();
    // On standard output are the users.
    if (wanted.file != "-") session.print(counted(static_cast<std::int64_t>(done), "user") + " exported\n");
    return mortise::exitOk;
}

} // namespace users
