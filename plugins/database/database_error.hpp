// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace mortise::database {

// What the database could not do; the text is for the log, never for a client. [any]: every member of a group of
// transactions reports one copy of its failure on its own thread, so copies share texts that nobody changes, and
// copying cannot fail.
class DatabaseError : public std::exception {
public:
    enum class Kind {
        failed,
        invalid, // the caller breaks the contract
        stale,   // the request that a transaction belongs to has ended: it was rolled back
        unique,  // a unique or primary key
        foreignKey,
        notNull,
        check,
        tooLong,
        deadlock,       // the database gave up this transaction
        busy,           // a bounded wait passed; trying again may help
        readOnly,       // nothing can be written
        lost,           // the transaction is gone before its COMMIT, for no fault of its own
        unknownOutcome, // of a COMMIT
        full,
        moved, // nothing can be stored: the file is not in its place any more
        io,    // input or output failed
        corrupt,
    };

    // `name`: the constraint as declared, or "table.column".
    DatabaseError(Kind kind, std::string text, std::string name = {})
        : kind_(kind), texts_(std::make_shared<const Texts>(Texts{std::move(text), std::move(name)})) {}
    Kind kind() const noexcept { return kind_; }
    const std::string& name() const noexcept { return texts_->name; }
    const char* what() const noexcept override { return texts_->text.c_str(); }

private:
    struct Texts {
        std::string text;
        std::string name;
    };

    Kind kind_;
    std::shared_ptr<const Texts> texts_;
};

} // namespace mortise::database
