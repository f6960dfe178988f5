// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <dlfcn.h>

#include <map>

using namespace mortise::test;

class CorsPluginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CorsPluginTest);
    CPPUNIT_TEST(tellsAnAllowedOrigin);
    CPPUNIT_TEST(tellsAForeignOriginNothing);
    CPPUNIT_TEST(variesWithoutAnOrigin);
    CPPUNIT_TEST(answersPreflights);
    CPPUNIT_TEST(answersForeignPreflights);
    CPPUNIT_TEST(letsOtherOptionsPass);
    CPPUNIT_TEST(allowsConfiguredHeaders);
    CPPUNIT_TEST(reflectsNamesOnly);
    CPPUNIT_TEST(tellsEverybodyTheSame);
    CPPUNIT_TEST(joinsVary);
    CPPUNIT_TEST(leavesAPluginsOwnPolicy);
    CPPUNIT_TEST(takesSettings);
    CPPUNIT_TEST(refusesSettings);
    CPPUNIT_TEST_SUITE_END();

    using Set = std::map<std::string, std::string>;
    using Fields = std::vector<std::pair<std::string, std::string>>;

    static constexpr const char* exposed =
        "Access-Control-Expose-Headers: X-Request-Id,RateLimit,RateLimit-Policy,X-RateLimit-Limit,"
        "X-RateLimit-Remaining,X-RateLimit-Reset,Retry-After,WWW-Authenticate,ETag,Location,Idempotency-Replayed\n";
    static constexpr const char* local = "http://localhost:3000";

    // Status of what the filter answers itself, or 0, and the fields of that or of another's answer that had `own`.
    std::pair<std::uint32_t, std::string> run(const Set& set, const std::string& method,
                                              const std::map<std::string, std::string>& fields,
                                              const Fields& own = {}) {
        FakeHost host;
        FakeInstance plugin(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure(set));
        const auto& filters = *plugin.extension<mortise_plugin_filter>(MORTISE_FILTER_EXTENSION);
        CPPUNIT_ASSERT_EQUAL(1u, filters.filter_count);
        const mortise_filter& filter = filters.filters[0];
        CPPUNIT_ASSERT_EQUAL(MORTISE_PHASE_ACCEPT | MORTISE_PHASE_RESPOND, filter.phases);
        FakeRequest request;
        request.method = method;
        request.fields = fields;
        const mortise_exchange exchange = host.bareRequest(request);
        std::uint64_t slot = 0;
        const mortise_status status =
            filter.on_request(filter.context, MORTISE_PHASE_ACCEPT, exchange, &host.rawRequest(exchange), &slot);
        const FakeAnswer given = host.answer(exchange);
        CPPUNIT_ASSERT_EQUAL(given.status == 0 ? MORTISE_OK : MORTISE_REPLIED, status);
        CPPUNIT_ASSERT(given.fields.empty() && given.body.empty());
        FakeResponse response(host);
        response.fields = own;
        filter.on_respond(filter.context, exchange, &host.rawRequest(exchange), response.raw(), &slot);
        return {given.status, response.text()};
    }
    std::string answer(const Set& set, const std::string& origin, const Fields& own = {}) {
        const auto [status, text] = run(set, "GET", origin.empty() ? Set{} : Set{{"Origin", origin}}, own);
        CPPUNIT_ASSERT_EQUAL(0u, status);
        return text;
    }
    std::string preflight(const Set& set, const std::string& origin, const std::string& headers = "",
                          const Fields& own = {}) {
        Set fields{{"origin", origin}, {"access-control-request-method", "PATCH"}};
        if (!headers.empty()) fields["access-control-request-headers"] = headers;
        const auto [status, text] = run(set, "OPTIONS", fields, own);
        CPPUNIT_ASSERT_EQUAL(204u, status);
        return text;
    }

    void refused(const Set& set, const std::string& key, const std::string& part) {
        FakeHost host;
        FakeInstance plugin(host, *module_);
        CPPUNIT_ASSERT(plugin.configure(set) < 0);
        const std::string said = host.refusedSettings[key];
        CPPUNIT_ASSERT_MESSAGE(key + ": " + said, said.find(part) != said.npos);
    }

