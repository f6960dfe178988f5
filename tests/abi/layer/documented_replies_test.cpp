// SPDX-License-Identifier: Apache-2.0
// A reply whose body is none that its route documents of the status is a 500 that names both.
#include "tests/support/fake_host.hpp"

#include <mortise/filters.hpp>
#include <mortise/plugin.hpp>
#include <mortise/stream.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

using namespace mortise::test;

namespace {

struct Plum {
    std::string plum = "p";
};
MORTISE_DESCRIBE(Plum, field(plum))

struct Fig {
    int weight = 1;
};
MORTISE_DESCRIBE(Fig, field(weight))

using Either = std::variant<Plum, Fig>;

// A Plum as it is sent, without a copy.
struct PlumView {
    std::string_view plum = "v";
};
MORTISE_DESCRIBE(PlumView, field(plum))

struct Basket {
    std::vector<Plum> plums;
    std::optional<Fig> fig;
};
MORTISE_DESCRIBE(Basket, field(plums).text("As they hung"), field(fig))
struct BasketView {
    std::vector<PlumView> plums;
    std::optional<Fig> fig;
};
MORTISE_DESCRIBE(BasketView, field(plums), field(fig))
struct FullBasket {
    std::vector<PlumView> plums;
    Fig fig;
};
MORTISE_DESCRIBE(FullBasket, field(plums), field(fig))

class Documented : public mortise::Plugin<> {
public:
    static inline std::function<void(mortise::Setup&)> declare;

private:
    void configure(mortise::Setup& setup) override { declare(setup); }
};

} // namespace

class DocumentedRepliesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DocumentedRepliesTest);
    CPPUNIT_TEST(whatIsDocumentedGoesOut);
    CPPUNIT_TEST(anythingElseIsNamed);
    CPPUNIT_TEST(aDeferredIsHeldToItToo);
    CPPUNIT_TEST(mediaTypesAreHeldToTheirRanges);
    CPPUNIT_TEST(headsOfStreamsAreHeldToIt);
    CPPUNIT_TEST(whatIsNotDocumentedIsFree);
    CPPUNIT_TEST(refusalsOfTheLayerAreNotTheHandlers);
    CPPUNIT_TEST(buildersAreHandles);
    CPPUNIT_TEST_SUITE_END();

