// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <mortise/authenticator.hpp>
#include <mortise/commands.hpp>
#include <mortise/filters.hpp>
#include <mortise/migrations.hpp>
#include <mortise/placement.hpp>
#include <mortise/plugin.hpp>
#include <mortise/readiness.hpp>
#include <mortise/router.hpp>
#include <mortise/users_provider.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <stdexcept>

using namespace mortise::test;

namespace {

struct Other {
    static constexpr const char* serviceId = "test.other/1";
};

std::vector<std::string> life; // what the last instance went through

class Everything : public mortise::Plugin<>,
                   public mortise::UsersProvider,
                   public mortise::Readiness,
                   public mortise::Router,
                   public mortise::Authenticator,
                   public mortise::Placement {
public:
    Everything() { life = {"made"}; }
    ~Everything() override { life.push_back("destroyed"); }

    void configure(mortise::Setup& setup) override {
        setup.migration("0001", "CREATE");
        setup.migration("0002", "ALTER")
            .down("UNALTER", mortise::drops("all of it"))
            .incompatible()
            .on(mortise::SqlDialect::mariadb, "CHANGE")
            .down("UNCHANGE");
        setup.command("greet", "NAME", "Greets",
                      [](const mortise::Arguments& arguments, mortise::CommandSession& session) {
                          if (arguments.size() != 1) throw std::runtime_error("one name");
                          session.print(arguments[0]);
                          return mortise::exitOk;
                      });
        setup.filter("first").before("x").before("y").after("z").onRequest(
            mortise::Phase::accept | mortise::Phase::handle,
            [](mortise::FilterCall& call) {
                ++call.slot();
                if (call.request().hasField("refuse")) call.reply(mortise::forbidden());
                if (call.request().hasField("throw")) throw std::runtime_error("thrown in a filter");
                if (call.request().hasField("wait")) call.later().proceed();
                if (call.request().hasField("drop")) static_cast<void>(call.later());
            },
            mortise::May::wait);
        setup.filter("second")
            .onRespond([](mortise::Response& response) {
                if (response.status() == 999) throw std::runtime_error("thrown in respond");
                response.field("X", "y");
            })
            .onFinish([](const mortise::Finished& finished) {
                if (finished.quiet()) throw 7;
                life.push_back("finished " + std::string(finished.url()));
            });
    }
    void start() override { life.push_back("started"); }
    void activate() override {
        life.push_back("activated");
        throw std::runtime_error("thrown in activate");
    }
    void drain(std::chrono::milliseconds deadline) override {
        life.push_back("drained " + std::to_string(deadline.count()));
    }
    void stop() override { life.push_back("stopped"); }
    const void* extension(std::string_view id) noexcept override { return id == "test.own/1" ? &life : nullptr; }

    void check() override { throw std::runtime_error("not ready"); }
    bool readsOnLoop() override { return true; }
    mortise::Authenticator::Placement authenticatorPlacement() const override {
        return mortise::Authenticator::Placement::loop;
    }
    void authenticate(mortise::Request& request, mortise::Verdict& verdict) override {
        const auto name = request.field("Authorization");
        if (name == "busy") throw mortise::Busy();
        if (name == "throw") throw std::runtime_error("x");
        if (name == "nothing") return;
        if (name.empty()) return verdict.missing("No token provided");
        if (name == "bad") return verdict.reject("Invalid token", "Bearer error");
        if (name == "dropped") return static_cast<void>(verdict.later());
        if (name == "kept" || name == "kept twice") {
            mortise::Verdict kept = verdict.later();
            if (name == "kept twice") static_cast<void>(verdict.later());
            kept.accept("later");
            return;
        }
        verdict.accept(name, {"user", "", "admin"});
        if (name == "twice") verdict.reject("Invalid token");
        if (name == "late busy") throw mortise::Busy();
    }
    std::unique_ptr<mortise::RouteMatcher> build(const mortise::RouterRoutes& routes) override {
        struct First final : mortise::RouteMatcher {
            bool match(std::uint32_t method, std::string_view path,
                       mortise_router_match& match) const noexcept override {
                match.route = route;
                return method == 1 && path == "/a";
            }
            std::uint32_t route = 0;
        };
        if (routes.empty()) throw mortise::RouteConflict("/a and /a");
        auto made = std::make_unique<First>();
        made->route = routes[0].route;
        return made;
    }
    bool findById(std::string_view id, mortise::UserVisitor visit) override {
        if (id == "busy") throw mortise::Busy();
        if (id != "1") return false;
        visit(mortise::UserRecord{"1", "Ada", "ada@example.com", "user", "", {5}});
        return true;
    }
    bool findByEmail(std::string_view, mortise::UserVisitor) override { return false; }
    void create(mortise::Turn turn, const mortise::NewUserRecord&, mortise::UserVisitor) override {
        if (turn.handle() == 7) throw mortise::Stale("ended");
        throw mortise::UniqueConflict();
    }
    bool setPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                         std::string_view hash) override {
        return !turn && id == "1" && expected == "old" && hash == "new";
    }
};

