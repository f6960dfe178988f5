// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"
#include "tests/support/temporary_folder.hpp"

#include "json_object.hpp"

#include <mortise/service/filter.h>
#include <mortise/service/log.h>

#include <cppunit/extensions/HelperMacros.h>

#include <dlfcn.h>

#include <map>
#include <sstream>

using namespace mortise::test;
using mortise::logging::tests::JsonObject;
using mortise::tests::TemporaryFolder;

namespace {

mortise_log_field textField(std::string_view name, std::string_view value) {
    return {viewOf(name), MORTISE_LOG_FIELD_TEXT, 0, 0, 0, viewOf(value)};
}

} // namespace

class LoggingPluginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LoggingPluginTest);
    CPPUNIT_TEST(refusesBadSettings);
    CPPUNIT_TEST(startNamesAFileItCannotOpen);
    CPPUNIT_TEST(survivesWithoutStart);
    CPPUNIT_TEST(levelsPerLogger);
    CPPUNIT_TEST(recordsBecomeLines);
    CPPUNIT_TEST(requestsBecomeLines);
    CPPUNIT_TEST(slowAndQuietRequests);
    CPPUNIT_TEST(requestLogCanBeSwitchedOff);
    CPPUNIT_TEST(reopensTheFile);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        void* const file = dlopen(LOGGING_FILE, RTLD_NOW | RTLD_LOCAL);
        CPPUNIT_ASSERT_MESSAGE(file == nullptr ? dlerror() : "", file != nullptr);
        const auto entry = reinterpret_cast<mortise_module_entry>(dlsym(file, MORTISE_MODULE_ENTRY_NAME));
        CPPUNIT_ASSERT(entry != nullptr);
        module_ = entry(MORTISE_ABI_MINOR, nullptr);
        CPPUNIT_ASSERT(module_ != nullptr);
    }

    void refusesBadSettings() {
        const std::pair<const char*, const char*> cases[] = {
            {"output", "stdout, printer"}, {"output", "file, file"}, {"output", ""},
            {"levels", "users=loud"},      {"levels", "x"},
        };
        for (const auto& [key, value] : cases) {
            FakeHost host;
            FakeInstance logging(host, *module_);
            CPPUNIT_ASSERT_MESSAGE(value, logging.configure({{key, value}}) < 0);
            CPPUNIT_ASSERT_MESSAGE(value, host.refusedSettings.size() == 1 && host.refusedSettings.contains(key));
        }
    }

    void startNamesAFileItCannotOpen() {
        FakeHost host;
        FakeInstance logging(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, logging.configure({{"output", "file"}, {"path", "/nonexistent/here/log"}}));
        CPPUNIT_ASSERT(logging.start() < 0);
        CPPUNIT_ASSERT(logging.error().find("/nonexistent/here/log") != std::string::npos);
        FakeInstance standard(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, standard.configure({{"output", "file"}}));
        CPPUNIT_ASSERT(standard.start() < 0);
        CPPUNIT_ASSERT(standard.error().find("/nonexistent/state/mortise.log") != std::string::npos);
    }

    void survivesWithoutStart() {
        FakeHost host;
        host.allAbsent();
        FakeInstance logging(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, logging.configure());
        const auto* const sink = logging.extension<mortise_plugin_log_sink>(MORTISE_LOG_SINK_EXTENSION);
        write(sink, logging, MORTISE_LOG_ERROR, "users", "m");
        sink->flush(logging.self(), 10);
        sink->reopen(logging.self());
        logging.table().stop(logging.self());
    }

    void levelsPerLogger() {
        TemporaryFolder folder;
        FakeHost host;
        FakeInstance logging(host, *module_);
        start(logging, folder, {{"level", "warn"}, {"levels", "users = trace, host=silent"}});
        const auto* const sink = logging.extension<mortise_plugin_log_sink>(MORTISE_LOG_SINK_EXTENSION);
        CPPUNIT_ASSERT_EQUAL(MORTISE_LOG_WARN, sink->level(logging.self(), viewOf("auth")));
        CPPUNIT_ASSERT_EQUAL(MORTISE_LOG_TRACE, sink->level(logging.self(), viewOf("users")));
        CPPUNIT_ASSERT(sink->level(logging.self(), viewOf("host.http")) > MORTISE_LOG_FATAL);
        write(sink, logging, MORTISE_LOG_INFO, "auth", "left out");
        write(sink, logging, MORTISE_LOG_FATAL, "host", "left out");
        write(sink, logging, MORTISE_LOG_TRACE, "users", "kept");
        CPPUNIT_ASSERT_EQUAL(std::string("\"kept"), only(logging, folder)["msg"]);
    }

    void recordsBecomeLines() {
        TemporaryFolder folder;
        FakeHost host;
        FakeInstance logging(host, *module_);
        start(logging, folder, {});
        const auto* const sink = logging.extension<mortise_plugin_log_sink>(MORTISE_LOG_SINK_EXTENSION);
        const mortise_log_field fields[] = {
            textField("text", "a\nb"),
            {viewOf("integer"), MORTISE_LOG_FIELD_INTEGER, 0, -7, 0, {}},
            {viewOf("number"), MORTISE_LOG_FIELD_NUMBER, 0, 0, 0.25, {}},
            {viewOf("flag"), MORTISE_LOG_FIELD_BOOLEAN, 0, 1, 0, {}},
        };
        mortise_log_record record{
            sizeof record, MORTISE_LOG_ERROR, 123, viewOf("auth.tokens"), viewOf("It \"broke\""), fields, 4, 0};
        sink->write(logging.self(), &record);
        JsonObject line = only(logging, folder);
        CPPUNIT_ASSERT_EQUAL(std::string("level,time,pid,hostname,msg,logger,text,integer,number,flag"), line.keys());
        CPPUNIT_ASSERT_EQUAL(std::string("\"error"), line["level"]);
        CPPUNIT_ASSERT_EQUAL(std::string("123"), line["time"]);
        CPPUNIT_ASSERT_EQUAL(std::to_string(::getpid()), line["pid"]);
        CPPUNIT_ASSERT_EQUAL(std::string("\"It \"broke\""), line["msg"]);
        CPPUNIT_ASSERT_EQUAL(std::string("\"a\nb"), line["text"]);
        CPPUNIT_ASSERT_EQUAL(std::string("-7"), line["integer"]);
        CPPUNIT_ASSERT_EQUAL(std::string("0.25"), line["number"]);
        CPPUNIT_ASSERT_EQUAL(std::string("true"), line["flag"]);
    }

    void requestsBecomeLines() {
        TemporaryFolder folder;
        FakeHost host;
        FakeInstance logging(host, *module_);
        start(logging, folder, {});
        finish(host, logging, 200, 1'234'567, 0);
        JsonObject line = only(logging, folder);
        CPPUNIT_ASSERT_EQUAL(
            std::string("level,time,pid,hostname,msg,method,url,status,duration,userAgent,ip,requestId,"
                        "userId"),
            line.keys());
        CPPUNIT_ASSERT_EQUAL(std::string("\"Request completed"), line["msg"]);
        CPPUNIT_ASSERT_EQUAL(std::string("\"/x?token=[redacted]"), line["url"]);
        CPPUNIT_ASSERT_EQUAL(std::string("200"), line["status"]);
        CPPUNIT_ASSERT_EQUAL(std::string("1.235"), line["duration"]);
        CPPUNIT_ASSERT_EQUAL(std::string("\"192.0.2.1"), line["ip"]);
        CPPUNIT_ASSERT_EQUAL(std::string("\"request-1"), line["requestId"]);
        CPPUNIT_ASSERT_EQUAL(std::string("\"u-1"), line["userId"]);
    }

    void slowAndQuietRequests() {
        TemporaryFolder folder;
        FakeHost host;
        FakeInstance logging(host, *module_);
        start(logging, folder, {{"slow_request", "1s"}, {"request_log_level", "debug"}, {"level", "debug"}});
        finish(host, logging, 200, 999'999'999, 0);
        finish(host, logging, 200, 1'000'000'000, 0);
        finish(host, logging, 200, 1, 1);
        finish(host, logging, 503, 1, 1);
        const std::vector<JsonObject> all = lines(logging, folder);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, all.size());
        CPPUNIT_ASSERT_EQUAL(std::string("\"debug"), all[0]["level"]);
        CPPUNIT_ASSERT_EQUAL(std::string("\"warn"), all[1]["level"]);
        CPPUNIT_ASSERT_EQUAL(std::string("503"), all[2]["status"]);
    }

    void requestLogCanBeSwitchedOff() {
        FakeHost host;
        FakeInstance logging(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, logging.configure({{"request_log", "false"}}));
        CPPUNIT_ASSERT(logging.extension<mortise_plugin_filter>(MORTISE_FILTER_EXTENSION) == nullptr);
    }

    void reopensTheFile() {
        TemporaryFolder folder;
        FakeHost host;
        FakeInstance logging(host, *module_);
        start(logging, folder, {});
        const auto* const sink = logging.extension<mortise_plugin_log_sink>(MORTISE_LOG_SINK_EXTENSION);
        write(sink, logging, MORTISE_LOG_INFO, "users", "before");
        sink->flush(logging.self(), 10'000);
        std::filesystem::rename(folder / "log", folder / "old");
        sink->reopen(logging.self());
        write(sink, logging, MORTISE_LOG_INFO, "users", "after");
        CPPUNIT_ASSERT_EQUAL(std::string("\"after"), only(logging, folder)["msg"]);
        CPPUNIT_ASSERT(folder.read("old").find("before") != std::string::npos);
    }

private:
    static void start(FakeInstance& logging, const TemporaryFolder& folder, std::map<std::string, std::string> set) {
        set["output"] = "file";
        set["path"] = (folder / "log").string();
        CPPUNIT_ASSERT_EQUAL_MESSAGE(logging.error(), MORTISE_OK, logging.configure(set));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(logging.error(), MORTISE_OK, logging.start());
    }
    static void write(const mortise_plugin_log_sink* sink, FakeInstance& logging, std::uint32_t level,
                      std::string_view logger, std::string_view message) {
        const mortise_log_record record{sizeof record, level, 1, viewOf(logger), viewOf(message), nullptr, 0, 0};
        sink->write(logging.self(), &record);
    }
    static void finish(FakeHost& host, FakeInstance& logging, std::uint32_t status, std::uint64_t duration_ns,
                       std::uint32_t quiet) {
        const auto* const filters = logging.extension<mortise_plugin_filter>(MORTISE_FILTER_EXTENSION);
        CPPUNIT_ASSERT_EQUAL(1u, filters->filter_count);
        const mortise_filter* const filter = &filters->filters[0];
        CPPUNIT_ASSERT_EQUAL(std::string("request-log"), textOf(filter->name));
        CPPUNIT_ASSERT_EQUAL(MORTISE_PHASE_FINISH, filter->phases);
        mortise_finished finished{};
        finished.struct_size = sizeof finished;
        finished.status = status;
        finished.duration_ns = duration_ns;
        finished.finished_ms = 1'760'000'000'000;
        finished.url = viewOf("/x?token=[redacted]");
        finished.user_agent = viewOf("curl/8");
        finished.user_id = viewOf("u-1");
        finished.quiet = quiet;
        const mortise_exchange exchange = host.bareRequest();
        std::uint64_t slot = 0;
        filter->on_finish(filter->context, exchange, &host.rawRequest(exchange), &finished, &slot);
    }
    // What the file holds once the plugin has stopped.
    static std::vector<JsonObject> lines(FakeInstance& logging, const TemporaryFolder& folder) {
        logging.table().stop(logging.self());
        std::vector<JsonObject> all;
        std::istringstream text(folder.read("log"));
        for (std::string line; std::getline(text, line);) all.emplace_back(line);
        return all;
    }
    static JsonObject only(FakeInstance& logging, const TemporaryFolder& folder) {
        const std::vector<JsonObject> all = lines(logging, folder);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, all.size());
        return all.front();
    }

    const mortise_module* module_ = nullptr;
};

CPPUNIT_TEST_SUITE_REGISTRATION(LoggingPluginTest);
