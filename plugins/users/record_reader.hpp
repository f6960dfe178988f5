// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "prefix_hash.hpp"
#include "source_file.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace users {

enum class TransferFormat { ndjson, csv };

/// One record of a file as it stands there.
struct Record {
    enum class Fault {
        none,
        tooLong, ///< `text` is empty
        unclosed ///< CSV: a quote that is not closed before the end of the file; `text` is its first line
    };

    std::string_view text; ///< without its line end; until the next call
    std::uint64_t line = 0;
    Fault fault = Fault::none;
};

/// Reads a file record by record, never more than a bounded part of it: NDJSON a line each, CSV (RFC 4180) what ends
/// with a line end outside of quotes. CR LF is a line end as LF is, the last record needs none, a byte order mark at
/// the beginning and empty lines are passed over. A record that is too long, and one whose quote stays open, is its
/// first line: the next one begins behind it, so that one stray quote does not hide the rest of the file.
class RecordReader {
public:
    /// A place between two records.
    struct Place {
        std::uint64_t position = 0; ///< byte
        std::uint64_t line = 1;
        PrefixHash before; ///< of all bytes before it
    };

    /// `file` outlives it. A record of more than `maxSize` bytes is too long.
    RecordReader(const SourceFile& file, TransferFormat format, std::size_t maxSize)
        : file_(file), format_(format), maxSize_(maxSize) {}

    /// Goes on there.
    void seek(const Place& place);
    /// Nothing: the end of the file.
    std::optional<Record> next();
    /// Behind the last record, and what follows of empty lines once next() has looked at them.
    [[nodiscard]] const Place& place() const noexcept { return place_; }

private:
    /// What next() makes of the bytes at the place: how many there are up to the line end and with it.
    struct Extent {
        std::size_t text = 0;
        std::size_t whole = 0;
        std::uint64_t lines = 1;
        Record::Fault fault = Record::Fault::none;
    };

    [[nodiscard]] std::string_view ahead() const noexcept { return std::string_view(buffer_).substr(begin_); }
    /// Looks at as many bytes as a record may have; false: there are none.
    bool fill();
    [[nodiscard]] Extent extent() const;
    [[nodiscard]] static std::size_t closingLineEnd(std::string_view bytes, std::uint64_t& lines) noexcept;
    void consume(std::size_t size, std::uint64_t lines);
    void skipLine();

    const SourceFile& file_;
    const TransferFormat format_;
    const std::size_t maxSize_;
    Place place_;
    std::string buffer_;
    std::size_t begin_ = 0; ///< of what is at place_
    bool atEnd_ = false;    ///< nothing follows the buffer
};

} // namespace users