const mortise_module& module() {
    return *mortise::moduleOf<Everything>(0, nullptr, "test.everything", "1.2.3", mortise::needs<Other>(),
                                          mortise::mayUse<mortise::Users, Other>(),
                                          mortise::offers<mortise::UsersProvider>());
}

struct Choosy {
    int left = 1;
    int right = 2;
};
MORTISE_SETTINGS(Choosy, field(left).text("left"), field(right).text("right"))

class Refuses : public mortise::Plugin<Choosy> {
public:
    void configure(mortise::Setup& setup) override {
        setup.refuseSetting("left", "it is odd");
        setup.refuseSetting("right", "it is even");
        setup.refuseSetting("left", "it is small");
    }
};

class Throws : public mortise::Plugin<> {
public:
    Throws() { throw std::runtime_error("thrown in the constructor"); }
};

class UsesUsers : public mortise::Plugin<> {
    void start() override { service<mortise::Users>(); }
};

struct TwoSettings {
    std::int64_t first = 1;
    std::string second = "two";
};
MORTISE_SETTINGS(TwoSettings, field(first).text("One."), field(second).text("Two."))

class ShowsSettings : public mortise::Plugin<TwoSettings> {
    void configure(mortise::Setup&) override {
        if (settings().first != 1 || settings().second != "two") throw mortise::Error("other values");
    }
};

class ManyFilters : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        for (int i = 0; i < 40; ++i)
            setup.filter("f" + std::to_string(i)).onRequest(mortise::Phase::accept, [i](mortise::FilterCall& call) {
                call.slot() = static_cast<std::uint64_t>(i);
            });
    }
};

// Waits at a response of that status, on workers.
class WaitsAtResponses : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        setup.filter("waits").onWorkers().onRespond(
            [](mortise::Response& response) {
                auto kept = response.later();
                if (response.status() == 201) kept.proceed();
            },
            mortise::May::wait);
    }
};

class OnlyLooks : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        setup.filter("looks").onRequest(
            mortise::Phase::accept,
            [](mortise::FilterCall& call) {
                if (call.request().hasField("reply")) call.reply(mortise::forbidden());
                if (call.request().hasField("wait")) static_cast<void>(call.later());
            },
            mortise::May::pass);
        setup.filter("mixed")
            .onRequest(
                mortise::Phase::accept, [](mortise::FilterCall& call) { static_cast<void>(call.later()); },
                mortise::May::reply)
            .onRequest(
                mortise::Phase::route, [](mortise::FilterCall& call) { call.later().reply(mortise::forbidden()); },
                mortise::May::wait);
        setup.filter("twice").onRequest(mortise::Phase::accept, [](mortise::FilterCall& call) {
            call.reply(mortise::forbidden());
            call.reply(mortise::notFound());
        });
    }
};

// Throws what has a response of its own, of the code that the field or the response's status says.
class ThrowsResponses : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        const auto refuse = [](mortise::FilterCall& call) {
            if (call.request().hasField("replied")) call.reply(mortise::notFound());
            throw mortise::HttpError(503, "come back", 7);
        };
        setup.filter("replies").onRequest(mortise::Phase::accept, refuse);
        setup.filter("only-looks").onRequest(mortise::Phase::accept, refuse, mortise::May::pass);
        setup.filter("responds").onRespond([](mortise::Response& response) {
            throw mortise::HttpError(response.status(), "in its place", 7);
        });
    }
};

// Takes an error in the place of a response.
struct Replaced {
    bool stream = false;
    std::string what;