public:
    void setUp() override {
        void* const file = dlopen(CORS_FILE, RTLD_NOW | RTLD_LOCAL);
        CPPUNIT_ASSERT_MESSAGE(file == nullptr ? dlerror() : "", file != nullptr);
        const auto entry = reinterpret_cast<mortise_module_entry>(dlsym(file, MORTISE_MODULE_ENTRY_NAME));
        CPPUNIT_ASSERT(entry != nullptr);
        module_ = entry(MORTISE_ABI_MINOR, nullptr);
        CPPUNIT_ASSERT(module_ != nullptr);
    }

    void tellsAnAllowedOrigin() {
        CPPUNIT_ASSERT_EQUAL(std::string("Access-Control-Allow-Origin: http://localhost:3000\n"
                                         "Access-Control-Allow-Credentials: true\nVary: Origin\n") +
                                 exposed,
                             answer({}, local));
        const Set two{{"origin", "https://b.example, https://a.example:8443"}};
        for (const char* const origin : {"https://a.example:8443", "https://b.example"})
            CPPUNIT_ASSERT_EQUAL(
                std::size_t{0}, answer(two, origin).find("Access-Control-Allow-Origin: " + std::string(origin) + "\n"));
    }

    void tellsAForeignOriginNothing() {
        for (const char* const foreign :
             {"http://localhost:3001", "http://localhost", "https://localhost:3000", "http://localhost:3000/",
              "http://localhost:3000.evil.example", "HTTP://LOCALHOST:3000", "null", "*"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(foreign, std::string("Vary: Origin\n"), answer({}, foreign));
    }

    void variesWithoutAnOrigin() { CPPUNIT_ASSERT_EQUAL(std::string("Vary: Origin\n"), answer({}, "")); }

    void answersPreflights() {
        CPPUNIT_ASSERT_EQUAL(std::string("Access-Control-Allow-Origin: http://localhost:3000\n"
                                         "Access-Control-Allow-Credentials: true\n"
                                         "Vary: Origin, Access-Control-Request-Headers\n"
                                         "Access-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE\n"
                                         "Access-Control-Max-Age: 600\n"
                                         "Access-Control-Allow-Headers: content-type, x-own\n"),
                             preflight({}, local, "content-type, x-own"));
        CPPUNIT_ASSERT(preflight({}, local).find("Allow-Headers") == std::string::npos);
    }

    void answersForeignPreflights() {
        CPPUNIT_ASSERT_EQUAL(std::string("Vary: Origin, Access-Control-Request-Headers\n"),
                             preflight({}, "https://evil.example", "authorization"));
    }

    void letsOtherOptionsPass() {
        const Set whole{{"Origin", local}, {"Access-Control-Request-Method", "GET"}};
        CPPUNIT_ASSERT_EQUAL(204u, run({}, "OPTIONS", whole).first);
        CPPUNIT_ASSERT_EQUAL(0u, run({}, "GET", whole).first);
        CPPUNIT_ASSERT_EQUAL(0u, run({}, "options", whole).first);
        CPPUNIT_ASSERT_EQUAL(0u, run({}, "OPTIONS", {{"Origin", local}}).first);
        CPPUNIT_ASSERT_EQUAL(0u, run({}, "OPTIONS", {{"Access-Control-Request-Method", "GET"}}).first);
        CPPUNIT_ASSERT_EQUAL(0u, run({}, "OPTIONS", {}).first);
        CPPUNIT_ASSERT(run({}, "OPTIONS", {{"Origin", local}}).second.find("Allow-Origin") != std::string::npos);
    }

    void allowsConfiguredHeaders() {
        const std::string text = preflight({{"allowed_headers", "Content-Type, Authorization"}}, local, "x-other");
        CPPUNIT_ASSERT(text.find("Access-Control-Allow-Headers: Content-Type,Authorization\n") != text.npos);
        CPPUNIT_ASSERT(text.find("Vary: Origin\n") != text.npos);
        CPPUNIT_ASSERT(text.find("x-other") == text.npos);
    }

    void reflectsNamesOnly() {
        for (const char* const odd : {"a b", "a,", "a;b", "\"x\"", "\xc3\xa9"})
            CPPUNIT_ASSERT(preflight({}, local, odd).find("Allow-Headers") == std::string::npos);
    }

    void tellsEverybodyTheSame() {
        const Set open{{"origin", "*"}, {"credentials", "false"}};
        const std::string text = std::string("Access-Control-Allow-Origin: *\n") + exposed;
        for (const char* const origin : {"", "null", "https://any.example"})
            CPPUNIT_ASSERT_EQUAL(text, answer(open, origin));
        CPPUNIT_ASSERT(preflight(open, "https://any.example", "x").find("Vary: Access-Control-Request-Headers\n") !=
                       std::string::npos);
    }

    void joinsVary() {
        CPPUNIT_ASSERT_EQUAL(std::string("Vary: Accept, Origin\n"), answer({}, "", {{"Vary", "Accept"}}));
        const std::string text = answer({}, local, {{"Vary", "Accept"}});
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, text.find("Vary: Accept, Origin\nAccess-Control-Allow-Origin: "));
        CPPUNIT_ASSERT_EQUAL(text.find("Vary"), text.rfind("Vary"));
    }

    void leavesAPluginsOwnPolicy() {
        const std::string text = answer({}, local, {{"Access-Control-Allow-Origin", "*"}});
        CPPUNIT_ASSERT_EQUAL(std::string("Access-Control-Allow-Origin: *\nVary: Origin\n"), text);
    }

    void takesSettings() {
        const std::string text =
            preflight({{"credentials", "false"}, {"methods", "GET, QUERY"}, {"max_age", "1h"}}, local);
        CPPUNIT_ASSERT_EQUAL(std::string("Access-Control-Allow-Origin: http://localhost:3000\n"
                                         "Vary: Origin, Access-Control-Request-Headers\n"
                                         "Access-Control-Allow-Methods: GET,QUERY\nAccess-Control-Max-Age: 3600\n"),
                             text);
        CPPUNIT_ASSERT(answer({{"exposed_headers", ""}}, local).find("Expose") == std::string::npos);
        CPPUNIT_ASSERT(answer({{"origin", "null"}}, "null").find("Access-Control-Allow-Origin: null\n") == 0);
        CPPUNIT_ASSERT_EQUAL(std::string("Vary: Origin\n"), answer({{"origin", ""}}, local));
    }

    void refusesSettings() {
        refused({{"origin", "*"}}, "origin", "credentials = false");
        refused({{"origin", "*, https://a.example"}, {"credentials", "false"}}, "origin", "no other origin");
        refused({{"origin", "https://a.example/"}}, "origin", "'https://a.example/' has a path");
        refused({{"methods", "GE T"}}, "methods", "'GE T'");
        refused({{"allowed_headers", "a:b"}}, "allowed_headers", "'a:b'");
        refused({{"exposed_headers", "a b"}}, "exposed_headers", "'a b'");
    }

private:
    const mortise_module* module_ = nullptr;
};

CPPUNIT_TEST_SUITE_REGISTRATION(CorsPluginTest);
