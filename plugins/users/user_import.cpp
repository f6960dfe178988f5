// SPDX-License-Identifier: Apache-2.0
#include "user_import.hpp"

#include "email_key.hpp"
#include "utf8_text.hpp"

#include <algorithm>
#include <utility>

namespace users {
namespace {

using Clock = std::chrono::steady_clock;

/// How long an import is known that has ended, and one that is not continued, in ms.
constexpr std::int64_t day = std::int64_t{24} * 60 * 60 * 1000;
constexpr std::int64_t memoryOfFinished = day;
constexpr std::int64_t memoryOfOthers = 90 * day;
constexpr std::size_t mostPending = 8192;
constexpr std::size_t mostPendingBytes = std::size_t{8} * 1024 * 1024;
constexpr std::size_t wholeBatch = 100;
constexpr std::size_t smallBatch = 10;
constexpr std::size_t maxReasonSize = 500;
constexpr std::size_t pieceSize = std::size_t{256} * 1024;

/// Of `chunk` the part that a transaction takes while others write, and at least.
constexpr int shareBesideOthers = 10;
/// Of one transaction while others write.
constexpr std::size_t mostBesideOthers = 20;
/// For so long after others wrote it is taken that they go on.
constexpr std::chrono::seconds calm{1};

constexpr std::string_view emailTaken = "'/email' is taken by a user";
constexpr std::string_view idTaken = "'/id' is taken by a user with another address";

std::string_view nameOf(TransferFormat format) noexcept {
    return format == TransferFormat::csv ? "csv" : "ndjson";
}

} // namespace

UserImport::UserImport(const ImportStore& store, const mortise::Crypto& crypto, UserParser parser,
                       const SourceFile& file, const ImportOptions& options)
    : store_(store),
      crypto_(crypto),
      parser_(std::move(parser)),
      file_(file),
      options_(options),
      reader_(file, options.format, maxRecordSize),
      budget_(options.chunk / shareBesideOthers),
      batch_(wholeBatch) {}

const ImportRow& UserImport::open() {
    const std::int64_t now = mortise::DateTime::now().unixMilliseconds;
    store_.forgetBefore(mortise::DateTime{now - memoryOfFinished}, mortise::DateTime{now - memoryOfOthers});
    std::vector<ImportRow> known = store_.known(nameOf(options_.format));
    std::sort(known.begin(), known.end(),
              [](const ImportRow& left, const ImportRow& right) { return left.position < right.position; });
    const std::uint64_t size = file_.size();
    state_.id = crypto_.uuid7();
    state_.format = nameOf(options_.format);
    RecordReader::Place at;
    std::string piece;
    for (const ImportRow& row : known) {
        const auto position = static_cast<std::uint64_t>(row.position);
        if (position == 0 || position > size || (row.finishedAt && position != size)) continue;
        while (at.position < position) {
            piece.resize(std::min<std::uint64_t>(pieceSize, position - at.position));
            const std::size_t got = file_.read(at.position, piece.data(), piece.size());
            if (got == 0) break;
            at.before.add(std::string_view(piece).substr(0, got));
            at.position += got;
        }
        if (at.position != position || static_cast<std::int64_t>(at.before.result()) != row.prefixHash) continue;
        if (options_.restarts) {
            store_.forget(row.id);
            continue;
        }
        state_ = row;
        resumeAt_ = at;
        resumeAt_.line = static_cast<std::uint64_t>(row.line);
    }
    return state_;
}

UserImport::Result UserImport::run(TransferObserver& observer) {
    if (state_.finishedAt) return {Ending::before, {}};
    if (const auto fault = readHeader()) return {Ending::unusable, *fault};
    if (resumeAt_.position != 0) reader_.seek(resumeAt_);
    const std::uint64_t size = file_.size();
    do {
        observer.progress(static_cast<std::uint64_t>(state_.position), size, "bytes");
        if (observer.cancelled()) return {Ending::cancelled, {}};
        fill();
        store();
        if (stop_) return {Ending::stopped, *stop_};
    } while (!state_.finishedAt);
    observer.progress(size, size, "bytes");
    return {Ending::finished, {}};
}

std::optional<std::string> UserImport::readHeader() {
    if (options_.format != TransferFormat::csv) return std::nullopt;
    const std::optional<Record> header = reader_.next();
    if (!header) return "there is no header line; columns are " + std::string(CsvColumns::header());
    if (header->fault != Record::Fault::none) return "the header line is too long, or a quote of it is never closed";
    std::vector<CsvField> fields;
    std::optional<std::string> fault = readCsvRecord(header->text, fields);
    if (!fault) fault = columns_.read(fields);
    return fault ? std::optional("in the header line " + *fault) : std::nullopt;
}

/// Outside of any transaction.
void UserImport::fill() {
    while (!isRead_ && pending_.size() < mostPending && pendingBytes_ < mostPendingBytes) {
        const std::optional<Record> record = reader_.next();
        if (!record) {
            isRead_ = true;
            return;
        }
        pending_.push_back(read(*record));
        pendingBytes_ += pending_.back().record.size();
    }
}

UserImport::Pending UserImport::read(const Record& record) const {
    Pending made;
    made.line = static_cast<std::int64_t>(record.line);
    made.position = static_cast<std::int64_t>(reader_.place().position);
    made.nextLine = static_cast<std::int64_t>(reader_.place().line);
    made.prefixHash = static_cast<std::int64_t>(reader_.place().before.result());
    std::string json;
    if (record.fault == Record::Fault::tooLong) {
        made.reject = Reject{"is longer than " + std::to_string(maxRecordSize) + " bytes" +
                                 (options_.format == TransferFormat::csv ? ", or a quote is never closed" : ""),
                             true};
    } else if (record.fault == Record::Fault::unclosed) {
        made.reject = Reject{"has a quote that is never closed", false};
    } else if (options_.format == TransferFormat::csv) {
        std::vector<CsvField> fields;
        std::optional<std::string> fault = readCsvRecord(record.text, fields);
        if (!fault) fault = columns_.write(fields, json);
        if (fault) made.reject = Reject{*std::move(fault), false};
    }
    if (!made.reject) {
        auto parsed = parser_.parse(options_.format == TransferFormat::csv ? std::string_view(json) : record.text);
        if (auto* const user = std::get_if<TransferredUser>(&parsed)) {
            made.user = std::move(*user);
            if (!made.user.id) made.user.id = crypto_.uuid7();
            made.emailLower = emailKey(made.user.email);
            made.record = record.text;
            return made;
        }
        made.reject = std::get<Reject>(std::move(parsed));
    }
    made.record = repairedUtf8(record.text);
    if (!json.empty() && made.record != record.text) made.reject->reason = "is no UTF-8";
    made.reject->reason = cutUtf8(repairedUtf8(made.reject->reason), maxReasonSize);
    return made;
}

void UserImport::store() {
    Clock::time_point ended;
    bool areOthers = false;
    ImportRow next;
    const Chunk chunk = store_.database().transact([&](mortise::Transaction& transaction) {
        areOthers = version_ && *version_ != store_.database().dataVersion();
        Chunk made = storeSome(transaction);
        next = state_;
        if (made.taken != 0) {
            const Pending& last = pending_[made.taken - 1];
            next.position = last.position;
            next.line = last.nextLine;
            next.prefixHash = last.prefixHash;
        }
        next.imported += made.imported;
        next.rejected += made.rejected;
        next.skipped += made.skipped;
        if (isRead_ && made.taken == pending_.size()) {
            next.position = static_cast<std::int64_t>(reader_.place().position);
            next.line = static_cast<std::int64_t>(reader_.place().line);
            next.prefixHash = static_cast<std::int64_t>(reader_.place().before.result());
            next.finishedAt = mortise::DateTime::now();
        }
        // Without a byte of it a file is not known again.
        if (next.position != 0) ImportStore::advance(transaction, state_.position, next);
        ImportStore::reject(transaction, made.rejects);
        ended = Clock::now();
        return made;
    });
    state_ = next;
    stop_ = chunk.stop;
    for (std::size_t i = 0; i < chunk.taken; ++i) pendingBytes_ -= pending_[i].record.size();
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(chunk.taken));
    version_ = store_.database().dataVersion();
    adapt(areOthers, Clock::now() - ended);
}

