// SPDX-License-Identifier: Apache-2.0
#include "http/multipart.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace mortise::http {

class MultipartTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MultipartTest);
    CPPUNIT_TEST(findsTheBoundary);
    CPPUNIT_TEST(refusesBoundaries);
    CPPUNIT_TEST(readsParts);
    CPPUNIT_TEST(refusesWhatBreaksTheForm);
    CPPUNIT_TEST(theVerdictDoesNotDependOnTheCut);
    CPPUNIT_TEST(limitsAreExact);
    CPPUNIT_TEST(keepsLittle);
    CPPUNIT_TEST(anyBytesAreHandled);
    CPPUNIT_TEST_SUITE_END();

    // "<name|file|type|data>" a part, then "." at the end or "!" and the fault's code.
    static std::string read(std::string_view body, std::size_t step, const MultipartLimits& limits = {},
                            std::string_view boundary = "B") {
        MultipartReader reader(boundary, limits);
        std::string told;
        for (std::size_t at = 0;;) {
            switch (reader.next()) {
            case MultipartReader::Event::more:
                if (at == body.size()) {
                    reader.finish();
                    break;
                }
                reader.feed(body.substr(at, step));
                at = std::min(body.size(), at + step);
                break;
            case MultipartReader::Event::part:
                told += "<" + reader.head().name + "|" + reader.head().file_name.value_or("-") + "|" +
                        reader.head().content_type + "|";
                break;
            case MultipartReader::Event::data:
                CPPUNIT_ASSERT(!reader.data().empty());
                told += reader.data();
                break;
            case MultipartReader::Event::part_end:
                told += ">";
                break;
            case MultipartReader::Event::end:
                return told + ".";
            case MultipartReader::Event::fault:
                CPPUNIT_ASSERT(reader.next() == MultipartReader::Event::fault);
                return told + "!" + std::string(reader.fault().code);
            }
        }
    }
    static std::string read(std::string_view body) {
        const std::string whole = read(body, std::max<std::size_t>(body.size(), 1));
        for (const std::size_t step : {1U, 2U, 3U, 7U})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(body), whole, read(body, step));
        return whole;
    }
    static std::string part(const std::string& disposition, const std::string& data) {
        return "--B\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + data + "\r\n";
    }

    void findsTheBoundary() {
        const std::vector<std::pair<std::string, std::string>> cases = {
            {"multipart/form-data; boundary=B", "B"},
            {"Multipart/Form-Data;BOUNDARY=B", "B"},
            {"multipart/form-data ; charset=utf-8 ;boundary=\"a b\"; x=y;", "a b"},
            {"multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
             "----WebKitFormBoundary7MA4YWxkTrZu0gW"},
            {"multipart/form-data; boundary=" + std::string(70, 'x'), std::string(70, 'x')},
        };
        for (const auto& [type, boundary] : cases)
            CPPUNIT_ASSERT_EQUAL_MESSAGE(type, boundary, multipartBoundary(type).value_or("none"));
    }

    void refusesBoundaries() {
        for (const std::string& type :
             {std::string("multipart/form-data"), std::string("multipart/mixed; boundary=B"), std::string(""),
              std::string("multipart/form-data; boundary="), std::string("multipart/form-data; boundary=\"\""),
              std::string("multipart/form-data; boundary=a; boundary=a"),
              std::string("multipart/form-data; boundary=\"a"), std::string("multipart/form-data; boundary=\"a \""),
              std::string("multipart/form-data; boundary=\"a\\\\\""), std::string("multipart/form-data; boundary=a b"),
              std::string("multipart/form-data boundary=B"), "multipart/form-data; boundary=" + std::string(71, 'x'),
              std::string("multipart/form-data; boundary = B")})
            CPPUNIT_ASSERT_MESSAGE(type, !multipartBoundary(type));
    }

    void readsParts() {
        const std::vector<std::pair<std::string, std::string>> cases = {
            {"--B--", "."},
            {"--B--\r\nafter it", "."},
            {"before it\r\n--B--\r\n", "."},
            {part("name=a", "1") + "--B--\r\n", "<a|-||1>."},
            {part("name=\"a\"", "") + "--B--", "<a|-||>."},
            {part("name=a", "1") + part("name=b", "2") + "--B--", "<a|-||1><b|-||2>."},
            {part("name=f; filename=\"x.txt\"", "x--B\r-- \r\n--\r\n-B\r\n") + "--B--",
             "<f|x.txt||x--B\r-- \r\n--\r\n-B\r\n>."},
            {part("name=f; filename=\"\"", "") + "--B--", "<f|||>."},
            {part("filename=\"a\\\"b\\\\c\\d\"; name=\"\xc3\xa9\"", "1") + "--B--", "<\xc3\xa9|a\"b\\c\\d||1>."},
            {part("name=f; filename*=UTF-8''x", "1") + "--B--", "<f|-||1>."},
            {part("name=f; filename=\"..\\..\\x/../y\"", "1") + "--B--", "<f|..\\..\\x/../y||1>."},
            {part("name=\"a;b=c\"", "1") + "--B--", "<a;b=c|-||1>."},
            // without a body at all: the empty line is the delimiter's
            {"--B\r\nContent-Disposition: form-data; name=a\r\n\r\n--B--", "<a|-||>."},
            {"--B \t\r\ncontent-disposition:form-data;name=a\r\nContent-Type: text/plain; charset=utf-8 \r\nX-Other: x"
             "\r\nContent-Transfer-Encoding: binary\r\n\r\n1\r\n--B--",
             "<a|-|text/plain; charset=utf-8|1>."},
            {part("name=a", "\r\r\n\n\r\n\r\n--b\r\n-") + "--B--", "<a|-||\r\r\n\n\r\n\r\n--b\r\n->."},
        };
        for (const auto& [body, expected] : cases) CPPUNIT_ASSERT_EQUAL_MESSAGE(body, expected, read(body));
    }

    void refusesWhatBreaksTheForm() {
        const std::string bad = "!http_bad_multipart";
        const std::vector<std::pair<std::string, std::string>> cases = {
            {"", bad},
            {"--B", bad},
            {"--B-", bad},
            {"--B\r\n", bad},
            {"--B\n", bad},
            {"--Bx\r\n", bad},
            {"--C--", bad},
            {"--B\r\n\r\n1\r\n--B--", bad},
            {"--B\r\nContent-Type: text/plain\r\n\r\n1\r\n--B--", bad},
            {"--B\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--B--", bad},
            {part("filename=a", "1") + "--B--", bad},
            {part("name=a; name=a", "1") + "--B--", bad},
            {part("name=a; filename=a; filename=b", "1") + "--B--", bad},
            {part("name=\"a", "1") + "--B--", bad},
            {part("name=\"a\tb\"", "1") + "--B--", bad},
            {part(std::string("name=\"a\0b\"", 10), "1") + "--B--", bad},
            {part("name=\"\xff\"", "1") + "--B--", bad},
            {part("name=a; filename=\"\xc3\"", "1") + "--B--", bad},
            {part("name=a\r\nContent-Disposition: form-data; name=b", "1") + "--B--", bad},
            {part("name=a\r\n folded", "1") + "--B--", bad},
            {part("name=a\r\nContent-Transfer-Encoding: base64", "MQ==") + "--B--", bad},
            {part("name=a\r\nContent-Type: a\r\nContent-Type: b", "1") + "--B--", bad},
            {part("name=a\r\nno colon", "1") + "--B--", bad},
            {part("name=a\r\nX : y", "1") + "--B--", bad},
            {part("name=a", "1"), "<a|-||1" + bad},
            {part("name=a", "1") + "--B", "<a|-||1>" + bad},
            {part("name=a", "1") + "--Bx--", "<a|-||1>" + bad},
        };
        for (const auto& [body, expected] : cases) {
            std::string told = read(body, std::max<std::size_t>(body.size(), 1));
            CPPUNIT_ASSERT_MESSAGE(body + " -> " + told, told.ends_with(bad));
            for (const std::size_t step : {1U, 2U, 3U}) {
                told = read(body, step);
                CPPUNIT_ASSERT_MESSAGE(body + " -> " + told, told.ends_with(bad));
            }
        }
    }

    void theVerdictDoesNotDependOnTheCut() {
        const std::string body = "x\r\n" + part("name=a", std::string(40, '\r')) +
                                 part("name=f; filename=x", "\r\n--\r\n--A\r\n\r\n--") + part("name=\"\"", "") +
                                 "--B--\r\n";
        const std::string whole = read(body, body.size());
        for (std::size_t step = 1; step < body.size(); ++step) CPPUNIT_ASSERT_EQUAL(whole, read(body, step));
    }

    void limitsAreExact() {
        const std::string two = part("name=a", "1") + part("name=b", "2") + "--B--";
        CPPUNIT_ASSERT_EQUAL(std::string("<a|-||1><b|-||2>."), read(two, 5, {2, 100}));
        CPPUNIT_ASSERT_EQUAL(std::string("<a|-||1>!http_too_many_parts"), read(two, 5, {1, 100}));
        const std::string head = "Content-Disposition: form-data; name=a";
        const std::string body = "--B\r\n" + head + "\r\n\r\n1\r\n--B--";
        for (const std::size_t step : {1U, 3U, 1000U}) {
            CPPUNIT_ASSERT_EQUAL(std::string("<a|-||1>."), read(body, step, {1, head.size()}));
            CPPUNIT_ASSERT_EQUAL(std::string("!http_bad_multipart"), read(body, step, {1, head.size() - 1}));
            CPPUNIT_ASSERT_EQUAL(std::string("!http_bad_multipart"),
                                 read("--B" + std::string(101, ' ') + "\r\n", step, {1, 100}));
        }
    }

    // A file goes through it in the pieces that came.
    void keepsLittle() {
        MultipartReader reader("B", {});
        reader.feed(part("name=f; filename=x", ""));
        CPPUNIT_ASSERT(reader.next() == MultipartReader::Event::part);
        std::size_t bytes = 0;
        for (int i = 0; i < 100; ++i) {
            const std::string piece(1000, static_cast<char>('a' + i % 26));
            reader.feed(piece);
            while (reader.next() == MultipartReader::Event::data) bytes += reader.data().size();
            CPPUNIT_ASSERT(bytes + 2 * 5 >= 1000U * static_cast<std::size_t>(i + 1));
        }
    }

    void anyBytesAreHandled() {
        std::mt19937 random(1);
        const std::vector<std::string> pieces = {"--B",
                                                 "\r\n",
                                                 "--",
                                                 "\r",
                                                 "\n",
                                                 "Content-Disposition: form-data; name=a",
                                                 "; filename=\"x\"",
                                                 " ",
                                                 "x",
                                                 std::string(1, '\0'),
                                                 "\r\n\r\n",
                                                 ":"};
        for (int i = 0; i < 3000; ++i) {
            std::string body = i % 2 == 0 ? part("name=a", "1") : "";
            for (unsigned length = random() % 20; length > 0; --length) body += pieces[random() % pieces.size()];
            if (i % 3 == 0) body += "\r\n--B--";
            const std::string whole = read(body, std::max<std::size_t>(body.size(), 1));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(body, whole.back() == '.', read(body, 1 + random() % 9).back() == '.');
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(MultipartTest);

} // namespace mortise::http
