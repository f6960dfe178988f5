// SPDX-License-Identifier: Apache-2.0
// Declarations that mean nothing, or something else than is encoded, fail configure and are named.
#include "tests/support/fake_host.hpp"

#include <mortise/commands.hpp>
#include <mortise/filters.hpp>
#include <mortise/plugin.hpp>
#include <mortise/stream.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

using namespace mortise::test;

namespace {

struct Apple {
    std::string apple = "a";
};
MORTISE_DESCRIBE(Apple, field(apple))

struct Pear {
    std::string pear = "p";
    int weight = 1;
};
MORTISE_DESCRIBE(Pear, field(pear), field(weight))

// A Pear as it is sent is one, too.
struct Weighed {
    int weight = 2;
};
MORTISE_DESCRIBE(Weighed, field(weight))

struct Basket {
    std::vector<std::variant<Apple, Pear>> fruit;
};
MORTISE_DESCRIBE(Basket, field(fruit))

class Mistaken : public mortise::Plugin<> {
public:
    static inline std::function<void(mortise::Setup&, Mistaken&)> declare;

    Apple apple(mortise::Request&) const { return {}; }
    std::string word = "own";
    Apple own(mortise::Request&) noexcept { return {word}; }

private:
    void configure(mortise::Setup& setup) override { declare(setup, *this); }
};

struct FruitController {
    std::string word;
    Apple get(mortise::Request&) { return {word}; }
};

class AnotherPlugin : public mortise::Plugin<> {
public:
    Apple get(mortise::Request&) { return {}; }
};

const mortise_module& mistaken() {
    return *mortise::moduleOf<Mistaken>(0, nullptr, "test.mistakes", "1.0.0");
}

Apple anApple(mortise::Request&) {
    return {};
}

} // namespace

class DeclarationMistakesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DeclarationMistakesTest);
    CPPUNIT_TEST(aRouteWithoutAHandlerIsNamed);
    CPPUNIT_TEST(aFilterWithoutAHookIsNamed);
    CPPUNIT_TEST(aCommandWithoutAFunctionIsNamed);
    CPPUNIT_TEST(aHeaderFieldOfNoResponseIsNamed);
    CPPUNIT_TEST(anotherTypeThanIsDocumentedIsNamed);
    CPPUNIT_TEST(whatAHandlerReturnsIsDocumented);
    CPPUNIT_TEST(variantsAreDocumentedAsTheyAreSent);
    CPPUNIT_TEST(memberFunctionsHandle);
    CPPUNIT_TEST(handlersAreReleasedOnce);
    CPPUNIT_TEST(aReplyAfterStreamIsAnError);
    CPPUNIT_TEST_SUITE_END();