/// `commit` is part of what others wait for, and longer the more was written: most of it is what the disk takes for
/// the pages, a few for each row.
void UserImport::adapt(bool areOthers, Clock::duration commit) {
    const Clock::time_point now = Clock::now();
    const Clock::duration least = options_.chunk / shareBesideOthers;
    if (areOthers) othersWrote_ = now;
    // Who wrote a moment ago will write again.
    if (othersWrote_ && now - *othersWrote_ < calm) {
        budget_ = least;
        rows_ = mostBesideOthers;
    } else {
        rows_.reset();
        budget_ = std::max({std::min(options_.chunk - commit - commit / 2, 2 * budget_), least, commit});
    }
}

UserImport::Chunk UserImport::storeSome(const mortise::Transaction& transaction) {
    const Clock::time_point began = Clock::now();
    now_ = mortise::DateTime::now();
    Chunk chunk;
    while (chunk.taken < pending_.size() && !chunk.stop) {
        const Clock::time_point before = Clock::now();
        if (before - began >= budget_ || (rows_ && chunk.taken >= *rows_)) break;
        const Pending& first = pending_[chunk.taken];
        if (first.reject) {
            reject(first, first.reject->reason, first.reject->isSecret, chunk);
            continue;
        }
        storeBatch(transaction, chunk);
        const Clock::duration took = Clock::now() - before;
        // One batch may be all that a transaction has time for.
        if (batch_ == wholeBatch && took > budget_)
            batch_ = smallBatch;
        else if (batch_ == smallBatch && took * static_cast<int>(wholeBatch / smallBatch) < budget_)
            batch_ = wholeBatch;
    }
    return chunk;
}

