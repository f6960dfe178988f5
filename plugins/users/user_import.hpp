// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "csv_columns.hpp"
#include "import_store.hpp"
#include "record_reader.hpp"
#include "transferred_user.hpp"

#include <mortise/crypto.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace users {

/// Who waits for an import or an export. Called on its thread.
class TransferObserver {
public:
    virtual ~TransferObserver() = default;
    virtual void progress(std::uint64_t done, std::uint64_t total, std::string_view unit) = 0;
    /// It stops at the next step and keeps what it has done.
    virtual bool cancelled() = 0;
};

struct ImportOptions {
    TransferFormat format = TransferFormat::ndjson;
    bool isStrict = false;        ///< stops at the first line that is rejected
    bool skipsDuplicates = false; ///< those whose address is taken are no rejects
    bool restarts = false;        ///< forgets how far an import of the same file had come
    std::chrono::milliseconds chunk{50};
};

/// Reads users out of a file into the table, in transactions that are short, so that others write in between. Each
/// stores with its users how far in the file it came: after any end the next import of the file goes on there. It knows
/// the file by what it has read of it: a line further on may be corrected in between.
class UserImport {
public:
    /// The longest line or CSV record, in bytes.
    static constexpr std::size_t maxRecordSize = std::size_t{64} * 1024;

    enum class Ending { finished, before, cancelled, stopped, unusable };
    struct Result {
        Ending ending = Ending::finished; ///< before: it had ended earlier; stopped: at a line that is strictly wrong
        std::string message;              ///< stopped, unusable: why
    };

    UserImport(const ImportStore& store, const mortise::Crypto& crypto, UserParser parser, const SourceFile& file,
               const ImportOptions& options);

    /// What an earlier import of the file has come to; all 0 where there was none. Call it first.
    const ImportRow& open();
    Result run(TransferObserver& observer);
    /// What it has come to. Its rejects are in the store.
    [[nodiscard]] const ImportRow& state() const noexcept { return state_; }

private:
    /// A record that was read and is not stored yet.
    struct Pending {
        std::string record;
        std::int64_t line = 0;
        TransferredUser user;
        std::string emailLower;
        std::optional<Reject> reject;
        std::int64_t position = 0, nextLine = 0, prefixHash = 0; ///< behind it
    };
    /// What a transaction makes of the pending ones.
    struct Chunk {
        std::size_t taken = 0;
        std::int64_t imported = 0, rejected = 0, skipped = 0;
        std::vector<NewReject> rejects;
        std::optional<std::string> stop;
    };

    [[nodiscard]] std::optional<std::string> readHeader();
    void fill();
    [[nodiscard]] Pending read(const Record& record) const;
    void store();
    Chunk storeSome(const mortise::Transaction& transaction);
    void storeBatch(const mortise::Transaction& transaction, Chunk& chunk) const;
    void storeOne(const mortise::Transaction& transaction, const ImportedUser& row, const Pending& one,
                  Chunk& chunk) const;
    void reject(const Pending& one, std::string_view reason, bool isSecret, Chunk& chunk) const;
    [[nodiscard]] ImportedUser rowOf(const Pending& one) const;
    void adapt(bool areOthers, std::chrono::steady_clock::duration commit);

    const ImportStore& store_;
    const mortise::Crypto crypto_;
    const UserParser parser_;
    const SourceFile& file_;
    const ImportOptions options_;
    RecordReader reader_;
    CsvColumns columns_;
    ImportRow state_;
    RecordReader::Place resumeAt_;
    std::deque<Pending> pending_;
    std::size_t pendingBytes_ = 0;
    bool isRead_ = false; ///< to its end
    std::optional<std::string> stop_;
    mortise::DateTime now_; ///< of the transaction

    std::optional<std::uint64_t> version_; ///< of the data after the last transaction: another one is somebody else's
    std::chrono::steady_clock::duration budget_; ///< of the rows of one transaction
    std::optional<std::chrono::steady_clock::time_point> othersWrote_;
    std::optional<std::size_t> rows_; ///< of one transaction, while others write
    std::size_t batch_;               ///< users of one statement
};

} // namespace users