    static mortise_status refuse(void* context, std::uint32_t status, mortise_view message,
                                 mortise_view code) noexcept {
        auto& self = *static_cast<Replaced*>(context);
        if (self.stream) return MORTISE_UNSUPPORTED;
        self.what = std::to_string(status) + " " + textOf(message);
        if (code.size != 0) self.what += " (" + textOf(code) + ")";
        return MORTISE_OK;
    }
    static mortise_status setField(void* context, mortise_view name, mortise_view value) noexcept {
        static_cast<Replaced*>(context)->what.append(" ").append(textOf(name)).append("=").append(textOf(value));
        return MORTISE_OK;
    }
};

} // namespace

class ModuleTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ModuleTest);
    CPPUNIT_TEST(throwingConstructorsFailCreate);
    CPPUNIT_TEST(nothingToFillIsRefused);
    CPPUNIT_TEST(servicesThatAreNotNamedFailStart);
    CPPUNIT_TEST(settingValuesHaveAStride);
    CPPUNIT_TEST(filtersAreAsManyAsWanted);
    CPPUNIT_TEST(refusesSettings);
    CPPUNIT_TEST(refusesSettingsOfOlderHosts);
    CPPUNIT_TEST(describesItself);
    CPPUNIT_TEST(goesThroughItsLife);
    CPPUNIT_TEST(unknownExtensionsAreNull);
    CPPUNIT_TEST(filters);
    CPPUNIT_TEST(commands);
    CPPUNIT_TEST(migrations);
    CPPUNIT_TEST(router);
    CPPUNIT_TEST(authenticator);
    CPPUNIT_TEST(verdictsNeedAHostThatKnowsThem);
    CPPUNIT_TEST(filtersDoWhatTheyDeclare);
    CPPUNIT_TEST(filtersWaitAtResponses);
    CPPUNIT_TEST(filtersThatThrowAResponseReply);
    CPPUNIT_TEST(filtersThatThrowAResponsePutItInAnothersPlace);
    CPPUNIT_TEST(usersReadinessAndPlacement);
    CPPUNIT_TEST_SUITE_END();

