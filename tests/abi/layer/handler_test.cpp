// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <mortise/passwords.hpp>
#include <mortise/plugin.hpp>
#include <mortise/stream.hpp>
#include <mortise/timers.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <stdexcept>
#include <thread>

using namespace mortise::test;

namespace {

struct Input {
    std::string name;
    std::int64_t count = 3;
};
MORTISE_DESCRIBE(Input, field(name), field(count).defaults(3))

struct Views {
    std::string_view text;
};
MORTISE_DESCRIBE(Views, field(text))

struct Page {
    std::int64_t page = 1;
};
MORTISE_DESCRIBE(Page, field(page).min(1).defaults(1))

struct Where {
    std::int64_t id = 0;
};
MORTISE_DESCRIBE(Where, field(id))

struct Output {
    std::string text;
};
MORTISE_DESCRIBE(Output, field(text))

std::string_view isWord(const std::string& text) {
    return text.find(' ') == std::string::npos ? std::string_view() : "must be one word";
}

struct Note {
    std::string title;
    std::string secret;
};
MORTISE_DESCRIBE(Note, field(title).check(isWord), field(secret).optional().secret())

struct Sender {
    std::string userAgent;
    std::optional<std::int32_t> x_retry;
};
MORTISE_DESCRIBE(Sender, field(userAgent).check(isWord, "word"), field(x_retry))

struct Session {
    std::string theme = "light";
};
MORTISE_DESCRIBE(Session, field(theme).defaults("dark").check(isWord))

struct Slug {
    std::string slug;
};
MORTISE_DESCRIBE(Slug, field(slug).check(isWord))

class Plugin : public mortise::Plugin<> {
public:
    static inline std::vector<mortise::Deferred> kept;
    static inline std::vector<mortise::Stream> streams;