public:
    void tearDown() override { Documented::declare = nullptr; }

    void whatIsDocumentedGoesOut() {
        using mortise::Reply;
        assertStatus(
            201, [](auto route) { return route.template replies<Plum>(201); }, [] { return mortise::created(Plum()); });
        assertStatus(
            202, [](auto route) { return route.template replies<Plum>(202); },
            [] { return mortise::ok(Plum()).status(202); });
        assertStatus(
            201, [](auto route) { return route.template replies<Fig>(201).template replies<Plum>(201); },
            [] { return mortise::created(Plum()); });
        assertStatus(
            201, [](auto route) { return route.template replies<Either>(201); },
            [] { return mortise::created(Fig()); });
        assertStatus(
            201, [](auto route) { return route.template replies<Either>(201); },
            [] { return mortise::created(Either(Fig())); });
        assertStatus(
            201, [](auto route) { return route.template replies<std::vector<Plum>>(201); },
            [] { return mortise::created(std::vector<Plum>(2)); });
        assertStatus(
            201, [](auto route) { return route.template replies<Plum>(201); },
            [] { return Reply::rawJson(201, R"({"plum":"p"})"); });
        assertStatus(
            201, [](auto route) { return route.template replies<Plum>(201); },
            [] { return Reply::bytes(201, "application/hal+json", R"({"plum":"p"})"); });
        assertStatus(
            204, [](auto route) { return route.replies(204); }, [] { return mortise::noContent(); });
        assertStatus(
            200, [](auto route) { return route.repliesMedia(200, "text/csv"); },
            [] { return Reply::bytes(200, "text/csv", "a,b"); });
        assertStatus(
            200, [](auto route) { return route.repliesMedia(200, "text/csv"); }, [] { return Reply::empty(200); });
        assertStatus(
            200, [](auto route) { return route.repliesMedia(200, "application/ld+json"); },
            [] { return mortise::ok(Plum()); });
        assertStatus(
            404, [](auto route) { return route.repliesError(404); }, [] { return mortise::notFound(); });
        // Other types that look the same.
        assertStatus(
            201, [](auto route) { return route.template replies<Plum>(201); },
            [] { return mortise::created(PlumView()); });
        assertStatus(
            201, [](auto route) { return route.template replies<Basket>(201); },
            [] { return mortise::created(BasketView()); });
    }

    void anythingElseIsNamed() {
        using mortise::Reply;
        assertNamed(
            "GET /x replied 201 with Fig, which replies<>(201) does not say: it says Plum",
            [](auto route) { return route.template replies<Plum>(201); }, [] { return mortise::created(Fig()); });
        assertNamed(
            "GET /x replied 200 with a list of Plum, which replies<>(200) does not say: it says Plum",
            [](auto route) { return route.template replies<Plum>(200); },
            [] { return mortise::ok(std::vector<Plum>(1)); });
        assertNamed(
            "GET /x replied 201 with no body, which replies<>(201) does not say: it says Plum",
            [](auto route) { return route.template replies<Plum>(201); }, [] { return Reply::empty(201); });
        assertNamed(
            "GET /x replied 201 with Plum, which replies<>(201) does not say: it says no body",
            [](auto route) { return route.replies(201); }, [] { return mortise::created(Plum()); });
        assertNamed(
            "GET /x replied 201 with JSON text, which replies<>(201) does not say: it says no body",
            [](auto route) { return route.replies(201); }, [] { return Reply::rawJson(201, "{}"); });
        assertNamed(
            "GET /x replied 200 with Plum, which replies<>(200) does not say: it says text/csv",
            [](auto route) { return route.repliesMedia(200, "text/csv"); }, [] { return mortise::ok(Plum()); });
        assertNamed(
            "GET /x replied 200 with text/plain; charset=utf-8, which replies<>(200) does not say: it says "
            "Plum or Fig",
            [](auto route) { return route.template replies<Plum>(200).template replies<Fig>(200); },
            [] { return Reply::text(200, "plum"); });
        assertNamed(
            "GET /x replied 404 with an error, which replies<>(404) does not say: it says Fig",
            [](auto route) { return route.template replies<Fig>(404); }, [] { return mortise::notFound(); });
        assertNamed(
            "GET /x replied 404 with Fig, which replies<>(404) does not say: it says an error",
            [](auto route) { return route.repliesError(404); }, [] { return Reply::json(404, Fig()); });
        assertNamed(
            "GET /x replied 201 with FullBasket, which replies<>(201) does not say: it says Basket",
            [](auto route) { return route.template replies<Basket>(201); },
            [] { return mortise::created(FullBasket()); });
        // What a handler returns by its type is documented as 200, also beside Replies.
        Documented::declare = [](mortise::Setup& setup) {
            setup.get("/x").handle(
                [](mortise::Request&) -> std::variant<Plum, mortise::Reply> { return mortise::ok(Fig()); });
        };
        start();
        CPPUNIT_ASSERT_EQUAL(500u, host_->call("GET", "/x").status);
    }

    void aDeferredIsHeldToItToo() {
        mortise::Deferred kept;
        Documented::declare = [&](mortise::Setup& setup) {
            setup.get("/x").replies<Plum>(201).handle([&](mortise::Request& request) {
                kept = request.defer();
                return mortise::Reply::later();
            });
        };
        start();
        const auto wrong = host_->begin("GET", "/x");
        CPPUNIT_ASSERT(!kept.reply(mortise::created(Fig())));
        CPPUNIT_ASSERT_EQUAL(500u, host_->answer(wrong).status);
        CPPUNIT_ASSERT_EQUAL(1u, host_->answer(wrong).terminalCalls);
        CPPUNIT_ASSERT_EQUAL(
            std::string("GET /x replied 201 with Fig, which replies<>(201) does not say: it says Plum"),
            host_->answer(wrong).body);
        const auto right = host_->begin("GET", "/x");
        CPPUNIT_ASSERT(kept.reply(mortise::created(Plum())));
        CPPUNIT_ASSERT_EQUAL(201u, host_->answer(right).status);
    }

    void mediaTypesAreHeldToTheirRanges() {
        using mortise::Reply;
        for (const char* const sent : {"text/csv", "Text/CSV; charset=utf-8", "text/csv ;header=present"})
            for (const char* const said : {"text/csv", "text/*", "*/*", "text/csv; charset=utf-8"})
                assertStatus(
                    200, [said](auto route) { return route.repliesMedia(200, said); },
                    [sent] { return Reply::bytes(200, sent, "a,b"); });
        for (const char* const said : {"text/cs", "text/csv2", "image/*", "tex/*", "text", "application/json"})
            assertNamed(
                "GET /x replied 200 with text/csv, which replies<>(200) does not say: it says " + std::string(said),
                [said](auto route) { return route.repliesMedia(200, said); },
                [] { return Reply::bytes(200, "text/csv", "a,b"); });
        assertStatus(
            200, [](auto route) { return route.repliesMedia(200, "text/csv").repliesMedia(200, "text/html"); },
            [] { return Reply::bytes(200, "text/html", "<p>"); });
        assertStatus(
            200, [](auto route) { return route.repliesMedia(200, "application/ld+json"); },
            [] { return Reply::bytes(200, "application/json", "{}"); });
    }

    void headsOfStreamsAreHeldToIt() {
        using mortise::Reply;
        const auto named = [this](const char* message, const auto& say, Reply (*head)()) {
            streamX(say, head);
            const FakeAnswer answer = host_->call("GET", "/x");
            CPPUNIT_ASSERT_EQUAL(500u, answer.status);
            CPPUNIT_ASSERT_EQUAL(std::string(message), answer.body);
            CPPUNIT_ASSERT_EQUAL(1u, answer.terminalCalls);
        };
        const auto goesOut = [this](std::uint32_t status, const auto& say, Reply (*head)()) {
            streamX(say, head);
            CPPUNIT_ASSERT_EQUAL(status, host_->call("GET", "/x").status);
        };
        named(
            "GET /x replied 200 with text/plain; charset=utf-8, which replies<>(200) does not say: it says Plum",
            [](auto route) { return route.template replies<Plum>(200); }, [] { return Reply::text(200, "plum"); });
        named(
            "GET /x replied 200 with application/json, which replies<>(200) does not say: it says no body",
            [](auto route) { return route.replies(200); }, [] { return Reply::bytes(200, "application/json", "{}"); });
        named(
            "GET /x replied 200 with text/html, which replies<>(200) does not say: it says text/csv",
            [](auto route) { return route.repliesMedia(200, "text/csv"); },
            [] { return Reply::bytes(200, "text/html", ""); });
        named(
            "GET /x replied 404 with text/html, which replies<>(404) does not say: it says an error",
            [](auto route) { return route.repliesError(404); }, [] { return Reply::bytes(404, "text/html", ""); });
        goesOut(
            200, [](auto route) { return route.repliesMedia(200, "text/csv"); },
            [] { return Reply::bytes(200, "text/csv", "a,b"); });
        goesOut(
            200, [](auto route) { return route.template replies<Plum>(200); },
            [] { return Reply::rawJson(200, "{"); }); // the rest of it follows
        goesOut(
            202, [](auto route) { return route.repliesMedia(200, "text/csv"); },
            [] { return Reply::bytes(202, "text/html", ""); });
        // The turn is still the handler's.
        Documented::declare = [](mortise::Setup& setup) {
            setup.get("/x").replies<Plum>(200).handle([](mortise::Request& request) -> Reply {
                try {
                    request.stream(Reply::text(200, "plum"));
                } catch (const mortise::Invalid&) {
                    return Plum();
                }
                return Reply::later();
            });
        };
        start();
        CPPUNIT_ASSERT_EQUAL(200u, host_->call("GET", "/x").status);
    }

    void whatIsNotDocumentedIsFree() {
        assertStatus(
            201, [](auto route) { return route.template replies<Plum>(200); }, [] { return mortise::created(Fig()); });
        assertStatus(
            404, [](auto route) { return route.template replies<Plum>(200); }, [] { return mortise::notFound(); });
        assertStatus(
            304, [](auto route) { return route.template replies<Plum>(200); },
            [] { return mortise::Reply::empty(304); });
    }

    void refusalsOfTheLayerAreNotTheHandlers() {
        Documented::declare = [](mortise::Setup& setup) {
            setup.get("/x").replies<Fig>(500).handle(
                [](mortise::Request&) -> mortise::Reply { throw mortise::Error("thrown"); });
        };
        start();
        CPPUNIT_ASSERT_EQUAL(std::string("thrown"), host_->call("GET", "/x").body);
    }

    // Each step of a chain may be kept: it declares the route or filter that the chain began.
    void buildersAreHandles() {
        Documented::declare = [](mortise::Setup& setup) {
            const auto& step = setup.get("/x").summary("First").authenticated();
            const auto described = step.description("Second").body<Plum>();
            step.summary("Third");
            described.handle([](mortise::Request&, const Plum& plum) { return plum; });
            const auto& filter = setup.filter("kept").after("cors");
            filter.before("auth");
            filter.onFinish([](const mortise::Finished&) {});
        };
        start();
        const auto& route = host_->route("GET", "/x");
        CPPUNIT_ASSERT_EQUAL(std::string("Third"), route.summary);
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{MORTISE_AUTHENTICATION_REQUIRED}, route.authentication);
        const auto& filters = *plugin_->extension<mortise_plugin_filter>(MORTISE_FILTER_EXTENSION);
        CPPUNIT_ASSERT_EQUAL(1u, filters.filter_count);
        CPPUNIT_ASSERT_EQUAL(std::string("cors"), textOf(filters.filters[0].after));
        CPPUNIT_ASSERT_EQUAL(std::string("auth"), textOf(filters.filters[0].before));
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{MORTISE_PHASE_FINISH}, filters.filters[0].phases);
    }

