// SPDX-License-Identifier: Apache-2.0
#include "../record_reader.hpp"

#include <mortise/open_file.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

namespace {

using users::Record;
using users::RecordReader;
using users::TransferFormat;

/// A file in memory.
mortise::OpenFile fileOf(std::string_view bytes) {
    mortise::OpenFile file(::memfd_create("users", 0));
    CPPUNIT_ASSERT(file);
    CPPUNIT_ASSERT_EQUAL(static_cast<ssize_t>(bytes.size()), ::write(file.descriptor(), bytes.data(), bytes.size()));
    return file;
}

/// "line:text", or "line!" and what is wrong.
std::vector<std::string> readAll(std::string_view bytes, TransferFormat format, std::size_t maxSize = 100) {
    const mortise::OpenFile opened = fileOf(bytes);
    const users::SourceFile file(opened.descriptor());
    RecordReader reader(file, format, maxSize);
    std::vector<std::string> all;
    while (const auto record = reader.next()) {
        std::string shown = std::to_string(record->line);
        shown += record->fault == Record::Fault::none ? ":" : "!";
        if (record->fault == Record::Fault::tooLong) shown += "long ";
        if (record->fault == Record::Fault::unclosed) shown += "open ";
        all.push_back(shown + std::string(record->text));
        CPPUNIT_ASSERT(all.size() < 1000);
    }
    CPPUNIT_ASSERT_EQUAL(static_cast<std::uint64_t>(bytes.size()), reader.place().position);
    users::PrefixHash whole;
    whole.add(bytes);
    CPPUNIT_ASSERT_EQUAL(whole.result(), reader.place().before.result());
    return all;
}

std::string shown(const std::vector<std::string>& records) {
    std::string all;
    for (const std::string& one : records) all += "[" + one + "]";
    return all;
}

class RecordReaderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RecordReaderTest);
    CPPUNIT_TEST(readsLines);
    CPPUNIT_TEST(readsCsv);
    CPPUNIT_TEST(boundsRecords);
    CPPUNIT_TEST(survivesStrayQuotes);
    CPPUNIT_TEST(readsLongFiles);
    CPPUNIT_TEST(goesOnAnywhere);
    CPPUNIT_TEST_SUITE_END();

    void readsLines() {
        for (const TransferFormat format : {TransferFormat::ndjson, TransferFormat::csv}) {
            CPPUNIT_ASSERT_EQUAL(std::string(), shown(readAll("", format)));
            CPPUNIT_ASSERT_EQUAL(std::string(), shown(readAll("\xEF\xBB\xBF", format)));
            CPPUNIT_ASSERT_EQUAL(std::string(), shown(readAll("\n\r\n  \n", format)));
            CPPUNIT_ASSERT_EQUAL(std::string("[1:a][2:b]"), shown(readAll("a\nb\n", format)));
            CPPUNIT_ASSERT_EQUAL(std::string("[1:a][3:b]"), shown(readAll("\xEF\xBB\xBF"
                                                                          "a\r\n\r\nb",
                                                                          format)));
        }
        CPPUNIT_ASSERT_EQUAL(std::string("[1:\"a][2:b\"]"), shown(readAll("\"a\nb\"\n", TransferFormat::ndjson)));
    }

    void readsCsv() {
        CPPUNIT_ASSERT_EQUAL(std::string("[1:x,\"a\r\nb\",y][3:z]"),
                             shown(readAll("x,\"a\r\nb\",y\r\nz\r\n", TransferFormat::csv)));
        CPPUNIT_ASSERT_EQUAL(std::string("[1:\"a\"\"\n\"\"b\"][3:z]"),
                             shown(readAll("\"a\"\"\n\"\"b\"\nz", TransferFormat::csv)));
        // A quote inside of a field opens nothing.
        CPPUNIT_ASSERT_EQUAL(std::string("[1:5\" pipe][2:z]"), shown(readAll("5\" pipe\nz", TransferFormat::csv)));
        CPPUNIT_ASSERT_EQUAL(std::string("[1:\"\"][2:z]"), shown(readAll("\"\"\nz", TransferFormat::csv)));
    }

    void boundsRecords() {
        const std::string ten(10, 'x');
        for (const TransferFormat format : {TransferFormat::ndjson, TransferFormat::csv}) {
            for (const std::string end : {"\n", "\r\n", ""}) {
                CPPUNIT_ASSERT_EQUAL("[1:" + ten + "]", shown(readAll(ten + end, format, 10)));
                CPPUNIT_ASSERT_EQUAL(std::string("[1!long ]"), shown(readAll(ten + "y" + end, format, 10)));
            }
            CPPUNIT_ASSERT_EQUAL(std::string("[1!long ][2:z]"), shown(readAll(ten + "y\nz\n", format, 10)));
            CPPUNIT_ASSERT_EQUAL(std::string("[1!long ][2:z]"),
                                 shown(readAll(std::string(1'000'000, 'x') + "\nz\n", format, 10)));
        }
    }

    void survivesStrayQuotes() {
        CPPUNIT_ASSERT_EQUAL(std::string("[1!open \"a][2:b][3:c]"), shown(readAll("\"a\nb\nc\n", TransferFormat::csv)));
        CPPUNIT_ASSERT_EQUAL(std::string("[1!open \"a]"), shown(readAll("\"a", TransferFormat::csv)));
        CPPUNIT_ASSERT_EQUAL(std::string("[1!long ][2:bbbb][3:cccc][4:dddd]"),
                             shown(readAll("\"a\nbbbb\ncccc\ndddd\n", TransferFormat::csv, 10)));
    }

    void readsLongFiles() {
        std::string bytes, expected;
        for (int i = 0; i < 200; ++i) {
            const std::string line(static_cast<std::size_t>(3000 + i * 7), 'x');
            bytes += line + "\r\n";
            expected += "[" + std::to_string(i + 1) + ":" + line + "]";
        }
        CPPUNIT_ASSERT(expected == shown(readAll(bytes, TransferFormat::ndjson, 5000)));
        CPPUNIT_ASSERT(expected == shown(readAll(bytes, TransferFormat::csv, 5000)));
    }

    void goesOnAnywhere() {
        const mortise::OpenFile opened = fileOf("a\n\n\"b\nb\"\nc\n");
        const users::SourceFile file(opened.descriptor());
        RecordReader first(file, TransferFormat::csv, 100);
        std::vector<RecordReader::Place> places;
        while (first.next()) places.push_back(first.place());
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, places.size());
        RecordReader second(file, TransferFormat::csv, 100);
        second.seek(places[0]);
        const auto record = second.next();
        CPPUNIT_ASSERT(record);
        CPPUNIT_ASSERT_EQUAL(std::string("\"b\nb\""), std::string(record->text));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{3}, record->line);
        CPPUNIT_ASSERT_EQUAL(places[1].position, second.place().position);
        CPPUNIT_ASSERT_EQUAL(places[1].line, second.place().line);
        CPPUNIT_ASSERT_EQUAL(places[1].before.result(), second.place().before.result());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RecordReaderTest);

class PrefixHashTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PrefixHashTest);
    CPPUNIT_TEST(doesNotDependOnThePieces);
    CPPUNIT_TEST_SUITE_END();

    void doesNotDependOnThePieces() {
        const std::string bytes = "what an import has read of a file, in whatever pieces";
        users::PrefixHash whole;
        whole.add(bytes);
        for (std::size_t size = 1; size < bytes.size(); ++size) {
            users::PrefixHash pieces;
            for (std::size_t at = 0; at < bytes.size(); at += size)
                pieces.add(std::string_view(bytes).substr(at, size));
            CPPUNIT_ASSERT_EQUAL(whole.result(), pieces.result());
            users::PrefixHash part;
            part.add(std::string_view(bytes).substr(0, size));
            CPPUNIT_ASSERT(part.result() != whole.result());
        }
        users::PrefixHash zeros, more;
        zeros.add(std::string_view("\0\0\0", 3));
        more.add(std::string_view("\0\0\0\0", 4));
        CPPUNIT_ASSERT(zeros.result() != more.result());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PrefixHashTest);

} // namespace
