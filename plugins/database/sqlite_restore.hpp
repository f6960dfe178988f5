// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command_work.hpp"
#include "declared_schema.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mortise::database {

// Puts another database in the place of one that nobody has open: first a copy of it is put beside (`staged`), then
// checked, and only then it takes the place, at once, while the one before keeps its content under another name. A
// process that is ended anywhere leaves one or the other, whole, and what it had begun may be begun again. Everything
// throws DatabaseError.
class SqliteRestore {
public:
    // `patience` with other processes.
    SqliteRestore(const std::filesystem::path& file, std::chrono::milliseconds patience);
    SqliteRestore(const SqliteRestore&) = delete;
    SqliteRestore& operator=(const SqliteRestore&) = delete;
    ~SqliteRestore(); // what is staged goes

    // Makes the empty file that the other database is to be written to, with the mode of the one that is replaced.
    const std::filesystem::path& stage();
    // What is wrong with it: then it must not take the place.
    std::vector<std::string> faults(const DeclaredSchema& schema, const Progress& goOn) const;
    // Returns the name of the one before; nothing: there was none.
    std::optional<std::filesystem::path> publish();

private:
    void settle() const;
    std::filesystem::path freeName() const;

    const std::filesystem::path file_;
    const std::chrono::milliseconds patience_;
    const std::filesystem::path staged_;
};

} // namespace mortise::database