private:
    void start() {
        plugin_.reset();
        host_ = std::make_unique<FakeHost>();
        plugin_ = std::make_unique<FakeInstance>(
            *host_, *mortise::moduleOf<Documented>(0, nullptr, "test.documented", "1.0.0"));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(plugin_->error(), MORTISE_OK, plugin_->configure());
    }
    template<class Say, class Make>
    void declareX(Say say, Make make) {
        Documented::declare = [say, make](mortise::Setup& setup) {
            say(setup.get("/x")).handle([make](mortise::Request&) -> mortise::Reply { return make(); });
        };
        start();
    }
    template<class Say>
    void streamX(const Say& say, mortise::Reply (*head)()) {
        Documented::declare = [&say, head](mortise::Setup& setup) {
            say(setup.get("/x")).handle([head](mortise::Request& request) {
                request.stream(head()).end();
                return mortise::Reply::later();
            });
        };
        start();
    }
    template<class Say, class Make>
    void assertStatus(std::uint32_t status, Say say, Make make) {
        declareX(say, make);
        CPPUNIT_ASSERT_EQUAL(status, host_->call("GET", "/x").status);
    }
    template<class Say, class Make>
    void assertNamed(const std::string& message, Say say, Make make) {
        declareX(say, make);
        const FakeAnswer answer = host_->call("GET", "/x");
        CPPUNIT_ASSERT_EQUAL(500u, answer.status);
        CPPUNIT_ASSERT_EQUAL(message, answer.body); // which the host logs
    }

    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<FakeInstance> plugin_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(DocumentedRepliesTest);