public:
    void tearDown() override { Mistaken::declare = nullptr; }

    void aRouteWithoutAHandlerIsNamed() {
        assertRefused([](mortise::Setup& setup, Mistaken&) { static_cast<void>(setup.get("/x")); },
                      "GET /x was declared without .handle()");
        assertRefused(
            [](mortise::Setup& setup, Mistaken&) {
                setup.get("/fine").handle(&anApple);
                setup.post("/a").summary("A").body<Apple>().query<Pear>().rejectUnknown();
                static_cast<void>(setup.del("/b"));
            },
            "POST /a was declared without .handle(); DELETE /b was declared without .handle()");
    }
    void aFilterWithoutAHookIsNamed() {
        assertRefused([](mortise::Setup& setup, Mistaken&) { setup.filter("idle").after("cors"); },
                      "filter 'idle' was declared without onRequest(), onRespond() or onFinish()");
    }
    void aCommandWithoutAFunctionIsNamed() {
        assertRefused([](mortise::Setup& setup, Mistaken&) { setup.command("idle", "", "Nothing", nullptr); },
                      "command 'idle' was declared without a function");
    }
    void aHeaderFieldOfNoResponseIsNamed() {
        assertRefused([](mortise::Setup& setup, Mistaken&) { setup.get("/x").header("ETag").handle(&anApple); },
                      "GET /x: header() without a response: replies<T>(200) or another comes before it");
    }
    void anotherTypeThanIsDocumentedIsNamed() {
        assertRefused([](mortise::Setup& setup, Mistaken&) { setup.get("/x").replies<Pear>(200).handle(&anApple); },
                      "GET /x: its handler returns Apple, which replies<>(200) does not say: it says Pear");
        assertRefused([](mortise::Setup& setup, Mistaken&) { setup.get("/x").replies(200).handle(&anApple); },
                      "GET /x: its handler returns Apple, which replies<>(200) does not say: it says no body");
        assertRefused(
            [](mortise::Setup& setup, Mistaken&) { setup.get("/x").repliesMedia(200, "text/csv").handle(&anApple); },
            "GET /x: its handler returns Apple, which replies<>(200) does not say: it says text/csv");
        assertRefused(
            [](mortise::Setup& setup, Mistaken&) {
                setup.get("/x").replies<Apple>(200).handle(
                    [](mortise::Request&) -> std::variant<Apple, Pear> { return Apple(); });
            },
            "GET /x: its handler returns Apple or Pear, which replies<>(200) does not say: it says Apple");
    }
    void whatAHandlerReturnsIsDocumented() {
        configure([](mortise::Setup& setup, Mistaken&) {
            setup.get("/by-type").handle(&anApple);
            setup.get("/said").replies<Apple>(200, "One").handle(&anApple);
            setup.get("/made").replies<Apple>(201).handle(&anApple);
            setup.get("/reply").handle([](mortise::Request&) { return mortise::noContent(); });
            setup.get("/perhaps").handle([](mortise::Request&) -> std::variant<Apple, mortise::Reply> {
                return mortise::notFound("gone");
            });
            setup.get("/list").handle([](mortise::Request&) { return std::vector<Apple>(2); });
        });
        CPPUNIT_ASSERT_EQUAL(std::string("200 ") + mortise::answerSchemaOf<Apple>(), responses("/by-type"));
        CPPUNIT_ASSERT_EQUAL(std::string("200 ") + mortise::answerSchemaOf<Apple>(), responses("/said"));
        CPPUNIT_ASSERT_EQUAL(std::string("One"), host_.route("GET", "/said").responses[0].message);
        CPPUNIT_ASSERT_EQUAL("201 " + mortise::answerSchemaOf<Apple>() + "|200 " + mortise::answerSchemaOf<Apple>(),
                             responses("/made"));
        CPPUNIT_ASSERT_EQUAL(std::string(), responses("/reply"));
        CPPUNIT_ASSERT_EQUAL("200 " + mortise::answerSchemaOf<Apple>(), responses("/perhaps"));
        CPPUNIT_ASSERT_EQUAL(404u, host_.call("GET", "/perhaps").status);
        CPPUNIT_ASSERT_EQUAL(std::string(R"([{"apple":"a"},{"apple":"a"}])"), host_.call("GET", "/list").body);
        CPPUNIT_ASSERT_EQUAL(R"(200 {"type":"array","items":)" + mortise::answerSchemaOf<Apple>() + "}",
                             responses("/list"));
    }
    void variantsAreDocumentedAsTheyAreSent() {
        configure([](mortise::Setup& setup, Mistaken&) {
            setup.get("/either").handle([](mortise::Request&) -> std::variant<Apple, Pear> { return Pear(); });
            setup.get("/alike").handle([](mortise::Request&) -> std::variant<Weighed, Pear> { return Weighed(); });
            setup.get("/basket").handle([](mortise::Request&) { return Basket{{Apple(), Pear()}}; });
        });
        const std::string apple = mortise::answerSchemaOf<Apple>();
        const std::string pear = mortise::answerSchemaOf<Pear>();
        CPPUNIT_ASSERT_EQUAL(R"(200 {"oneOf":[)" + apple + "," + pear + "]}", responses("/either"));
        CPPUNIT_ASSERT_EQUAL(R"(200 {"anyOf":[)" + mortise::answerSchemaOf<Weighed>() + "," + pear + "]}",
                             responses("/alike"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"pear":"p","weight":1})"), host_.call("GET", "/either").body);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"weight":2})"), host_.call("GET", "/alike").body);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"fruit":[{"apple":"a"},{"pear":"p","weight":1}]})"),
                             host_.call("GET", "/basket").body);
    }
    void memberFunctionsHandle() {
        FruitController controller{"controlled"};
        configure([&](mortise::Setup& setup, Mistaken& plugin) {
            setup.get("/const").handle(&Mistaken::apple);
            setup.get("/own").handle(&Mistaken::own);
            setup.get("/object").handle(&controller, &FruitController::get);
            setup.get("/this").handle(&plugin, &Mistaken::own);
        });
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"apple":"a"})"), host_.call("GET", "/const").body);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"apple":"own"})"), host_.call("GET", "/own").body);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"apple":"own"})"), host_.call("GET", "/this").body);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"apple":"controlled"})"), host_.call("GET", "/object").body);
        assertRefused([](mortise::Setup& setup, Mistaken&) { setup.get("/x").handle(&AnotherPlugin::get); },
                      "GET /x: its handler is a member function of a class that the plugin is not");
        assertRefused(
            [](mortise::Setup& setup, Mistaken&) {
                setup.get("/x").handle(static_cast<FruitController*>(nullptr), &FruitController::get);
            },
            "GET /x: its handler is a member function without an object");
    }
    void handlersAreReleasedOnce() {
        const auto counted = std::make_shared<int>(0);
        configure([&](mortise::Setup& setup, Mistaken&) {
            setup.get("/a").handle([counted](mortise::Request&) { return mortise::noContent(); });
        });
        CPPUNIT_ASSERT(counted.use_count() > 1);
        Mistaken::declare = nullptr;
        plugin_.reset();
        CPPUNIT_ASSERT_EQUAL(1L, counted.use_count());
        // What the host does not take stays the caller's, who gives it back.
        FakeHost refusing;
        refusing.addStatus = MORTISE_INVALID;
        Mistaken::declare = [counted](mortise::Setup& setup, Mistaken&) {
            setup.get("/a").handle([counted](mortise::Request&) { return mortise::noContent(); });
        };
        FakeInstance refused(refusing, mistaken());
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, refused.configure());
        Mistaken::declare = nullptr;
        CPPUNIT_ASSERT_EQUAL(1L, counted.use_count());
    }
    void aReplyAfterStreamIsAnError() {
        configure([](mortise::Setup& setup, Mistaken&) {
            setup.get("/reply").handle([](mortise::Request& request) {
                request.stream(mortise::Reply::text(200, "a")).end();
                return mortise::noContent();
            });
            setup.get("/struct").handle([](mortise::Request& request) {
                request.stream(mortise::Reply::rawJson(200, "{}")).end();
                return Apple();
            });
        });
        for (const std::string path : {"/reply", "/struct"}) {
            host_.records.clear();
            CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, host_.call("GET", path).returned);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host_.records.size());
            CPPUNIT_ASSERT_EQUAL("GET " + path, host_.records[0].fields["route"]);
            CPPUNIT_ASSERT(host_.records[0].level == MORTISE_LOG_ERROR);
        }
    }

private:
    void configure(std::function<void(mortise::Setup&, Mistaken&)> declare) {
        Mistaken::declare = std::move(declare);
        plugin_ = std::make_unique<FakeInstance>(host_, mistaken());
        CPPUNIT_ASSERT_EQUAL_MESSAGE(plugin_->error(), MORTISE_OK, plugin_->configure());
    }
    static void assertRefused(std::function<void(mortise::Setup&, Mistaken&)> declare, const std::string& message) {
        FakeHost host;
        Mistaken::declare = std::move(declare);
        FakeInstance plugin(host, mistaken());
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, plugin.configure());
        CPPUNIT_ASSERT_EQUAL(message, plugin.error());
    }
    std::string responses(std::string_view path) {
        std::string all;
        for (const FakeResponseNote& one : host_.route("GET", std::string(path)).responses)
            all.append(all.empty() ? "" : "|").append(std::to_string(one.status)).append(" ").append(one.schema);
        return all;
    }

    FakeHost host_;
    std::unique_ptr<FakeInstance> plugin_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(DeclarationMistakesTest);
