// SPDX-License-Identifier: Apache-2.0
#include "http/http1/parser.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <mortise/text/singleton_fields.hpp>

#include <cctype>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#if LLHTTP_STRICT_MODE != 1
#error "this test, too, is to be compiled with LLHTTP_STRICT_MODE=1"
#endif

using namespace std::string_literals;

namespace mortise::http::http1 {

namespace {

struct Parsed {
    std::string fault; // its code; empty when the request was complete
    int status = 0;
    std::string method;
    std::string target;
    std::string path;
    std::string query;
    std::string host;
    std::string body;
    std::vector<std::pair<std::string, std::string>> fields;
    bool keep_alive = false;
    std::size_t used = 0; // bytes of the request
    bool complete = false;
};

Limits smallLimits() {
    Limits limits;
    limits.request_line_bytes = 64;
    limits.header_bytes = 256;
    limits.header_fields = 4;
    limits.body_bytes = 16;
    limits.chunk_line_bytes = 32;
    limits.trailer_bytes = 32;
    return limits;
}

// Feeds `step` bytes at a time from a buffer that moves at every step, as a connection's may.
Parsed parse(const std::string& raw, std::size_t step, const Limits& limits = smallLimits()) {
    Parsed result;
    RequestHead head;
    Parser parser;
    parser.begin(head, limits);
    Parser::Result state = Parser::Result::more;
    std::string buffer;
    std::size_t size = 0;
    while (state == Parser::Result::more && size < raw.size()) {
        size = std::min(raw.size(), size + step);
        std::string moved = raw.substr(0, size);
        buffer.swap(moved);
        state = parser.parseHead(buffer.data(), buffer.size());
    }
    const auto fail = [&] {
        result.fault = std::string(parser.fault().code);
        result.status = parser.fault().status;
        return result;
    };
    if (state == Parser::Result::fault) return fail();
    if (state == Parser::Result::more) return result;

    const char* const message = buffer.data() + parser.skippedBytes();
    result.method = std::string(message, head.method_size);
    result.target = head.target.in(message);
    result.path = head.pathIn(message);
    result.query = head.query.in(message);
    result.host = head.host.in(message);
    result.keep_alive = head.keep_alive;
    for (const auto& field : head.fields) {
        result.fields.emplace_back(field.name.in(message), field.value.in(message));
    }
    result.used = parser.skippedBytes() + parser.headBytes();
    if (!head.hasBody()) {
        result.complete = true;
        return result;
    }
    state = parser.beginBody(limits.body_bytes);
    while (state == Parser::Result::more && result.used < raw.size()) {
        std::string piece = raw.substr(result.used, step);
        std::size_t taken = 0;
        std::size_t made = 0;
        state = parser.parseBody(piece.data(), piece.size(), piece.data(), taken, made);
        result.body.append(piece, 0, made);
        result.used += taken;
    }
    if (state == Parser::Result::fault) return fail();
    result.complete = state == Parser::Result::complete;
    return result;
}

struct Case {
    std::string raw;
    std::string fault;
};

std::string shown(const std::string& raw) {
    std::string text;
    for (const char c : raw.substr(0, 120)) {
        if (c == '\r') {
            text += "\\r";
        } else if (c == '\n') {
            text += "\\n";
        } else {
            text += c >= ' ' && c < 0x7f ? c : '?';
        }
    }
    return text;
}

void checkAll(const std::vector<Case>& cases) {
    for (const Case& each : cases) {
        for (const std::size_t step : {each.raw.size(), std::size_t{1}, std::size_t{3}}) {
            const Parsed parsed = parse(each.raw, step);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(shown(each.raw) + " by " + std::to_string(step), each.fault, parsed.fault);
            CPPUNIT_ASSERT_MESSAGE(shown(each.raw) + " is incomplete", parsed.complete || !parsed.fault.empty());
        }
    }
}

std::string get(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}
std::string with(const std::string& fields) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
std::string chunked(const std::string& body) {
    return with("Transfer-Encoding: chunked\r\n") + body;
}

} // namespace

class ParserTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ParserTest);
    CPPUNIT_TEST(refusesRequestLines);
    CPPUNIT_TEST(refusesTargets);
    CPPUNIT_TEST(refusesFields);
    CPPUNIT_TEST(refusesRepeatedFields);
    CPPUNIT_TEST(repeatsWhatMay);
    CPPUNIT_TEST(refusesTrailers);
    CPPUNIT_TEST(ordersTheFaultsOfALine);
    CPPUNIT_TEST(refusesHosts);
    CPPUNIT_TEST(refusesAmbiguousFraming);
    CPPUNIT_TEST(refusesChunks);
    CPPUNIT_TEST(refusesWhatIsTooLarge);
    CPPUNIT_TEST(limitsAreExact);
    CPPUNIT_TEST(llhttpIsStrict);
    CPPUNIT_TEST(acceptsTargets);
    CPPUNIT_TEST(acceptsFraming);
    CPPUNIT_TEST(readsFields);
    CPPUNIT_TEST(upgradeIsNothing);
    CPPUNIT_TEST(keepAlive);
    CPPUNIT_TEST(findsTheEndOfEachOfMany);
    CPPUNIT_TEST(isUsedAgain);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesRequestLines() {
        checkAll({
            {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "http_bad_request_line"},
            {"GET /  HTTP/1.1\r\nHost: a\r\n\r\n", "http_bad_request_line"},
            {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "http_bad_request_line"},
            {"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "http_bad_request_line"},
            {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", "http_bad_request_line"},
            {"GET /\r\nHost: a\r\n\r\n", "http_bad_request_line"}, // HTTP/0.9
            {"GET /\r\n\r\n", "http_bad_request_line"},
            {"GET / HTTP/1.1\nHost: a\r\n\r\n", "http_bad_request_line"},
            {"GET / HTTP/1.1\rHost: a\r\n\r\n", "http_bad_request_line"},
            {"GET / XTTP/1.1\r\nHost: a\r\n\r\n", "http_bad_request_line"},
            {"GET / http/1.1\r\nHost: a\r\n\r\n", "http_bad_request_line"},
            {"GET / HTTP/11\r\nHost: a\r\n\r\n", "http_bad_request_line"},
            {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, "http_bad_request_line"}, // a TLS greeting
            {"\0GET / HTTP/1.1\r\nHost: a\r\n\r\n"s, "http_bad_request_line"},
            {"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "http_bad_request_line"},
            {"\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "http_bad_request_line"},
            {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "http_bad_version"},
            {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", "http_bad_version"},
            {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", "http_bad_version"},
            {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http_bad_version"},
            {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", "http_unknown_method"},
            {"get / HTTP/1.1\r\nHost: a\r\n\r\n", "http_unknown_method"},
            {"DESCRIBE / HTTP/1.1\r\nHost: a\r\n\r\n", "http_unknown_method"},
            {"SOURCE / HTTP/1.1\r\nHost: a\r\n\r\n", "http_unknown_method"},
            {"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", "http_unknown_method"},
        });
    }

    void refusesTargets() {
        checkAll({
            {get("/#top"), "http_bad_target"},
            {get("/?a#b"), "http_bad_target"},
            {get("/a\tb"), "http_bad_target"},
            {get("/a\x01z"), "http_bad_target"},
            {get("/a\0b"s), "http_bad_target"},
            {get("/a\x7f"), "http_bad_target"},
            {get("/\xc3\xa9"), "http_bad_target"},
            {get("/%"), "http_bad_target"},
            {get("/%2"), "http_bad_target"},
            {get("/%zz"), "http_bad_target"},
            {get("/%00"), "http_bad_target"},
            {get("/?%"), "http_bad_target"},
            {get("*"), "http_bad_target"},
            {get("a/b"), "http_bad_target"},
            {get("a:80"), "http_bad_target"},
            {get("ftp://a/"), "http_bad_target"},
            {get("http:///x"), "http_bad_host"},
            {get("http://u@a/"), "http_bad_host"},
            {get("http://a:99999/"), "http_bad_host"},
            {get("/."), "http_dot_segment"},
            {get("/.."), "http_dot_segment"},
            {get("/a/../b"), "http_dot_segment"},
            {get("/a/./b"), "http_dot_segment"},
            {get("/a/%2e%2E/b"), "http_dot_segment"},
            {get("/a/.%2e"), "http_dot_segment"},
            {get("/%2e/"), "http_dot_segment"},
            {get("http://a/../b"), "http_dot_segment"},
        });
    }

    void refusesFields() {
        checkAll({
            {with("X : y\r\n"), "http_bad_field"},
            {with("X\t: y\r\n"), "http_bad_field"},
            {with(": y\r\n"), "http_bad_field"},
            {with("X\r\n"), "http_bad_field"},
            {with("X y: z\r\n"), "http_bad_field"},
            {with("X\xc3\xa9: z\r\n"), "http_bad_field"},
            {with("X: a\0b\r\n"s), "http_bad_field"},
            {with("X: a\x01\r\n"), "http_bad_field"},
            {with("X: a\x7f\r\n"), "http_bad_field"},
            {with("X: y\n"), "http_bad_field"},
            {with("X: y\rZ: b\r\n"), "http_bad_field"},
            {with("X:\rxTransfer-Encoding: chunked\r\n"), "http_bad_field"},
            {with("X: y\r\r\n"), "http_bad_field"},
            {"GET / HTTP/1.1\r\n X: y\r\nHost: a\r\n\r\n", "http_bad_field"},
            {with("Expect: 200-ok\r\n"), "http_bad_expectation"},
        });
        // Folded lines; which of the two codes depends on where llhttp saw it.
        for (const std::string& raw : {with("X: a\r\n b\r\n"), with("X:\r\n b\r\n"), with("X: a\r\n\tb\r\n"),
                                       with("X: a\r\n \r\n"), with("Content-Length: 1\r\n 0\r\n"),
                                       with("Content-Length:\r\n 10\r\n"), with("Transfer-Encoding:\r\n chunked\r\n"),
                                       with("Connection:\r\n close\r\n"), "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"s}) {
            for (const std::size_t step : {raw.size(), std::size_t{1}}) {
                CPPUNIT_ASSERT_EQUAL_MESSAGE(shown(raw), 400, parse(raw, step).status);
            }
        }
    }

    void refusesRepeatedFields() {
        std::size_t singletons = 0;
        for (const FieldRule& rule : fieldRules) {
            if (!rule.once || rule.name == "host" || rule.name == "content-length") continue; // faults of their own
            ++singletons;
            const std::string name(rule.name);
            std::string upper = name;
            for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
            checkAll({
                {with(name + ": a\r\n" + name + ": a\r\n"), "http_repeated_field"},
                {with(name + ": a\r\n" + upper + ": b\r\n"), "http_repeated_field"},
                {with(upper + ":\r\nX: y\r\n" + name + ":\r\n"), "http_repeated_field"},
            });
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, ""s, parse(with(name + ": a\r\nx" + name + ": a\r\n"), 1).fault);
        }
        CPPUNIT_ASSERT(singletons > 20);
        // Framing goes first.
        checkAll({{with("Content-Length: 3\r\nFrom: a\r\nFrom: a\r\nContent-Length: 3\r\n"), "http_too_many_fields"},
                  {with("Content-Length: x\r\nFrom: a\r\nFrom: a\r\n"), "http_bad_length"},
                  {with("From: a\r\nFrom: a\r\nX : y\r\n"), "http_bad_field"},
                  {"GET / HTTP/1.0\r\nRange: a\r\nRange: a\r\n\r\n", "http_repeated_field"}});
    }

    void repeatsWhatMay() {
        for (const char* name : {"Accept", "If-Match", "If-None-Match", "Cookie", "X-Forwarded-For", "Forwarded", "Via",
                                 "Accept-Encoding", "Cache-Control", "Connection", "X-Request-Id", "X-Anything",
                                 "Content-Typ", "Content-Types", "Origins", "Hosts", "x"}) {
            const std::string line = std::string(name) + ": a\r\n";
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, ""s, parse(with(line + line + line), 3).fault);
        }
    }

    void refusesTrailers() {
        for (const FieldRule& rule : fieldRules) {
            const std::string name(rule.name);
            Limits limits = smallLimits();
            limits.trailer_bytes = 200;
            for (const std::string& line : {name + ": a\r\n", "X: y\r\n" + name + ":\r\n", "x" + name + ": a\r\n",
                                            name + "x: a\r\n", name.substr(1) + ": a\r\n"}) {
                const bool forbidden =
                    rule.header && (line.find(name + ":") == 0 || line.find("\n" + name + ":") != line.npos);
                for (const std::size_t step : {std::size_t{1}, std::size_t{1000}}) {
                    const Parsed parsed = parse(chunked("1\r\na\r\n0\r\n" + line + "\r\n"), step, limits);
                    // "xvia" or "ate" may have a rule of its own.
                    if (!forbidden && isHeaderOnlyField(line.substr(0, line.find(':')))) continue;
                    CPPUNIT_ASSERT_EQUAL_MESSAGE(line, forbidden ? "http_forbidden_trailer"s : ""s, parsed.fault);
                    CPPUNIT_ASSERT_EQUAL_MESSAGE(line, !forbidden, parsed.complete);
                }
            }
        }
        Limits limits = smallLimits();
        limits.trailer_bytes = 200;
        checkAll({{chunked("0\r\nHOST: a\r\n\r\n"), "http_forbidden_trailer"},
                  {chunked("0\r\ncOnTeNt-LeNgTh: 1\r\n\r\n"), "http_forbidden_trailer"}});
        CPPUNIT_ASSERT_EQUAL(""s, parse(chunked("0\r\n" + std::string(100, 'h') + ": a\r\n\r\n"), 1, limits).fault);
        CPPUNIT_ASSERT_EQUAL(""s, parse(chunked("0\r\nETag: a\r\nETag: a\r\n\r\n"), 1, limits).fault);
    }

    // No token, then no well-formed line, then an unknown method, then a version.
    void ordersTheFaultsOfALine() {
        for (const std::string& method : {"GET"s, "G"s, "BREW"s, "get"s, "CONNECT"s, "DESCRIBE"s, "SOURCE"s, "PRI"s,
                                          "M-SEARCH"s, "!#$%&'*+-.^_`|~"s, std::string(32, 'X')}) {
            for (const char* rest :
                 {"\r\n", " \r\n", "\n", " \n", "  \r\n", "\t\r\n", "\r\nHost: a\r\n\r\n", " HTTP/1.1\r\n",
                  "  HTTP/1.1\r\n", " /\r\n", " / \r\n", " /\n", " / HTTP/1.1\n", " / HTTP\r\n", " / HTTP/1\r\n",
                  " / XTTP/1.1\r\n", " / RTSP/1.0\r\n\r\n", " / a HTTP/1.1\r\n", " /\x01 HTTP/1.1\r\n"}) {
                for (const std::string& before : {""s, "\r\n"s}) {
                    for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
                        const Parsed parsed = parse(before + method + rest, step);
                        CPPUNIT_ASSERT_EQUAL_MESSAGE(shown(method + rest), 400, parsed.status);
                    }
                }
            }
        }
        const std::string host = "\r\nHost: a\r\n\r\n";
        for (const char* method : {"BREW", "get", "GETT", "GE", "DESCRIBE", "SOURCE", "CONNECT", "QUERY"}) {
            const std::string name(method);
            const std::string target = name == "CONNECT" ? " a:80" : " /a";
            checkAll({{name + target + " HTTP/1.1" + host, "http_unknown_method"},
                      {name + target + " HTTP/2.0" + host, "http_unknown_method"},
                      {name + "@" + target + " HTTP/1.1" + host, "http_bad_request_line"},
                      {std::string(65, 'A') + target + " HTTP/1.1" + host, "http_unknown_method"}});
        }
        checkAll({{"GET / HTTP/2.0" + host, "http_bad_version"},
                  {"BREW /" + std::string(300, 'a'), "http_target_too_long"},
                  {std::string(300, 'a'), "http_unknown_method"},
                  {"BREW / HTTP/1.1\r\n", "http_unknown_method"},
                  {std::string(60, 'a') + "@ / HTTP/1.1", "http_bad_request_line"},
                  {"GET /\r\n", "http_bad_request_line"}});
    }

    void refusesHosts() {
        const auto host = [](const std::string& line) { return "GET / HTTP/1.1\r\n" + line + "\r\n"; };
        checkAll({
            {host(""), "http_bad_host"},
            {host("Host:\r\n"), "http_bad_host"},
            {host("Host: a\r\nHost: a\r\n"), "http_bad_host"},
            {host("Host: a\r\nhost: b\r\n"), "http_bad_host"},
            {host("Host: a b\r\n"), "http_bad_host"},
            {host("Host: a,b\\\r\n"), "http_bad_host"},
            {host("Host: a/b\r\n"), "http_bad_host"},
            {host("Host: u@a\r\n"), "http_bad_host"},
            {host("Host: a:x\r\n"), "http_bad_host"},
            {host("Host: a:65536\r\n"), "http_bad_host"},
            {host("Host: :80\r\n"), "http_bad_host"},
            {host("Host: [::1\r\n"), "http_bad_host"},
            {host("Host: [1.2.3.4]\r\n"), "http_bad_host"},
            {host("Host: [::1]x\r\n"), "http_bad_host"},
            {host("Host: a%2\r\n"), "http_bad_host"},
            {"GET http://a/ HTTP/1.1\r\n\r\n", "http_bad_host"},
            {"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", "http_bad_host"},
        });
    }

    void refusesAmbiguousFraming() {
        checkAll({
            {with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), "http_both_lengths"},
            {with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), "http_both_lengths"},
            {with("Content-Length: 3\r\nContent-Length: 3\r\n"), "http_bad_length"},
            {with("Content-Length: 3\r\nContent-Length: 4\r\n"), "http_bad_length"},
            {with("Content-Length: 3, 3\r\n"), "http_bad_length"},
            {with("Content-Length: +3\r\n"), "http_bad_length"},
            {with("Content-Length: -3\r\n"), "http_bad_length"},
            {with("Content-Length: 0x3\r\n"), "http_bad_length"},
            {with("Content-Length: 3 4\r\n"), "http_bad_length"},
            {with("Content-Length: 3.0\r\n"), "http_bad_length"},
            {with("Content-Length: 18446744073709551617\r\n"), "http_bad_length"},
            {with("Content-Length: 9999999999999999999\r\n"), "http_bad_length"},
            {with("Transfer-Encoding: gzip, chunked\r\n"), "http_unknown_coding"},
            {with("Transfer-Encoding: chunked, gzip\r\n"), "http_unknown_coding"},
            {with("Transfer-Encoding: gzip\r\n"), "http_unknown_coding"},
            {with("Transfer-Encoding: identity\r\n"), "http_unknown_coding"},
            {with("Transfer-Encoding: xchunked\r\n"), "http_unknown_coding"},
            {with("Transfer-Encoding: chunkedx\r\n"), "http_unknown_coding"},
            {with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), "http_unknown_coding"},
            {with("Transfer-Encoding: \"chunked\"\r\n"), "http_unknown_coding"},
            {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "http_coding_on_1_0"},
        });
        // An empty Content-Length is refused wherever it is noticed.
        CPPUNIT_ASSERT_EQUAL(400, parse(with("Content-Length:\r\n"), 1).status);
        CPPUNIT_ASSERT_EQUAL(400, parse(with("Content-Length: \r\n"), 100).status);
    }

    void refusesChunks() {
        checkAll({
            {chunked("\r\n"), "http_bad_chunk"},
            {chunked("x\r\n"), "http_bad_chunk"},
            {chunked("-1\r\n"), "http_bad_chunk"},
            {chunked("+1\r\na\r\n"), "http_bad_chunk"},
            {chunked("0x1\r\na\r\n"), "http_bad_chunk"},
            {chunked(" 1\r\na\r\n"), "http_bad_chunk"},
            {chunked("1 \r\na\r\n"), "http_bad_chunk"},
            {chunked("1\na\r\n0\r\n\r\n"), "http_bad_chunk"},
            {chunked("1\r\na\n0\r\n\r\n"), "http_bad_chunk"},
            {chunked("1\r\nab\r\n0\r\n\r\n"), "http_bad_chunk"},
            {chunked("1\r\naX\n0\r\n\r\n"), "http_bad_chunk"},
            {chunked("1\r\na0\r\n\r\n"), "http_bad_chunk"},
            {chunked("1\rXa\r\n"), "http_bad_chunk"},
            {chunked("00000000000000001\r\na\r\n"), "http_bad_chunk"},
            {chunked("fffffffffffffffff\r\n"), "http_bad_chunk"},
            {chunked("1;\r\na\r\n"), "http_bad_chunk"},
            {chunked("1;a=\r\na\r\n"), "http_bad_chunk"},
            {chunked("1;a=\"b\r\n\"\r\na\r\n"), "http_bad_chunk"},
            {chunked("1;a\nb\r\n"), "http_bad_chunk"},
            {chunked("1;" + std::string(64, 'a') + "\r\na\r\n"), "http_bad_chunk"},
            {chunked("0\r\n:x\r\n\r\n"), "http_bad_trailer"},
            {chunked("0\r\nX y\r\n\r\n"), "http_bad_trailer"},
            {chunked("0\r\nX: y\n\r\n"), "http_bad_trailer"},
            {chunked("0\r\nX: \x01\r\n\r\n"), "http_bad_trailer"},
            {chunked("0\r\n b: c\r\n\r\n"), "http_bad_trailer"},
            {chunked("0\r\nX: " + std::string(64, 'a') + "\r\n\r\n"), "http_bad_trailer"},
            {chunked("0\r\n\rX"), "http_bad_trailer"},
            {chunked("ffffffffffffffff\r\n"), "http_body_too_large"},
            {chunked("11\r\n"), "http_body_too_large"},
            {chunked("8\r\n12345678\r\n9\r\n"), "http_body_too_large"},
        });
    }

    void refusesWhatIsTooLarge() {
        const std::string many(300, 'a');
        checkAll({
            {get("/" + many), "http_target_too_long"},
            {"GET /" + many, "http_target_too_long"},
            {with("X: " + many + "\r\n"), "http_header_too_large"},
            {with(many + ": x\r\n"), "http_header_too_large"},
            {with("X: " + many), "http_header_too_large"},
            {with("A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n"), "http_too_many_fields"},
            {with("Content-Length: 17\r\n"), "http_body_too_large"},
            {with("Content-Length: 999999999999999999\r\n"), "http_body_too_large"},
        });
        CPPUNIT_ASSERT_EQUAL(400, parse(std::string(300, 0x01), 1).status);
    }

    void limitsAreExact() {
        const std::size_t room = 64 - (sizeof "GET / HTTP/1.1\r\n" - 1);
        CPPUNIT_ASSERT_EQUAL(""s, parse(get("/" + std::string(room, 'a')), 1).fault);
        CPPUNIT_ASSERT_EQUAL("http_target_too_long"s, parse(get("/" + std::string(room + 1, 'a')), 1000).fault);
        const std::size_t value = 256 - (sizeof "Host: a\r\nX: \r\n\r\n" - 1);
        CPPUNIT_ASSERT_EQUAL(""s, parse(with("X: " + std::string(value, 'a') + "\r\n"), 1000).fault);
        CPPUNIT_ASSERT_EQUAL("http_header_too_large"s,
                             parse(with("X: " + std::string(value + 1, 'a') + "\r\n"), 1000).fault);
        CPPUNIT_ASSERT_EQUAL(""s, parse(with("A: 1\r\nB: 2\r\nC: 3\r\n"), 1000).fault);
        CPPUNIT_ASSERT_EQUAL(std::string(16, 'x'),
                             parse(chunked("10\r\n" + std::string(16, 'x') + "\r\n0\r\n\r\n"), 1).body);
    }

    // The library that is linked, not only its header: the loose parser takes a bare CR for the end of a line.
    void llhttpIsStrict() {
        llhttp_settings_t settings;
        llhttp_settings_init(&settings);
        llhttp_t llhttp;
        llhttp_init(&llhttp, HTTP_REQUEST, &settings);
        const std::string raw = "GET / HTTP/1.1\r\nX:\rxTransfer-Encoding: chunked\r\n\r\n";
        CPPUNIT_ASSERT(llhttp_execute(&llhttp, raw.data(), raw.size()) != HPE_OK);
    }

    void acceptsTargets() {
        const Parsed plain = parse(get("/a/b.c/..d/%2e%2ex/%2F?x=%41&y=[1]"), 1);
        CPPUNIT_ASSERT_EQUAL(""s, plain.fault);
        CPPUNIT_ASSERT_EQUAL("/a/b.c/..d/%2e%2ex/%2F"s, plain.path);
        CPPUNIT_ASSERT_EQUAL("x=%41&y=[1]"s, plain.query);
        CPPUNIT_ASSERT_EQUAL("/..."s, parse(get("/..."), 1).path);
        CPPUNIT_ASSERT_EQUAL("//x"s, parse(get("//x"), 1).path);
        CPPUNIT_ASSERT_EQUAL(""s, parse(get("/?"), 1).query);

        const Parsed absolute = parse("GET HTTP://b:81/x?y HTTP/1.1\r\nHost: a\r\n\r\n", 1);
        CPPUNIT_ASSERT_EQUAL("b:81"s, absolute.host);
        CPPUNIT_ASSERT_EQUAL("/x"s, absolute.path);
        CPPUNIT_ASSERT_EQUAL("y"s, absolute.query);
        CPPUNIT_ASSERT_EQUAL("/"s, parse(get("http://a"), 1).path);
        CPPUNIT_ASSERT_EQUAL("y"s, parse(get("http://a?y"), 1).query);
        CPPUNIT_ASSERT_EQUAL("*"s, parse("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 1).path);
        for (const std::string& host :
             {"a"s, "a:80"s, "a:"s, "[::1]"s, "[2001:db8::1]:8080"s, "A-b_c.d"s, "127.0.0.1:1"s}) {
            CPPUNIT_ASSERT_EQUAL(host, parse("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n", 1).host);
        }
        CPPUNIT_ASSERT_EQUAL(""s, parse("GET / HTTP/1.0\r\n\r\n", 1).fault);
        CPPUNIT_ASSERT_EQUAL("PROPFIND"s, parse("PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n", 1).method);
        CPPUNIT_ASSERT_EQUAL("GET"s, parse("\r\n\r\n" + get("/"), 1).method);
    }

    void acceptsFraming() {
        for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{1000}}) {
            const Parsed length = parse(with("Content-Length: 003\r\n") + "abcGET", step);
            CPPUNIT_ASSERT_EQUAL("abc"s, length.body);
            CPPUNIT_ASSERT(length.complete);
            const std::string rest = "GET / HTTP/1.1\r\n";
            const std::string raw =
                chunked("3;a;b=c;d=\"e\\\"f\"\r\nabc\r\nA\r\n0123456789\r\n000\r\nX: y\r\nZ:\r\n\r\n");
            const Parsed chunks = parse(raw + rest, step);
            CPPUNIT_ASSERT_EQUAL(""s, chunks.fault);
            CPPUNIT_ASSERT_EQUAL("abc0123456789"s, chunks.body);
            CPPUNIT_ASSERT_EQUAL(raw.size(), chunks.used);
            CPPUNIT_ASSERT_EQUAL(2UL, chunks.fields.size()); // trailers are dropped
        }
        CPPUNIT_ASSERT_EQUAL("a"s, parse(with("transfer-encoding: \t CHUNKED \r\n") + "1\r\na\r\n0\r\n\r\n", 1).body);
    }

    void readsFields() {
        const Parsed parsed = parse(with("Empty:\r\nBlanks: \t a b\t \r\nUtf: \xc3\xa9\r\n"), 1);
        CPPUNIT_ASSERT_EQUAL(""s, parsed.fault);
        CPPUNIT_ASSERT_EQUAL(4UL, parsed.fields.size());
        CPPUNIT_ASSERT_EQUAL("Empty"s, parsed.fields[1].first);
        CPPUNIT_ASSERT_EQUAL(""s, parsed.fields[1].second);
        CPPUNIT_ASSERT_EQUAL("a b"s, parsed.fields[2].second);
        CPPUNIT_ASSERT_EQUAL("\xc3\xa9"s, parsed.fields[3].second);
    }

    void upgradeIsNothing() {
        const std::string head = "GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n";
        for (const std::size_t step : {std::size_t{1}, std::size_t{1000}}) {
            const Parsed parsed = parse(head + "\r\nGET", step);
            CPPUNIT_ASSERT_EQUAL(""s, parsed.fault);
            CPPUNIT_ASSERT_EQUAL(head.size() + 2, parsed.used);
            CPPUNIT_ASSERT(parsed.keep_alive);
            CPPUNIT_ASSERT_EQUAL("abc"s, parse(head + "Content-Length: 3\r\n\r\nabc", step).body);
        }
    }

    void keepAlive() {
        const auto kept = [](const std::string& version, const std::string& fields) {
            return parse("GET / HTTP/" + version + "\r\nHost: a\r\n" + fields + "\r\n", 1).keep_alive;
        };
        CPPUNIT_ASSERT(kept("1.1", ""));
        CPPUNIT_ASSERT(!kept("1.1", "Connection: close\r\n"));
        CPPUNIT_ASSERT(!kept("1.1", "Connection: x, CLOSE\r\n"));
        CPPUNIT_ASSERT(!kept("1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
        CPPUNIT_ASSERT(kept("1.1", "Connection: closed\r\n"));
        CPPUNIT_ASSERT(!kept("1.0", ""));
        CPPUNIT_ASSERT(kept("1.0", "Connection: Keep-Alive\r\n"));
        CPPUNIT_ASSERT(!kept("1.0", "Connection: close, keep-alive\r\n"));
    }

    void findsTheEndOfEachOfMany() {
        std::string all;
        for (int i = 0; i < 5; ++i) all += get("/" + std::to_string(i)) + chunked("1\r\nx\r\n0\r\n\r\n");
        std::string targets;
        while (!all.empty()) {
            const Parsed parsed = parse(all, 7);
            CPPUNIT_ASSERT(parsed.complete);
            targets += parsed.target + parsed.body;
            all.erase(0, parsed.used);
        }
        CPPUNIT_ASSERT_EQUAL("/0/x/1/x/2/x/3/x/4/x"s, targets);
    }

    void isUsedAgain() {
        RequestHead head;
        Parser parser;
        const Limits limits = smallLimits();
        const std::string bad = "BAD / HTTP/1.1\r\n";
        const std::string good = get("/x");
        parser.begin(head, limits);
        CPPUNIT_ASSERT(parser.parseHead(bad.data(), bad.size()) == Parser::Result::fault);
        CPPUNIT_ASSERT(parser.parseHead(good.data(), good.size()) == Parser::Result::fault);
        parser.begin(head, limits);
        CPPUNIT_ASSERT(parser.parseHead(good.data(), good.size()) == Parser::Result::complete);
        CPPUNIT_ASSERT_EQUAL(1UL, head.fields.size());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ParserTest);

} // namespace mortise::http::http1