void UserImport::storeBatch(const mortise::Transaction& transaction, Chunk& chunk) const {
    std::vector<ImportedUser> rows;
    rows.reserve(batch_);
    const std::size_t begin = chunk.taken;
    const std::size_t most = rows_ ? std::min(batch_, *rows_ - begin) : batch_;
    for (std::size_t i = begin; i < pending_.size() && rows.size() < most && !pending_[i].reject; ++i)
        rows.push_back(rowOf(pending_[i]));
    if (store_.insert(transaction, rows)) {
        chunk.taken += rows.size();
        chunk.imported += static_cast<std::int64_t>(rows.size());
        return;
    }
    // Somebody of these is a duplicate.
    for (std::size_t i = 0; i < rows.size() && !chunk.stop; ++i)
        storeOne(transaction, rows[i], pending_[begin + i], chunk);
}

void UserImport::storeOne(const mortise::Transaction& transaction, const ImportedUser& row, const Pending& one,
                          Chunk& chunk) const {
    const ImportStore::Taken taken = ImportStore::insert(transaction, row);
    if (taken == ImportStore::Taken::no) {
        ++chunk.imported;
        ++chunk.taken;
    } else if (taken == ImportStore::Taken::email && options_.skipsDuplicates) {
        ++chunk.skipped;
        ++chunk.taken;
    } else {
        reject(one, taken == ImportStore::Taken::email ? emailTaken : idTaken, false, chunk);
    }
}

void UserImport::reject(const Pending& one, std::string_view reason, bool isSecret, Chunk& chunk) const {
    if (options_.isStrict) {
        chunk.stop = "line " + std::to_string(one.line) + ": " + std::string(reason);
        return;
    }
    chunk.rejects.push_back(
        {state_.id, one.line, reason, isSecret ? std::nullopt : std::optional<std::string_view>(one.record)});
    ++chunk.rejected;
    ++chunk.taken;
}

ImportedUser UserImport::rowOf(const Pending& one) const {
    const TransferredUser& user = one.user;
    ImportedUser row{{*user.id, user.name, user.email, one.emailLower, *user.passwordHash,
                      user.role ? std::string_view(*user.role) : std::string_view("user"),
                      user.createdAt.value_or(now_), now_},
                     {}};
    if (user.profile) row.profile = NewProfileRow{*user.id, user.profile->bio, user.profile->avatar};
    return row;
}

} // namespace users