public:
    void throwingConstructorsFailCreate() {
        FakeHost host;
        FakeInstance plugin(host, *mortise::moduleOf<Throws>(0, nullptr, "test.throws", "1.0.0"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, plugin.created());
        CPPUNIT_ASSERT_EQUAL(std::string("thrown in the constructor"), plugin.error());
    }
    void nothingToFillIsRefused() {
        FakeHost host;
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, module().create(host.raw(), nullptr, nullptr));
    }
    void servicesThatAreNotNamedFailStart() {
        FakeHost host;
        FakeInstance plugin(host, *mortise::moduleOf<UsesUsers>(0, nullptr, "test.users", "1.0.0"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.start()); // absent
        host.unnamed = {MORTISE_USERS_SERVICE};
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, plugin.start());
        CPPUNIT_ASSERT_EQUAL(std::string("service(): name it in needs<>() or mayUse<>()"), plugin.error());
    }
    void settingValuesHaveAStride() {
        FakeHost host;
        for (const std::uint32_t more : {0u, 8u, 800u}) {
            host.valueSize = static_cast<std::uint32_t>(sizeof(mortise_setting_value)) + more;
            FakeInstance plugin(host, *mortise::moduleOf<ShowsSettings>(0, nullptr, "test.shows", "1.0.0"));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(plugin.error(), MORTISE_OK, plugin.configure());
        }
    }
    void filtersAreAsManyAsWanted() {
        FakeHost host;
        FakeInstance plugin(host, *mortise::moduleOf<ManyFilters>(0, nullptr, "test.filters", "1.0.0"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        const auto* const table = plugin.extension<mortise_plugin_filter>(MORTISE_FILTER_EXTENSION);
        CPPUNIT_ASSERT_EQUAL(40u, table->filter_count);
        const mortise_exchange exchange = host.bareRequest();
        for (std::uint32_t i = 0; i < table->filter_count; ++i) {
            const mortise_filter& filter = table->filters[i];
            std::uint64_t slot = 99;
            CPPUNIT_ASSERT_EQUAL("f" + std::to_string(i), textOf(filter.name));
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, filter.on_request(filter.context, MORTISE_PHASE_ACCEPT, exchange,
                                                               &host.rawRequest(exchange), &slot));
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{i}, slot);
        }
    }
    void refusesSettings() {
        FakeHost host;
        FakeInstance plugin(host, *mortise::moduleOf<Refuses>(0, nullptr, "test.refuses", "1.0.0"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, plugin.configure());
        CPPUNIT_ASSERT_EQUAL(std::string("it is odd\nit is small\n"), host.refusedSettings["left"]);
        CPPUNIT_ASSERT_EQUAL(std::string("it is even\n"), host.refusedSettings["right"]);
    }
    void refusesSettingsOfOlderHosts() {
        FakeHost host;
        host.forgetRefuseSetting();
        FakeInstance plugin(host, *mortise::moduleOf<Refuses>(0, nullptr, "test.refuses", "1.0.0"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, plugin.configure());
        CPPUNIT_ASSERT_EQUAL(std::string("left: it is odd"), plugin.error());
        CPPUNIT_ASSERT(host.refusedSettings.empty());
    }
    void describesItself() {
        const mortise_module& m = module();
        CPPUNIT_ASSERT_EQUAL(static_cast<std::uint32_t>(sizeof m), m.struct_size);
        CPPUNIT_ASSERT_EQUAL(std::string("test.everything"), textOf(m.id));
        CPPUNIT_ASSERT_EQUAL(std::string("1.2.3"), textOf(m.version));
        CPPUNIT_ASSERT(textOf(m.toolchain).find("libstdc++") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(1u, m.required_service_count);
        CPPUNIT_ASSERT_EQUAL(std::string("test.other/1"), textOf(m.required_services[0]));
        CPPUNIT_ASSERT_EQUAL(2u, m.optional_service_count);
        CPPUNIT_ASSERT_EQUAL(1u, m.provided_service_count);
        CPPUNIT_ASSERT_EQUAL(std::string("mortise.users/1"), textOf(m.provided_services[0]));
        CPPUNIT_ASSERT_EQUAL(0u, m.setting_count);
        CPPUNIT_ASSERT_EQUAL(0u, m.flags);
        CPPUNIT_ASSERT(&m == &module());
    }
    void goesThroughItsLife() {
        FakeHost host;
        {
            FakeInstance plugin(host, module());
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.start());
            plugin.table().activate(plugin.self());
            plugin.table().drain(plugin.self(), 1500);
            plugin.table().stop(plugin.self());
        }
        CPPUNIT_ASSERT(
            life == (std::vector<std::string>{"made", "started", "activated", "drained 1500", "stopped", "destroyed"}));
        CPPUNIT_ASSERT_EQUAL(std::string("activate threw"), host.records.back().message);
    }
    void unknownExtensionsAreNull() {
        FakeHost host;
        FakeInstance plugin(host, module());
        CPPUNIT_ASSERT(plugin.extension<void>(MORTISE_FILTER_EXTENSION) == nullptr); // not configured yet
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        CPPUNIT_ASSERT(plugin.extension<void>("mortise.plugin.log_sink/1") == nullptr);
        CPPUNIT_ASSERT(plugin.extension<void>("mortise.database/1") == nullptr);
        CPPUNIT_ASSERT(plugin.extension<void>("") == nullptr);
        CPPUNIT_ASSERT(plugin.extension<void>("test.own/1") == &life);
    }
    void filters() {
        FakeHost host;
        FakeInstance plugin(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        const auto* const table = plugin.extension<mortise_plugin_filter>(MORTISE_FILTER_EXTENSION);
        CPPUNIT_ASSERT(table != nullptr && table->filter_count == 2 && table->filter_size == sizeof(mortise_filter));
        const mortise_filter& first = table->filters[0];
        CPPUNIT_ASSERT_EQUAL(std::string("x,y"), textOf(first.before));
        CPPUNIT_ASSERT_EQUAL(std::string("z"), textOf(first.after));
        CPPUNIT_ASSERT_EQUAL(MORTISE_PHASE_ACCEPT | MORTISE_PHASE_HANDLE, first.phases);
        CPPUNIT_ASSERT(first.on_respond == nullptr && first.on_finish == nullptr);
        std::uint64_t slot = 0;
        const auto run = [&](std::uint32_t phase, const FakeRequest& request, mortise_exchange& exchange) {
            exchange = host.bareRequest(request);
            return first.on_request(first.context, phase, exchange, &host.rawRequest(exchange), &slot);
        };
        mortise_exchange exchange = 0;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, run(MORTISE_PHASE_ACCEPT, {}, exchange));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, run(MORTISE_PHASE_ROUTE, {}, exchange));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, run(MORTISE_PHASE_HANDLE, {}, exchange));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, run(MORTISE_PHASE_FINISH, {}, exchange));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, slot);
        FakeRequest request;
        request.fields = {{"refuse", "1"}};
        CPPUNIT_ASSERT_EQUAL(MORTISE_REPLIED, run(MORTISE_PHASE_ACCEPT, request, exchange));
        CPPUNIT_ASSERT_EQUAL(403u, host.answer(exchange).status);
        request.fields = {{"throw", "1"}};
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, run(MORTISE_PHASE_ACCEPT, request, exchange));
        CPPUNIT_ASSERT_EQUAL(std::string("A filter threw"), host.records.back().message);
        request.fields = {{"wait", "1"}};
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, run(MORTISE_PHASE_ACCEPT, request, exchange));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, host.answer(exchange).resumed);
        request.fields = {{"drop", "1"}};
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, run(MORTISE_PHASE_ACCEPT, request, exchange));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, host.answer(exchange).resumed);
        CPPUNIT_ASSERT_EQUAL(MORTISE_FILTER_MAY_REPLY | MORTISE_FILTER_MAY_WAIT, first.flags);

        const mortise_filter& second = table->filters[1];
        CPPUNIT_ASSERT_EQUAL(MORTISE_PHASE_RESPOND | MORTISE_PHASE_FINISH, second.phases);
        std::string added;
        mortise_response response{sizeof response, 200, &added,
                                  [](void* context, mortise_view name, mortise_view value) -> mortise_status {
                                      *static_cast<std::string*>(context) = textOf(name) + "=" + textOf(value);
                                      return MORTISE_OK;
                                  }};
        second.on_respond(second.context, exchange, &host.rawRequest(exchange), &response, &slot);
        CPPUNIT_ASSERT_EQUAL(std::string("X=y"), added);
        response.status = 999;
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR,
                             second.on_respond(second.context, exchange, &host.rawRequest(exchange), &response, &slot));
        CPPUNIT_ASSERT_EQUAL(std::string("thrown in respond"), host.records.back().fields.at("error"));
        mortise_finished finished{};
        finished.struct_size = sizeof finished;
        finished.url = viewOf("/a?b");
        second.on_finish(second.context, exchange, &host.rawRequest(exchange), &finished, &slot);
        CPPUNIT_ASSERT_EQUAL(std::string("finished /a?b"), life.back());
        finished.quiet = 1;
        second.on_finish(second.context, exchange, &host.rawRequest(exchange), &finished, &slot);
        CPPUNIT_ASSERT_EQUAL(std::string("an exception of unknown type"), host.records.back().fields.at("error"));
    }
    void commands() {
        FakeHost host;
        FakeInstance plugin(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        const auto* const table = plugin.extension<mortise_plugin_command>(MORTISE_COMMAND_EXTENSION);
        CPPUNIT_ASSERT_EQUAL(1u, table->command_count);
        const mortise_command& command = table->commands[0];
        CPPUNIT_ASSERT_EQUAL(std::string("greet NAME"), textOf(command.name) + " " + textOf(command.usage));
        std::pair<std::string, std::string> printed;
        mortise_command_session session{};
        session.struct_size = sizeof session;
        session.context = &printed;
        session.print = [](void* context, mortise_view text) {
            static_cast<std::pair<std::string, std::string>*>(context)->first += textOf(text);
        };
        session.print_error = [](void* context, mortise_view text) {
            static_cast<std::pair<std::string, std::string>*>(context)->second += textOf(text);
        };
        CPPUNIT_ASSERT_EQUAL(1, command.run(command.context, nullptr, 0, &session));
        CPPUNIT_ASSERT_EQUAL(std::string("one name\n"), printed.second);
        const mortise_view argument = viewOf("Ada");
        CPPUNIT_ASSERT_EQUAL(0, command.run(command.context, &argument, 1, &session));
        CPPUNIT_ASSERT_EQUAL(std::string("Ada"), printed.first);
    }
    void migrations() {
        FakeHost host;
        FakeInstance plugin(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        const auto* const table = plugin.extension<mortise_plugin_migrations>(MORTISE_MIGRATIONS_EXTENSION);
        CPPUNIT_ASSERT_EQUAL(3u, table->migration_count);
        const auto described = [&](std::uint32_t index) {
            const mortise_migration& one = table->migrations[index];
            return textOf(one.name) + "," + textOf(one.sql) + "," + textOf(one.dialect) + "," + textOf(one.down) + "," +
                   textOf(one.drops) + "," + std::to_string(one.flags);
        };
        CPPUNIT_ASSERT_EQUAL(std::string("0001,CREATE,,,,0"), described(0));
        CPPUNIT_ASSERT_EQUAL(std::string("0002,ALTER,,UNALTER,all of it,1"), described(1));
        CPPUNIT_ASSERT_EQUAL(std::string("0002,CHANGE,mariadb,UNCHANGE,,1"), described(2));
    }
    void router() {
        FakeHost host;
        FakeInstance plugin(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        const auto* const table = plugin.extension<mortise_plugin_router>(MORTISE_ROUTER_EXTENSION);
        void* matcher = nullptr;
        CPPUNIT_ASSERT_EQUAL(MORTISE_CONFLICT, table->build(plugin.self(), nullptr, 0, 0, &matcher, plugin.rawError()));
        CPPUNIT_ASSERT_EQUAL(std::string("/a and /a"), plugin.error());
        const mortise_router_route route{viewOf("/a"), 1, 42};
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK,
                             table->build(plugin.self(), &route, 1, sizeof route, &matcher, plugin.rawError()));
        mortise_router_match match{};
        CPPUNIT_ASSERT_EQUAL(MORTISE_ABSENT, table->match(matcher, 2, viewOf("/a"), &match));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, table->match(matcher, 1, viewOf("/a"), &match));
        CPPUNIT_ASSERT_EQUAL(42u, match.route);
        table->free(plugin.self(), matcher);
    }
    void authenticator() {
        FakeHost host;
        FakeInstance plugin(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        const auto* const table = plugin.extension<mortise_plugin_authenticator>(MORTISE_AUTHENTICATOR_EXTENSION);
        CPPUNIT_ASSERT_EQUAL(MORTISE_PLACEMENT_LOOP, table->placement);
        mortise_authentication asked{sizeof asked, MORTISE_AUTHENTICATION_REQUIRED};
        mortise_exchange exchange = 0;
        const auto ask = [&](const std::string& name) {
            FakeRequest request;
            if (!name.empty()) request.fields = {{"authorization", name}};
            exchange = host.bareRequest(request);
            return table->authenticate(plugin.self(), exchange, &host.rawRequest(exchange), &asked);
        };
        const auto verdict = [&] {
            const FakeVerdict made = host.answer(exchange).verdict;
            std::string out = made.kind + "|" + made.id + made.message + "|" + made.challenge;
            for (const std::string& role : made.roles) out += role + " ";
            return out;
        };
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, ask("busy"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, ask("throw"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, ask("nothing"));
        CPPUNIT_ASSERT_EQUAL(0u, host.answer(exchange).terminalCalls);
        // Again, on a worker, it would come to a second verdict.
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, ask("late busy"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, ask("twice"));
        CPPUNIT_ASSERT_EQUAL(1u, host.answer(exchange).terminalCalls);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, ask(""));
        CPPUNIT_ASSERT_EQUAL(std::string("missing|No token provided|Bearer"), verdict());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, ask("bad"));
        CPPUNIT_ASSERT_EQUAL(std::string("reject|Invalid token|Bearer error"), verdict());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, ask("ada"));
        CPPUNIT_ASSERT_EQUAL(std::string("accept|ada|user admin "), verdict());
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, ask("kept"));
        CPPUNIT_ASSERT_EQUAL(std::string("accept|later|"), verdict());
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, ask("dropped"));
        CPPUNIT_ASSERT(host.answer(exchange).abandoned);
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, ask("kept twice"));
        CPPUNIT_ASSERT(host.answer(exchange).abandoned);
        // A verdict that comes when the host has ended the request is nobody's fault.
        host.endRequest(exchange = host.bareRequest());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK,
                             table->authenticate(plugin.self(), exchange, &host.rawRequest(exchange), &asked));
        CPPUNIT_ASSERT_EQUAL(1u, host.answer(exchange).staleCalls);
    }
    void verdictsNeedAHostThatKnowsThem() {
        FakeHost host;
        host.exchangeTable.struct_size = offsetof(mortise_exchange_table, begin_commit);
        FakeInstance plugin(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        const auto* const table = plugin.extension<mortise_plugin_authenticator>(MORTISE_AUTHENTICATOR_EXTENSION);
        const mortise_authentication asked{sizeof asked, MORTISE_AUTHENTICATION_REQUIRED};
        const mortise_exchange exchange = host.bareRequest();
        CPPUNIT_ASSERT(table->authenticate(plugin.self(), exchange, &host.rawRequest(exchange), &asked) < 0);
        CPPUNIT_ASSERT_EQUAL(std::string("missing of mortise.exchange/1 is absent"),
                             host.records.back().fields.at("error"));
    }
    void filtersWaitAtResponses() {
        FakeHost host;
        FakeInstance plugin(host, *mortise::moduleOf<WaitsAtResponses>(0, nullptr, "test.waits", "1.0.0"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        const auto* const table = plugin.extension<mortise_plugin_filter>(MORTISE_FILTER_EXTENSION);
        const mortise_filter& filter = table->filters[0];
        CPPUNIT_ASSERT_EQUAL(MORTISE_FILTER_MAY_WAIT_RESPOND, filter.flags);
        CPPUNIT_ASSERT_EQUAL(MORTISE_PLACEMENT_WORKER, filter.placement);
        mortise_exchange exchange = 0;
        const auto run = [&](std::uint32_t status, std::uint32_t mayWait) {
            exchange = host.bareRequest();
            mortise_response response{};
            response.struct_size = sizeof response;
            response.status = status;
            response.may_wait = mayWait;
            std::uint64_t slot = 0;
            return filter.on_respond(filter.context, exchange, &host.rawRequest(exchange), &response, &slot);
        };
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, run(201, 1));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, host.answer(exchange).resumed);
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, run(200, 1)); // dropped
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, host.answer(exchange).resumed);
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, run(201, 0));
        assertComplaint(host, "ask mayWait()");
        CPPUNIT_ASSERT_EQUAL(0u, host.answer(exchange).terminalCalls);
    }
    void filtersThatThrowAResponseReply() {
        FakeHost host;
        FakeInstance plugin(host, *mortise::moduleOf<ThrowsResponses>(0, nullptr, "test.throws", "1.0.0"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        const auto* const table = plugin.extension<mortise_plugin_filter>(MORTISE_FILTER_EXTENSION);
        mortise_exchange exchange = 0;
        const auto run = [&](std::uint32_t place, const char* field) {
            FakeRequest request;
            request.fields = {{field, "1"}};
            exchange = host.bareRequest(request);
            std::uint64_t slot = 0;
            const mortise_filter& filter = table->filters[place];
            return filter.on_request(filter.context, MORTISE_PHASE_ACCEPT, exchange, &host.rawRequest(exchange), &slot);
        };
        CPPUNIT_ASSERT_EQUAL(MORTISE_REPLIED, run(0, "none"));
        CPPUNIT_ASSERT_EQUAL(503u, host.answer(exchange).status);
        CPPUNIT_ASSERT_EQUAL(std::string("7"), host.answer(exchange).fields.at("Retry-After"));
        // Who has replied already, or may not, has failed.
        CPPUNIT_ASSERT_EQUAL(MORTISE_REPLIED, run(0, "replied"));
        CPPUNIT_ASSERT_EQUAL(404u, host.answer(exchange).status);
        CPPUNIT_ASSERT_EQUAL(1u, host.answer(exchange).terminalCalls);
        assertComplaint(host, "come back");
        host.records.clear();
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, run(1, "none"));
        CPPUNIT_ASSERT_EQUAL(0u, host.answer(exchange).terminalCalls);
        assertComplaint(host, "come back");
    }
    void filtersThatThrowAResponsePutItInAnothersPlace() {
        FakeHost host;
        FakeInstance plugin(host, *mortise::moduleOf<ThrowsResponses>(0, nullptr, "test.throws", "1.0.0"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        const mortise_filter& filter = plugin.extension<mortise_plugin_filter>(MORTISE_FILTER_EXTENSION)->filters[2];
        Replaced replaced;
        const auto run = [&](std::uint32_t code) {
            replaced.what.clear();
            host.records.clear();
            const mortise_exchange exchange = host.bareRequest();
            mortise_response response{};
            response.struct_size = sizeof response;
            response.status = code;
            response.context = &replaced;
            response.refuse = &Replaced::refuse;
            response.set_field = &Replaced::setField;
            std::uint64_t slot = 0;
            return filter.on_respond(filter.context, exchange, &host.rawRequest(exchange), &response, &slot);
        };
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, run(404));
        CPPUNIT_ASSERT_EQUAL(std::string("404 in its place Retry-After=7"), replaced.what);
        // A 500 is the host's to make, and a stream has no place to take.
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, run(500));
        CPPUNIT_ASSERT_EQUAL(std::string(), replaced.what);
        assertComplaint(host, "in its place");
        replaced.stream = true;
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, run(404));
        CPPUNIT_ASSERT_EQUAL(std::string(), replaced.what);
        assertComplaint(host, "in its place");
    }
    void filtersDoWhatTheyDeclare() {
        FakeHost host;
        FakeInstance plugin(host, *mortise::moduleOf<OnlyLooks>(0, nullptr, "test.looks", "1.0.0"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        const auto* const table = plugin.extension<mortise_plugin_filter>(MORTISE_FILTER_EXTENSION);
        const auto run = [&](std::uint32_t place, std::uint32_t phase, const std::string& field) {
            FakeRequest request;
            request.fields = {{field, "1"}};
            std::uint64_t slot = 0;
            const mortise_exchange exchange = host.bareRequest(request);
            const mortise_filter& filter = table->filters[place];
            const mortise_status status =
                filter.on_request(filter.context, phase, exchange, &host.rawRequest(exchange), &slot);
            terminalCalls_ = host.answer(exchange).terminalCalls;
            return status;
        };
        CPPUNIT_ASSERT_EQUAL(0u, table->filters[0].flags);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, run(0, MORTISE_PHASE_ACCEPT, "none"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, run(0, MORTISE_PHASE_ACCEPT, "reply"));
        assertComplaint(host, "declare it with May::reply");
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, run(0, MORTISE_PHASE_ACCEPT, "wait"));
        assertComplaint(host, "declare it with May::wait");
        CPPUNIT_ASSERT_EQUAL(0u, terminalCalls_);
        // Each phase as it was declared, whatever the filter may in others.
        CPPUNIT_ASSERT_EQUAL(MORTISE_FILTER_MAY_REPLY | MORTISE_FILTER_MAY_WAIT, table->filters[1].flags);
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, run(1, MORTISE_PHASE_ACCEPT, "none"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, run(1, MORTISE_PHASE_ROUTE, "none"));
        CPPUNIT_ASSERT_EQUAL(1u, terminalCalls_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_FILTER_MAY_REPLY, table->filters[2].flags);
        CPPUNIT_ASSERT_EQUAL(MORTISE_REPLIED, run(2, MORTISE_PHASE_ACCEPT, "none"));
        CPPUNIT_ASSERT_EQUAL(1u, terminalCalls_);
        assertComplaint(host, "has said already");
    }
    void usersReadinessAndPlacement() {
        FakeHost host;
        FakeInstance plugin(host, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        host.give(MORTISE_USERS_SERVICE, plugin.open(MORTISE_USERS_SERVICE));
        const mortise::Users users(host.raw());
        CPPUNIT_ASSERT(!users.findById("2"));
        CPPUNIT_ASSERT_EQUAL(std::string("ada@example.com"), users.findById("1")->email);
        CPPUNIT_ASSERT_THROW(users.findById("busy"), mortise::Busy);
        const mortise::Turn none;
        CPPUNIT_ASSERT_THROW(users.create(none, {"a", "b", "c"}), mortise::UniqueConflict);
        CPPUNIT_ASSERT_THROW(users.create(mortise::Turn(7), {"a", "b", "c"}), mortise::Stale);
        CPPUNIT_ASSERT(users.setPasswordHash(none, "1", "old", "new"));
        CPPUNIT_ASSERT(!users.setPasswordHash(none, "2", "old", "new"));
        CPPUNIT_ASSERT(!users.setPasswordHash(mortise::Turn(7), "1", "old", "new"));
        CPPUNIT_ASSERT_THROW(users.visitById("1", [](const mortise_user&) { throw std::logic_error("x"); }),
                             std::logic_error);
        const auto* const readiness = plugin.extension<mortise_plugin_readiness>(MORTISE_READINESS_EXTENSION);
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, readiness->check(plugin.self(), plugin.rawError()));
        CPPUNIT_ASSERT_EQUAL(std::string("not ready"), plugin.error());
        const auto* const placement = plugin.extension<mortise_plugin_placement>(MORTISE_PLACEMENT_EXTENSION);
        CPPUNIT_ASSERT_EQUAL(1u, placement->reads_on_loop(plugin.self()));
    }

private:
    static void assertComplaint(const FakeHost& host, const std::string& part) {
        const std::string text = host.records.back().fields.at("error");
        CPPUNIT_ASSERT_MESSAGE(text, text.find(part) != std::string::npos);
    }

    unsigned terminalCalls_ = 0; // of the last filter
};

CPPUNIT_TEST_SUITE_REGISTRATION(ModuleTest);
