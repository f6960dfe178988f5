// SPDX-License-Identifier: Apache-2.0
#include "../csv_record.hpp"

#include "../csv_columns.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using users::CsvField;

std::vector<CsvField> fieldsOf(std::string_view record) {
    std::vector<CsvField> fields;
    const auto fault = users::readCsvRecord(record, fields);
    CPPUNIT_ASSERT_MESSAGE(fault.value_or(""), !fault);
    return fields;
}

/// Quoted ones in quotes.
std::string shownFields(std::string_view record) {
    std::string all;
    for (const CsvField& field : fieldsOf(record))
        all += field.isQuoted ? "[\"" + field.text + "\"]" : "[" + field.text + "]";
    return all;
}

std::string faultOf(std::string_view record) {
    std::vector<CsvField> fields;
    return users::readCsvRecord(record, fields).value_or("");
}

class CsvRecordTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CsvRecordTest);
    CPPUNIT_TEST(readsFields);
    CPPUNIT_TEST(saysWhatIsWrong);
    CPPUNIT_TEST(readsWhatItWrites);
    CPPUNIT_TEST(readsHeaders);
    CPPUNIT_TEST(writesUsers);
    CPPUNIT_TEST_SUITE_END();

    void readsFields() {
        CPPUNIT_ASSERT_EQUAL(std::string("[]"), shownFields(""));
        CPPUNIT_ASSERT_EQUAL(std::string("[][]"), shownFields(","));
        CPPUNIT_ASSERT_EQUAL(std::string("[a][ b ][\"c,d\"][\"\"]"), shownFields("a, b ,\"c,d\",\"\""));
        CPPUNIT_ASSERT_EQUAL(std::string("[\"a\"b\nc\"][d]"), shownFields("\"a\"\"b\nc\",d"));
        CPPUNIT_ASSERT(fieldsOf("x,")[1].isAbsent());
        CPPUNIT_ASSERT(!fieldsOf("x,\"\"")[1].isAbsent());
    }

    void saysWhatIsWrong() {
        CPPUNIT_ASSERT_EQUAL(std::string("field 2 has a quote that is never closed"), faultOf("a,\"b"));
        CPPUNIT_ASSERT_EQUAL(std::string("field 2 has a quote that is never closed"), faultOf("a,\"b\"\""));
        CPPUNIT_ASSERT_EQUAL(std::string("field 1 goes on behind its closing quote (a quote inside of quotes is "
                                         "written twice)"),
                             faultOf("\"a\"b"));
        CPPUNIT_ASSERT_EQUAL(std::string("field 1 has a quote and is not in quotes itself"), faultOf("5\" pipe,b"));
    }

    void readsWhatItWrites() {
        for (const std::string_view text :
             {"", "a", "a,b", "\"", "a\"b", "line\nline", "\r", " a", "a ", "=1+1", "\xC3\xA4"}) {
            std::string record = "x,";
            users::writeCsvField(record, text);
            const std::vector<CsvField> fields = fieldsOf(record + ",y");
            CPPUNIT_ASSERT_EQUAL(std::size_t{3}, fields.size());
            CPPUNIT_ASSERT_EQUAL(std::string(text), fields[1].text);
            CPPUNIT_ASSERT(!fields[1].isAbsent());
        }
    }

    void readsHeaders() {
        users::CsvColumns columns;
        CPPUNIT_ASSERT(!columns.read(fieldsOf(users::CsvColumns::header())));
        CPPUNIT_ASSERT(!columns.read(fieldsOf("passwordHash,email,name")));
        const auto fault = [&](std::string_view header) { return columns.read(fieldsOf(header)).value_or(""); };
        CPPUNIT_ASSERT(fault("name,email,password").find("in clear") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("the column 'passwordHash' is missing in the header"), fault("name,email"));
        CPPUNIT_ASSERT(fault("name;email;passwordHash").find("with commas between them") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("the column 'name' is there twice"), fault("name,email,passwordHash,name"));
    }

    void writesUsers() {
        users::CsvColumns columns;
        std::string json;
        CPPUNIT_ASSERT(!columns.read(fieldsOf("bio,email,name,passwordHash,id")));
        CPPUNIT_ASSERT(!columns.write(fieldsOf("\"\",a@b.org,\"A \"\"B\"\"\",hash,"), json));
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"email":"a@b.org","name":"A \"B\"","passwordHash":"hash","profile":{"bio":""}})"), json);
        CPPUNIT_ASSERT(!columns.write(fieldsOf(",,,,"), json));
        CPPUNIT_ASSERT_EQUAL(std::string("{}"), json);
        CPPUNIT_ASSERT_EQUAL(std::string("there are 4 fields, and the header has 5"),
                             columns.write(fieldsOf(",,,"), json).value_or(""));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CsvRecordTest);

} // namespace