    void configure(mortise::Setup& setup) override {
        setup.get("/struct").handle([](mortise::Request&) { return Output{"plain"}; });
        setup.patch("/owned/:id").owner("id").body<Note>().handle([](mortise::Request&, const Note&) {
            return Output{"own"};
        });
        setup.get("/checked/:id")
            .optionallyAuthenticated()
            .check([](const mortise::Caller& caller) {
                if (caller.parameter("id") == "none") throw mortise::HttpError(404, "Not here");
                if (caller.parameter("id") == "input")
                    throw mortise::InvalidInput({{"path", "/id", "custom", "must be another"}});
            })
            .check([](const mortise::Caller& caller) {
                if (!caller.principal() || !caller.turn()) throw mortise::HttpError(403, "Forbidden");
            })
            .handle([](mortise::Request&) { return Output{"checked"}; });
        setup.get("/error").handle([](mortise::Request&) -> mortise::Reply { throw std::runtime_error("thrown"); });
        setup.get("/number").handle([](mortise::Request&) -> mortise::Reply { throw 42; });
        setup.get("/busy").handle([](mortise::Request&) -> mortise::Reply { throw mortise::Busy(); });
        setup.post("/all/:id")
            .body<Input>()
            .query<Page>()
            .path<Where>()
            .handle([](mortise::Request&, const Input& input, const Page& page, const Where& where) {
                return Output{input.name + " " + std::to_string(input.count) + " " + std::to_string(page.page) + " " +
                              std::to_string(where.id)};
            });
        setup.post("/everything/:slug")
            .description("Long *words*")
            .operationId("everything")
            .deprecated()
            .hidden()
            .body<Note>()
            .cookies<Session>()
            .headers<Sender>()
            .path<Slug>()
            .query<Page>()
            .replies<Note>(200, "All of it")
            .repliesMedia(201, "image/png", "A picture")
            .repliesError(400)
            .handle([](mortise::Request&, const Note& note, const Page& page, const Slug& slug, const Sender& sender,
                       const Session& session) {
                return Note{note.title + "|" + std::to_string(page.page) + "|" + slug.slug + "|" + sender.userAgent +
                                "|" + std::to_string(sender.x_retry.value_or(-1)) + "|" + session.theme,
                            note.secret};
            });
        setup.post("/raw").rawBody("text/csv, text/plain").handle([](mortise::Request&) {
            return mortise::noContent();
        });
        setup.post("/views").body<Input>().handle(
            [](mortise::Request&, const Input& input) { return Views{input.name}; });
        setup.post("/optional").body<Input>().bodyOptional().handle([](mortise::Request&, const Input& input) {
            return Output{std::to_string(input.count)};
        });
        setup.get("/fields").handle([](mortise::Request& request) -> mortise::Reply {
            return mortise::Reply::text(
                200, std::string(request.field("x-ONE")) + "|" + std::string(request.field("X-@")) + "|" +
                         std::string(request.parameter("id")) + "|" + std::string(request.principal().id()));
        });
        setup.get("/invalid").handle([](mortise::Request&) {
            return mortise::invalid({{"body", "/a", "own", "is bad"}, {"query", "/b", "other", "is bad"}});
        });
        setup.get("/created").handle([](mortise::Request&) {
            return mortise::created(Output{"x"}).location("/x/1").noStore().block(mortise::HeaderBlock{9});
        });
        setup.get("/large").handle(
            [](mortise::Request&) { return mortise::Reply::text(200, std::string(64 * 1024, 'x')); });
        setup.get("/constant").handle([](mortise::Request&) {
            return mortise::Reply::constant(200, "text/css", "a{}");
        });
        setup.get("/keep").handle([](mortise::Request& request) {
            kept.push_back(request.defer());
            return mortise::Reply::later();
        });
        setup.get("/keep-and-throw").handle([](mortise::Request& request) -> mortise::Reply {
            kept.push_back(request.defer());
            throw std::runtime_error("thrown after a defer");
        });
        setup.get("/answer-and-throw").handle([](mortise::Request& request) -> mortise::Reply {
            request.defer().reply(Output{"first"});
            throw std::runtime_error("thrown after an answer");
        });
        setup.get("/later-only").handle([](mortise::Request&) { return mortise::Reply::later(); });
        setup.get("/drop").handle([](mortise::Request& request) {
            { const mortise::Deferred dropped = request.defer(); }
            return mortise::Reply::later();
        });
        setup.get("/defer-twice").handle([](mortise::Request& request) -> mortise::Reply {
            const mortise::Deferred one = request.defer();
            const mortise::Deferred two = request.defer();
            return mortise::Reply::later();
        });
        setup.post("/hash").body<Input>().handle(
            [this](mortise::Request& request, const Input& input) -> mortise::Reply {
                passwords().hash(input.name, [later = request.defer()](mortise::HashResult result) mutable {
                    if (result.hash == "hash of throw") throw std::runtime_error("thrown in a callback");
                    later.reply(Output{result.hash});
                });
                return mortise::Reply::later();
            });
        setup.get("/timer").handle([this](mortise::Request& request) -> mortise::Reply {
            timers().after(std::chrono::milliseconds(5),
                           [later = request.defer()]() mutable { later.reply(Output{"tick"}); });
            return mortise::Reply::later();
        });
        setup.get("/stream").handle([](mortise::Request& request) -> mortise::Reply {
            mortise::Stream stream = request.stream(mortise::Reply::text(200, "a"));
            stream.write("b");
            stream.end();
            return mortise::Reply::later();
        });
        setup.get("/wide").handle([](mortise::Request&) { return Output{std::string(3000, 'w')}; });
        setup.get("/reply-inside").handle([](mortise::Request& request) -> mortise::Reply {
            request.defer().reply(Output{"by the Deferred"});
            return mortise::Reply::later();
        });
        setup.get("/reply-inside-and-out").handle([](mortise::Request& request) -> mortise::Reply {
            std::thread([later = request.defer()]() mutable { later.reply(Output{"by a thread"}); }).join();
            return Output{"by the handler"};
        });
        setup.get("/struct-and-defer").handle([](mortise::Request& request) {
            kept.push_back(request.defer());
            return Output{"by the handler"};
        });
        setup.get("/stream-or-later").handle([](mortise::Request& request) -> mortise::Reply {
            try {
                request.stream(mortise::Reply::text(200, "a"));
            } catch (const mortise::Error&) { // it was to be answered by the stream
            }
            return mortise::Reply::later();
        });
        setup.get("/stream-of-an-error").handle([](mortise::Request& request) -> mortise::Reply {
            request.stream(mortise::notFound());
            return mortise::Reply::later();
        });
        setup.get("/commit").handle([this](mortise::Request& request) -> mortise::Reply {
            const bool first = beginCommit(request);
            return Output{first && beginCommit(request) && beginCommit(mortise::Turn()) ? "stored" : "rolled back"};
        });
        setup.get("/time-left").handle([this](mortise::Request& request) -> mortise::Reply {
            const auto count = [](std::chrono::milliseconds left) {
                return left == std::chrono::milliseconds::max() ? std::string("unlimited")
                                                                : std::to_string(left.count());
            };
            return Output{count(request.timeLeft()) + " " + count(timeLeft(request)) + " " +
                          count(timeLeft(mortise::Turn()))};
        });
        setup.get("/keep-stream").handle([](mortise::Request& request) -> mortise::Reply {
            streams.push_back(request.stream(mortise::Reply::text(200, "a")));
            return mortise::Reply::later();
        });
        setup.get("/cut").handle([](mortise::Request& request) -> mortise::Reply {
            mortise::Stream stream = request.stream(mortise::Reply::text(200, "a"));
            throw std::runtime_error("thrown in a stream");
        });
    }
};

const mortise_module& module() {
    return *mortise::moduleOf<Plugin>(0, nullptr, "test.handler", "1.0.0");
}

} // namespace

class HandlerTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(HandlerTest);
    CPPUNIT_TEST(ownersAreAskedOnceTheRequestIsValid);
    CPPUNIT_TEST(rulesHoldInTheirOrder);
    CPPUNIT_TEST(exceptionsAre500);
    CPPUNIT_TEST(busyGoesToAWorkerAndThenAway);
    CPPUNIT_TEST(anAbsentExchangeServiceIsAnError);
    CPPUNIT_TEST(refusedRoutesFailConfigure);
    CPPUNIT_TEST(checksAnswerForAllPlaces);
    CPPUNIT_TEST(checkedPathsAreNotThere);
    CPPUNIT_TEST(decodesBodyQueryAndPath);
    CPPUNIT_TEST(decodesHeadersAndCookies);
    CPPUNIT_TEST(declaresWhatDocumentationWants);
    CPPUNIT_TEST(answersMayPointIntoWhatCameIn);
    CPPUNIT_TEST(aMissingOptionalBodyKeepsInitialisers);
    CPPUNIT_TEST(findsFieldsInAnyCase);
    CPPUNIT_TEST(writesErrorsInTheirShape);
    CPPUNIT_TEST(writesWholeReplies);
    CPPUNIT_TEST(handsLargeBodiesOver);
    CPPUNIT_TEST(deferredAnswersOnce);
    CPPUNIT_TEST(droppedDeferredIsAbandoned);
    CPPUNIT_TEST(droppedInsideTheHandlerIs500);
    CPPUNIT_TEST(throwingAfterADeferAnswersOnce);
    CPPUNIT_TEST(laterNeedsADefer);
    CPPUNIT_TEST(fullQueueIs503);
    CPPUNIT_TEST(passwordsComeBack);
    CPPUNIT_TEST(throwingCallbackAbandons);
    CPPUNIT_TEST(timersFireOrEndWithTheInstance);
    CPPUNIT_TEST(streams);
    CPPUNIT_TEST(refusedStreamsAre500);
    CPPUNIT_TEST(repliesInsideTheCallArePending);
    CPPUNIT_TEST(lateCallsAreHarmless);
    CPPUNIT_TEST(aLostClientOnlyInforms);
    CPPUNIT_TEST(commitsAreClaimed);
    CPPUNIT_TEST(theTimeLeftIsTold);
    CPPUNIT_TEST(repliesThatCannotBeMadeEndTheTurn);
    CPPUNIT_TEST(structsAreWrittenIntoLentMemory);
    CPPUNIT_TEST(structsNeedNoLentMemory);
    CPPUNIT_TEST(manyThreadsAnswerOnce);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        host_ = std::make_unique<FakeHost>();
        plugin_ = std::make_unique<FakeInstance>(*host_, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->configure());
    }
    void tearDown() override {
        Plugin::kept.clear();
        Plugin::streams.clear();
        plugin_.reset();
        host_.reset();
    }

    void exceptionsAre500() {
        for (const auto& [path, text] : {std::pair("/error", "thrown"), std::pair("/number", "unknown type")}) {
            const FakeAnswer answer = host_->call("GET", path);
            CPPUNIT_ASSERT_EQUAL(MORTISE_REPLIED, answer.returned);
            CPPUNIT_ASSERT_EQUAL(500u, answer.status);
            CPPUNIT_ASSERT(answer.error && answer.body.find(text) != std::string::npos);
            CPPUNIT_ASSERT_EQUAL(1u, answer.terminalCalls);
        }
    }
    void busyGoesToAWorkerAndThenAway() {
        FakeRequest onLoop;
        onLoop.onLoop = true;
        const FakeAnswer first = host_->call("GET", "/busy", onLoop);
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, first.returned);
        CPPUNIT_ASSERT_EQUAL(0u, first.terminalCalls);
        const FakeAnswer second = host_->call("GET", "/busy");
        CPPUNIT_ASSERT_EQUAL(503u, second.status);
        CPPUNIT_ASSERT_EQUAL(std::string("1"), second.fields.at("Retry-After"));
    }
    void anAbsentExchangeServiceIsAnError() {
        FakeHost bare;
        bare.absent(MORTISE_EXCHANGE_SERVICE);
        FakeInstance plugin(bare, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, bare.call("GET", "/error").returned);
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, bare.call("GET", "/struct").returned);
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, bare.call("GET", "/created").returned);
    }
    void refusedRoutesFailConfigure() {
        FakeHost strict;
        strict.addStatus = MORTISE_INVALID;
        FakeInstance plugin(strict, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, plugin.configure());
        CPPUNIT_ASSERT_EQUAL(std::string("GET /struct: refused by the test"), plugin.error());
        FakeHost none;
        none.absent(MORTISE_ROUTES_SERVICE);
        FakeInstance other(none, module());
        CPPUNIT_ASSERT(other.configure() < 0);
        CPPUNIT_ASSERT_EQUAL(std::string("mortise.routes/1 is absent"), other.error());
    }
    void checksAnswerForAllPlaces() {
        FakeRequest request;
        request.body = R"({"title":"two words","secret":"s"})";
        request.parameters = {{"slug", "a"}};
        request.fields = {{"User-Agent", "two words"}};
        request.cookies = {{"theme", "two words"}};
        const FakeAnswer answer = host_->call("POST", "/everything/:slug", request);
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{400}, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("Validation error"), answer.body);
        CPPUNIT_ASSERT(answer.details == (std::vector<std::string>{"body /title custom", "header /user-agent word",
                                                                   "cookie /theme custom"}));
    }
    void checkedPathsAreNotThere() {
        FakeRequest request;
        request.body = R"({"title":"two words"})";
        request.parameters = {{"slug", "a b"}};
        request.fields = {{"User-Agent", "u"}};
        const FakeAnswer answer = host_->call("POST", "/everything/:slug", request);
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{404}, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("Route not found"), answer.body);
    }
    void decodesHeadersAndCookies() {
        FakeRequest request;
        request.query = "page=2";
        request.body = R"({"title":"t","secret":"s"})";
        request.parameters = {{"slug", "a"}};
        request.fields = {{"User-Agent", "u"}, {"X-RETRY", "7"}, {"Other", "o"}};
        request.cookies = {{"theme", "blue"}, {"other", "o"}};
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"title":"t|2|a|u|7|blue"})"),
                             host_->call("POST", "/everything/:slug", request).body);
        request.fields.erase("X-RETRY");
        request.cookies.clear();
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"title":"t|2|a|u|-1|dark"})"),
                             host_->call("POST", "/everything/:slug", request).body);
    }
    void declaresWhatDocumentationWants() {
        const FakeRoute& route = host_->route("POST", "/everything/:slug");
        CPPUNIT_ASSERT_EQUAL(std::string("Long *words*"), route.description);
        CPPUNIT_ASSERT_EQUAL(std::string("everything"), route.operationId);
        CPPUNIT_ASSERT_EQUAL(MORTISE_ROUTE_DEPRECATED | MORTISE_ROUTE_HIDDEN, route.flags);
        CPPUNIT_ASSERT(route.responses.size() == 3 && route.responses[0].status == 200 &&
                       route.responses[1].status == 201 && route.responses[2].status == 400);
        CPPUNIT_ASSERT_EQUAL(std::string("image/png"), route.responses[1].mediaType);
        CPPUNIT_ASSERT(route.responses[0].mediaType.empty() && route.responses[2].mediaType.empty());
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                R"({"type":"object","title":"Note","properties":{"title":{"type":"string"}},"required":["title"]})"),
            route.responses[0].schema);
        CPPUNIT_ASSERT(route.responses[1].schema.empty() && !route.responses[2].schema.empty());
        CPPUNIT_ASSERT_EQUAL(std::string("text/csv, text/plain"), host_->route("POST", "/raw").bodyMediaTypes);
        CPPUNIT_ASSERT_EQUAL(MORTISE_ROUTE_RAW_BODY, host_->route("POST", "/raw").flags);
    }
    void decodesBodyQueryAndPath() {
        FakeRequest request;
        request.body = R"({"name":"Ada","unknown":[1]})";
        request.query = "page=4";
        request.parameters = {{"id", "17"}};
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"Ada 3 4 17"})"), host_->call("POST", "/all/:id", request).body);
    }
    void answersMayPointIntoWhatCameIn() {
        FakeRequest request;
        request.body = R"({"name":"a name that is longer than any string keeps inside itself"})";
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"a name that is longer than any string keeps inside itself"})"),
                             host_->call("POST", "/views", request).body);
    }
    void aMissingOptionalBodyKeepsInitialisers() {
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"3"})"), host_->call("POST", "/optional").body);
    }
    void findsFieldsInAnyCase() {
        FakeRequest request;
        request.fields = {{"X-One", "1"}, {"x-`", "no"}};
        request.parameters = {{"id", "p"}};
        request.principal = "me";
        CPPUNIT_ASSERT_EQUAL(std::string("1||p|me"), host_->call("GET", "/fields", request).body);
    }
    void writesErrorsInTheirShape() {
        const FakeAnswer answer = host_->call("GET", "/invalid");
        CPPUNIT_ASSERT_EQUAL(400u, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("Validation error"), answer.body);
        CPPUNIT_ASSERT(answer.details == (std::vector<std::string>{"body /a own", "query /b other"}));
        using namespace mortise;
        CPPUNIT_ASSERT_EQUAL(401u, unauthorized("x").code());
        CPPUNIT_ASSERT_EQUAL(std::string("Bearer"), unauthorized("x").fields().at(0).second);
        CPPUNIT_ASSERT_EQUAL(403u, forbidden().code());
        CPPUNIT_ASSERT_EQUAL(404u, notFound().code());
        CPPUNIT_ASSERT_EQUAL(409u, conflict().code());
        CPPUNIT_ASSERT_EQUAL(204u, noContent().code());
        CPPUNIT_ASSERT_EQUAL(std::string("no-store"), notFound().noStore().fields().at(0).second);
    }
    void writesWholeReplies() {
        const FakeAnswer made = host_->call("GET", "/created");
        CPPUNIT_ASSERT_EQUAL(201u, made.status);
        CPPUNIT_ASSERT_EQUAL(MORTISE_REPLY_JSON | MORTISE_REPLY_NO_STORE, made.flags);
        CPPUNIT_ASSERT_EQUAL(std::string("/x/1"), made.fields.at("Location"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{9}, made.block);
        const FakeAnswer plain = host_->call("GET", "/struct");
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"plain"})"), plain.body);
        CPPUNIT_ASSERT_EQUAL(200u, plain.status);
    }
    void handsLargeBodiesOver() {
        const FakeAnswer large = host_->call("GET", "/large");
        CPPUNIT_ASSERT(large.released && large.body.size() == 64 * 1024);
        const FakeAnswer constant = host_->call("GET", "/constant");
        CPPUNIT_ASSERT(constant.released && constant.body == "a{}");
        CPPUNIT_ASSERT_EQUAL(std::string("text/css"), constant.fields.at("Content-Type"));
    }
    void deferredAnswersOnce() {
        const auto exchange = host_->begin("GET", "/keep");
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, host_->answer(exchange).returned);
        CPPUNIT_ASSERT_EQUAL(0u, host_->answer(exchange).terminalCalls);
        mortise::Deferred later = std::move(Plugin::kept.front());
        CPPUNIT_ASSERT(later.reply(Output{"late"}));
        CPPUNIT_ASSERT(!later.reply(Output{"again"}));
        CPPUNIT_ASSERT(!later);
        CPPUNIT_ASSERT_EQUAL(1u, host_->answer(exchange).terminalCalls);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"late"})"), host_->answer(exchange).body);
    }
    void droppedDeferredIsAbandoned() {
        const auto exchange = host_->begin("GET", "/keep");
        Plugin::kept.clear();
        CPPUNIT_ASSERT(host_->answer(exchange).abandoned);
        const auto other = host_->begin("GET", "/keep");
        CPPUNIT_ASSERT(!Plugin::kept.front().reply(mortise::Reply::later()));
        CPPUNIT_ASSERT(host_->answer(other).abandoned);
    }
    void droppedInsideTheHandlerIs500() {
        const FakeAnswer dropped = host_->call("GET", "/drop");
        CPPUNIT_ASSERT_EQUAL(500u, dropped.status);
        CPPUNIT_ASSERT_EQUAL(MORTISE_REPLIED, dropped.returned);
        CPPUNIT_ASSERT_EQUAL(1u, dropped.terminalCalls);
        const FakeAnswer twice = host_->call("GET", "/defer-twice");
        CPPUNIT_ASSERT_EQUAL(500u, twice.status);
        CPPUNIT_ASSERT_EQUAL(1u, twice.terminalCalls);
    }
    void throwingAfterADeferAnswersOnce() {
        const auto exchange = host_->begin("GET", "/keep-and-throw");
        CPPUNIT_ASSERT_EQUAL(500u, host_->answer(exchange).status);
        CPPUNIT_ASSERT(!Plugin::kept.front().reply(Output{"too late"}));
        CPPUNIT_ASSERT_EQUAL(1u, host_->answer(exchange).terminalCalls);
        const FakeAnswer answered = host_->call("GET", "/answer-and-throw");
        CPPUNIT_ASSERT_EQUAL(200u, answered.status);
        CPPUNIT_ASSERT_EQUAL(1u, answered.terminalCalls);
    }
    void laterNeedsADefer() { CPPUNIT_ASSERT_EQUAL(500u, host_->call("GET", "/later-only").status); }
    void fullQueueIs503() {
        host_->passwordStatus = MORTISE_BUSY;
        FakeRequest request;
        request.body = R"({"name":"secret"})";
        const FakeAnswer busy = host_->call("POST", "/hash", request);
        CPPUNIT_ASSERT_EQUAL(503u, busy.status);
        CPPUNIT_ASSERT_EQUAL(1u, busy.terminalCalls);
        CPPUNIT_ASSERT(busy.fields.count("Retry-After") == 1);
        host_->passwordStatus = MORTISE_INVALID;
        CPPUNIT_ASSERT_EQUAL(500u, host_->call("POST", "/hash", request).status);
    }
    void passwordsComeBack() {
        FakeRequest request;
        request.body = R"({"name":"secret"})";
        const auto exchange = host_->begin("POST", "/hash", request);
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, host_->answer(exchange).returned);
        host_->runPending();
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"hash of secret"})"), host_->answer(exchange).body);
    }
    void throwingCallbackAbandons() {
        FakeRequest request;
        request.body = R"({"name":"throw"})";
        const auto exchange = host_->begin("POST", "/hash", request);
        host_->runPending();
        CPPUNIT_ASSERT(host_->answer(exchange).abandoned);
        CPPUNIT_ASSERT_EQUAL(std::string("A callback threw"), host_->records.back().message);
        CPPUNIT_ASSERT_EQUAL(std::string("thrown in a callback"), host_->records.back().fields.at("error"));
    }
    void timersFireOrEndWithTheInstance() {
        const auto fired = host_->begin("GET", "/timer");
        host_->runPending();
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"tick"})"), host_->answer(fired).body);
        const auto waiting = host_->begin("GET", "/timer");
        plugin_.reset();
        CPPUNIT_ASSERT(host_->answer(waiting).abandoned);
    }
    void streams() {
        const FakeAnswer whole = host_->call("GET", "/stream");
        CPPUNIT_ASSERT_EQUAL(std::string("ab"), whole.body);
        CPPUNIT_ASSERT(!whole.abandoned && whole.terminalCalls == 1);
        const FakeAnswer cut = host_->call("GET", "/cut");
        CPPUNIT_ASSERT(cut.abandoned && cut.terminalCalls == 1);
        CPPUNIT_ASSERT_EQUAL(200u, cut.status);
    }
    void refusedStreamsAre500() {
        for (const mortise_status refused : {MORTISE_ERROR, MORTISE_UNSUPPORTED, MORTISE_BUSY}) {
            host_->beginStreamStatus = refused;
            for (const char* path : {"/stream", "/cut", "/stream-or-later"}) {
                const FakeAnswer answer = host_->call("GET", path);
                CPPUNIT_ASSERT_EQUAL(refused == MORTISE_BUSY && std::string_view(path) != "/stream-or-later" ? 503u
                                                                                                             : 500u,
                                     answer.status);
                CPPUNIT_ASSERT_EQUAL(MORTISE_REPLIED, answer.returned);
                CPPUNIT_ASSERT_EQUAL(1u, answer.terminalCalls);
            }
        }
        const FakeAnswer error = host_->call("GET", "/stream-of-an-error");
        CPPUNIT_ASSERT_EQUAL(500u, error.status);
        CPPUNIT_ASSERT_EQUAL(1u, error.terminalCalls);
    }
    // REPLIED says that the call itself has replied: a Deferred that did takes effect with PENDING.
    void repliesInsideTheCallArePending() {
        for (const char* path : {"/reply-inside", "/reply-inside-and-out", "/answer-and-throw", "/stream", "/cut"}) {
            const FakeAnswer answer = host_->call("GET", path);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(path, MORTISE_PENDING, answer.returned);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(path, 1u, answer.terminalCalls);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(path, 0u, answer.staleCalls);
        }
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"by a thread"})"),
                             host_->call("GET", "/reply-inside-and-out").body);
        // The other way round the handler has the turn, and the Deferred nothing to say any more.
        const auto exchange = host_->begin("GET", "/struct-and-defer");
        CPPUNIT_ASSERT_EQUAL(MORTISE_REPLIED, host_->answer(exchange).returned);
        CPPUNIT_ASSERT(!Plugin::kept.back().reply(Output{"by the Deferred"}));
        Plugin::kept.clear();
        CPPUNIT_ASSERT_EQUAL(1u, host_->answer(exchange).terminalCalls);
        CPPUNIT_ASSERT_EQUAL(0u, host_->answer(exchange).staleCalls);
    }
    void lateCallsAreHarmless() {
        const auto exchange = host_->begin("GET", "/keep");
        mortise::Deferred later = std::move(Plugin::kept.back());
        CPPUNIT_ASSERT(!later.cancelled());
        CPPUNIT_ASSERT(host_->endRequest(exchange));
        CPPUNIT_ASSERT(later.cancelled());
        CPPUNIT_ASSERT(!later.answer([] { return Output{"late"}; }));
        const auto dropped = host_->begin("GET", "/keep");
        CPPUNIT_ASSERT(host_->endRequest(dropped));
        Plugin::kept.clear();
        const auto streamed = host_->begin("GET", "/keep-stream");
        CPPUNIT_ASSERT(host_->endRequest(streamed));
        CPPUNIT_ASSERT(!Plugin::streams.back().write("b"));
        Plugin::streams.back().end();
        for (const auto ended : {exchange, dropped, streamed}) {
            CPPUNIT_ASSERT_EQUAL(503u, host_->answer(ended).status);
            CPPUNIT_ASSERT_EQUAL(0u, host_->answer(ended).terminalCalls);
        }
        CPPUNIT_ASSERT_EQUAL(1u, host_->answer(exchange).staleCalls);
        CPPUNIT_ASSERT_EQUAL(1u, host_->answer(dropped).staleCalls);
        CPPUNIT_ASSERT_EQUAL(2u, host_->answer(streamed).staleCalls);
    }
    void aLostClientOnlyInforms() {
        const auto exchange = host_->begin("GET", "/keep");
        host_->loseClient(exchange);
        CPPUNIT_ASSERT(Plugin::kept.back().cancelled());
        CPPUNIT_ASSERT(Plugin::kept.back().reply(Output{"dropped by the host"}));
        CPPUNIT_ASSERT_EQUAL(1u, host_->answer(exchange).terminalCalls);
    }
    void commitsAreClaimed() {
        const FakeAnswer stored = host_->call("GET", "/commit");
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"stored"})"), stored.body);
        CPPUNIT_ASSERT_EQUAL(2u, stored.commits);
        host_->beginCommitStatus = MORTISE_STALE;
        const auto exchange = host_->begin("GET", "/commit");
        CPPUNIT_ASSERT_EQUAL(1u, host_->answer(exchange).commits);
        CPPUNIT_ASSERT_EQUAL(1u, host_->answer(exchange).staleCalls); // its reply
        FakeHost older;
        older.exchangeTable.struct_size = offsetof(mortise_exchange_table, begin_commit);
        FakeInstance plugin(older, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        CPPUNIT_ASSERT_EQUAL(std::string("begin_commit of mortise.exchange/1 is absent"),
                             older.call("GET", "/commit").body);
        mortise::Deferred replied;
        CPPUNIT_ASSERT_THROW(static_cast<void>(mortise::Turn(replied)), mortise::Stale);
    }
    void theTimeLeftIsTold() {
        for (const auto& [milliseconds, told] : std::map<std::uint64_t, std::string>{
                 {0, "0"}, {1500, "1500"}, {INT64_MAX, "unlimited"}, {UINT64_MAX, "unlimited"}}) {
            host_->timeLeftMs = milliseconds;
            CPPUNIT_ASSERT_EQUAL(R"({"text":")" + told + " " + told + R"( unlimited"})",
                                 host_->call("GET", "/time-left").body);
        }
        FakeHost older;
        older.exchangeTable.struct_size = offsetof(mortise_exchange_table, time_left);
        older.timeLeftMs = 7;
        FakeInstance plugin(older, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"unlimited unlimited unlimited"})"),
                             older.call("GET", "/time-left").body);
    }
    void repliesThatCannotBeMadeEndTheTurn() {
        FakeHost older;
        older.exchangeTable.reply_error = nullptr;
        FakeInstance plugin(older, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        const auto exchange = older.begin("GET", "/keep");
        CPPUNIT_ASSERT(!Plugin::kept.back().reply(mortise::notFound()));
        CPPUNIT_ASSERT(older.answer(exchange).abandoned);
        CPPUNIT_ASSERT_EQUAL(1u, older.answer(exchange).terminalCalls);
        Plugin::kept.clear();
    }
    void ownersAreAskedOnceTheRequestIsValid() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_AUTHENTICATION_REQUIRED, host_->route("PATCH", "/owned/:id").authentication);
        FakeRequest request;
        request.parameters = {{"id", "ada"}};
        request.principal = "bob";
        request.body = R"({"title":"two words"})";
        CPPUNIT_ASSERT_EQUAL(400u, host_->call("PATCH", "/owned/:id", request).status);
        request.body = R"({"title":"word"})";
        const FakeAnswer other = host_->call("PATCH", "/owned/:id", request);
        CPPUNIT_ASSERT_EQUAL(403u, other.status);
        CPPUNIT_ASSERT_EQUAL(std::string("Forbidden"), other.body);
        request.principal = "";
        CPPUNIT_ASSERT_EQUAL(403u, host_->call("PATCH", "/owned/:id", request).status);
        request.principal = "ada";
        CPPUNIT_ASSERT_EQUAL(200u, host_->call("PATCH", "/owned/:id", request).status);
        // The digits of a UUID have no case; other ids have.
        request.parameters = {{"id", "0192ABCD-0000-7000-8000-00000000000A"}};
        request.principal = "0192abcd-0000-7000-8000-00000000000a";
        CPPUNIT_ASSERT_EQUAL(200u, host_->call("PATCH", "/owned/:id", request).status);
        for (const char* const near : {"0192abcd-0000-7000-8000-00000000000", "0192abcd-0000-7000-8000_00000000000a",
                                       "0192abcd-0000-7000-8000-00000000000b", "", "ADA"}) {
            request.parameters = {{"id", near}};
            CPPUNIT_ASSERT_EQUAL(403u, host_->call("PATCH", "/owned/:id", request).status);
        }
        request.parameters = {{"id", "ADA"}};
        request.principal = "ada";
        CPPUNIT_ASSERT_EQUAL(403u, host_->call("PATCH", "/owned/:id", request).status);
    }
    void rulesHoldInTheirOrder() {
        FakeRequest request;
        for (const auto& [id, status] : {std::pair{"none", 404u}, std::pair{"input", 400u}, std::pair{"any", 403u}}) {
            request.parameters = {{"id", id}};
            const FakeAnswer answer = host_->call("GET", "/checked/:id", request);
            CPPUNIT_ASSERT_EQUAL(status, answer.status);
            if (status == 400u) CPPUNIT_ASSERT_EQUAL(std::string("path /id custom"), answer.details.at(0));
        }
        request.principal = "ada";
        CPPUNIT_ASSERT_EQUAL(200u, host_->call("GET", "/checked/:id", request).status);
    }
    void structsAreWrittenIntoLentMemory() {
        const FakeAnswer small = host_->call("GET", "/struct");
        CPPUNIT_ASSERT(small.lent && small.lendCalls == 1);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"plain"})"), small.body);
        const FakeAnswer wide = host_->call("GET", "/wide");
        CPPUNIT_ASSERT(!wide.lent && wide.lendCalls == 1);
        CPPUNIT_ASSERT_EQUAL(R"({"text":")" + std::string(3000, 'w') + R"("})", wide.body);
    }
    void structsNeedNoLentMemory() {
        for (const mortise_status refused : {MORTISE_BUSY, MORTISE_INVALID}) {
            host_->lendStatus = refused;
            const FakeAnswer answer = host_->call("GET", "/struct");
            CPPUNIT_ASSERT(!answer.lent && answer.lendCalls == 1);
            CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"plain"})"), answer.body);
        }
        FakeHost older;
        older.exchangeTable.struct_size = offsetof(mortise_exchange_table, lend);
        FakeInstance plugin(older, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"text":"plain"})"), older.call("GET", "/struct").body);
        CPPUNIT_ASSERT_EQUAL(0u, older.answer(older.begin("GET", "/struct")).lendCalls);
    }
    void manyThreadsAnswerOnce() {
        for (int round = 0; round < 200; ++round) {
            const auto exchange = host_->begin("GET", "/keep");
            mortise::Deferred later = std::move(Plugin::kept.back());
            Plugin::kept.pop_back();
            std::thread other([later = std::move(later)]() mutable { later.reply(Output{"x"}); });
            other.join();
            CPPUNIT_ASSERT_EQUAL(1u, host_->answer(exchange).terminalCalls);
        }
    }

private:
    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<FakeInstance> plugin_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(HandlerTest);
