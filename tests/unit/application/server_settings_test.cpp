// SPDX-License-Identifier: Apache-2.0
#include "application/server_settings.hpp"

#include "config/example.hpp"
#include "config/resolve.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>
#include <vector>

namespace config = mortise::config;
using mortise::application::ServerSettings;
using mortise::base::Diagnostics;
using namespace std::chrono_literals;
using namespace std::string_literals;

class ServerSettingsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ServerSettingsTest);
    CPPUNIT_TEST(declarationIsSound);
    CPPUNIT_TEST(onlyTheseNeedARestart);
    CPPUNIT_TEST(refusesTls);
    CPPUNIT_TEST(refusesFaultyListeners);
    CPPUNIT_TEST(refusesRepeatedListeners);
    CPPUNIT_TEST(refusesFaultyProxies);
    CPPUNIT_TEST(proxiesAsTold);
    CPPUNIT_TEST(refusesFaultyModes);
    CPPUNIT_TEST(refusesContradictions);
    CPPUNIT_TEST(defaultsGiveWay);
    CPPUNIT_TEST(requestTimeoutGivesWayToALargerHandlerTimeout);
    CPPUNIT_TEST(boundsRequestTimeoutAndOrphans);
    CPPUNIT_TEST(uploadsLieInTheStateDirectory);
    CPPUNIT_TEST(refusesEmptyFolders);
    CPPUNIT_TEST(defaultsAreThoseOfTheContract);
    CPPUNIT_TEST(readsValues);
    CPPUNIT_TEST(comparesAndTellsWhatNeedsARestart);
    CPPUNIT_TEST_SUITE_END();

    const std::vector<config::SectionSpec> specs_{mortise::application::serverSection({})};
    Diagnostics diagnostics_;

    config::Settings resolve(std::string_view keys) {
        diagnostics_ = {};
        config::Layers layers;
        layers.folder = "/etc/mortise";
        layers.documents.push_back(config::readIni("[server]\n" + std::string(keys), "m.ini", diagnostics_));
        return config::resolve(layers, specs_, diagnostics_);
    }
    ServerSettings read(std::string_view keys) {
        const config::Settings settings = resolve(keys);
        return mortise::application::readServerSettings(settings, diagnostics_);
    }
    std::string faultsOf(std::string_view keys) {
        read(keys);
        return diagnostics_.render();
    }
    ServerSettings good(std::string_view keys) {
        ServerSettings settings = read(keys);
        CPPUNIT_ASSERT_EQUAL(""s, diagnostics_.render());
        return settings;
    }

    void declarationIsSound() {
        config::checkDeclaration(specs_.front(), {"mortised"}, diagnostics_);
        CPPUNIT_ASSERT_EQUAL(""s, diagnostics_.render());
        for (const auto& spec : specs_.front().settings) {
            CPPUNIT_ASSERT_MESSAGE(spec.key, spec.text.ends_with('.') && spec.text.size() < 200);
        }
    }

    void onlyTheseNeedARestart() {
        std::string keys;
        for (const auto& spec : specs_.front().settings) {
            if (!spec.reloadable) keys += spec.key + ' ';
        }
        CPPUNIT_ASSERT_EQUAL(
            "mode log_trace_ids state_directory upload_directory cache_directory runtime_directory backlog reuse_port "
            "unix_mode "
            "loops workers "
            "worker_queue upload_workers hashing_workers hashing_queue hashing_batch_workers hashing_batch_queue "
            "hashing_niceness password_cost "
            "password_cost_limit control_timeout "
            "migration_timeout loop_stall_warning watchdog_timeout retry_after max_upload_space "s,
            keys);
    }

    void refusesTls() {
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:2:10: error: server.listen: 'https://0.0.0.0:443': TLS is not available yet; listen on plain "
            "address:port and let a proxy in front (nginx, HAProxy) end TLS [C208]\n"s,
            faultsOf("listen = https://0.0.0.0:443\n"));
        CPPUNIT_ASSERT(faultsOf("listen = HTTPS://x\n").find("TLS is not available yet") != std::string::npos);
    }

    void refusesFaultyListeners() {
        for (const std::string& entry : {"8080"s, "127.0.0.1"s, "127.0.0.1:65536"s, "127.0.0.1:-1"s, "127.0.0.1:http"s,
                                         "::1:80"s, "localhost:80"s, "300.0.0.1:80"s, "unix:"s, "unix:relative"s,
                                         "fd:0"s, "fd:x"s, "http://127.0.0.1:80"s, "unix:/" + std::string(107, 'x')}) {
            const std::string faults = faultsOf("listen = 127.0.0.1:1, " + entry + "\n");
            CPPUNIT_ASSERT_MESSAGE(entry + " " + faults, faults.starts_with("m.ini:2:10: error: server.listen: '"));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(entry, std::size_t{1}, diagnostics_.errorCount());
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{106},
                             good("listen = unix:/" + std::string(105, 'x')).listen.front().path.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{107},
                             good("listen = unix:/" + std::string(106, 'x')).listen.front().path.size());
    }

    void refusesRepeatedListeners() {
        CPPUNIT_ASSERT_EQUAL("m.ini:2:10: error: server.listen: '*:80' is the same as ':80' before it [C208]\n"s,
                             faultsOf("listen = :80, *:80\n"));
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:2:10: error: server.listen: 'unix:/run//x' is the same as 'unix:/run/x' before it [C208]\n"s,
            faultsOf("listen = unix:/run/x, unix:/run//x\n"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{4},
                             good("listen = 127.0.0.1:0, 127.0.0.1:0, 127.0.0.1:80, [::1]:80\n").listen.size());
    }

    void refusesFaultyProxies() {
        CPPUNIT_ASSERT_EQUAL("m.ini:2:19: error: server.trusted_proxies: '10.0.0.1/8' is neither an address nor a "
                             "network such as 10.0.0.0/8 (no "
                             "bits set behind the prefix), nor loopback or unix [C208]\n"s,
                             faultsOf("trusted_proxies = 10.0.0.1/8\n"));
        CPPUNIT_ASSERT(!good("trusted_proxies = 10.0.0.0/8, ::1, unix\n").http.trusted_proxies.empty());
        CPPUNIT_ASSERT(good("trusted_proxies = loopback\n").http.trusted_proxies.contains(mortise::base::IpAddress()));
        CPPUNIT_ASSERT(!faultsOf("forwarded_header = x-real-ip\n").empty());
    }

    void proxiesAsTold() {
        const mortise::http::Settings plain = good("").http;
        CPPUNIT_ASSERT(plain.forwarded_header == mortise::http::ForwardedHeader::either);
        CPPUNIT_ASSERT(plain.client_ipv6_prefix == 56 && plain.proxy_fault_reports == 100);
        const mortise::http::Settings told =
            good("forwarded_header = forwarded\nclient_ipv6_prefix = 48\nproxy_fault_reports = 0\n").http;
        CPPUNIT_ASSERT(told.forwarded_header == mortise::http::ForwardedHeader::forwarded);
        CPPUNIT_ASSERT(told.client_ipv6_prefix == 48 && told.proxy_fault_reports == 0);
        CPPUNIT_ASSERT(good("forwarded_header = x-forwarded-for\n").http.forwarded_header ==
                       mortise::http::ForwardedHeader::xForwardedFor);
    }

    void refusesFaultyModes() {
        for (const char* mode : {"rw", "0888", "01777", "-1", "660x"}) {
            CPPUNIT_ASSERT_EQUAL("m.ini:2:13: error: server.unix_mode: '"s + mode +
                                     "' is no mode in octal, such as 0660 [C208]\n",
                                 faultsOf("unix_mode = "s + mode + "\n"));
        }
        CPPUNIT_ASSERT_EQUAL(static_cast<mode_t>(0600), good("unix_mode = 600\n").listenOptions.unix_mode);
    }

    void refusesContradictions() {
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:2:16: error: server.body_timeout: 10m is more than server.body_max_time (5m) [C208]\n"s,
            faultsOf("body_timeout = 10m\n"));
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:2:17: error: server.max_body_size: 1GiB is more than server.max_buffered_bodies (256MiB) [C208]\n"s,
            faultsOf("max_body_size = 1GiB\n"));
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:2:17: error: server.max_form_size: 1GiB is more than server.max_buffered_bodies (256MiB) [C208]\n"s,
            faultsOf("max_form_size = 1GiB\n"));
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:2:17: error: server.drain_timeout: 1h is more than server.shutdown_timeout (1m) [C208]\n"s,
            faultsOf("drain_timeout = 1h\n"));
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:2:22: error: server.loop_stall_warning: 10s is more than server.watchdog_timeout (10s) [C208]\n"s,
            faultsOf("loop_stall_warning = 10s\n"));
        CPPUNIT_ASSERT_EQUAL(
            "m.ini:3:31: error: server.max_connections_per_address: 20 is more than server.max_connections (10) [C208]\n"s,
            faultsOf("max_connections = 10\nmax_connections_per_address = 20\n"));
    }

    void defaultsGiveWay() {
        const ServerSettings settings = good("body_max_time = 5s\nmax_buffered_bodies = 1MiB\nshutdown_timeout = 2s\n");
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{5000}, settings.http.limits.body_timeout_ms);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1024 * 1024}, settings.http.limits.body_bytes);
        CPPUNIT_ASSERT(2s == settings.drainTimeout);
    }

    // Whoever gives one turn more time means the request, too; what is set stands.
    void requestTimeoutGivesWayToALargerHandlerTimeout() {
        CPPUNIT_ASSERT(90s == good("handler_timeout = 90s\n").serving.requestTimeout);
        CPPUNIT_ASSERT(60s == good("handler_timeout = 5s\n").serving.requestTimeout);
        const ServerSettings both = good("handler_timeout = 90s\nrequest_timeout = 30s\n");
        CPPUNIT_ASSERT(30s == both.serving.requestTimeout && 90s == both.serving.handlerTimeout);
        CPPUNIT_ASSERT(60s == good("handler_timeout = 90s\nrequest_timeout = 60s\n").serving.requestTimeout);
    }

    void boundsRequestTimeoutAndOrphans() {
        CPPUNIT_ASSERT(10ms == good("request_timeout = 10ms\n").serving.requestTimeout);
        CPPUNIT_ASSERT(1h == good("request_timeout = 1h\n").serving.requestTimeout);
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{0}, good("max_orphans = 0\n").serving.maxOrphans);
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{1'000'000}, good("max_orphans = 1000000\n").serving.maxOrphans);
        for (const char* keys : {"request_timeout = 9ms\n", "request_timeout = 3601s\n", "max_orphans = -1\n",
                                 "max_orphans = 1000001\n"}) {
            const std::string faults = faultsOf(keys);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(keys + faults, std::size_t{1}, diagnostics_.errorCount());
        }
    }

    void uploadsLieInTheStateDirectory() {
        const ServerSettings byDefault = good("state_directory = /srv/state\n");
        CPPUNIT_ASSERT_EQUAL("/srv/state/uploads"s, byDefault.runtime.uploads.directory);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{4} << 30, byDefault.runtime.uploads.space);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1} << 20, byDefault.serving.uploads.fieldBytes);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, byDefault.serving.uploads.fileBytes);
        const ServerSettings set = good("upload_directory = /srv/big/.\nmax_upload_space = 1GiB\nmax_form_size = "
                                        "2KiB\nmax_parts = 3\nmax_files = 2\n"
                                        "max_part_header = 300\nmax_file_size = 1KiB\n");
        CPPUNIT_ASSERT_EQUAL("/srv/big/"s, set.runtime.uploads.directory);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1} << 30, set.runtime.uploads.space);
        const mortise::host::UploadLimits& limits = set.serving.uploads;
        CPPUNIT_ASSERT(limits.fieldBytes == 2048 && limits.parts == 3 && limits.files == 2 &&
                       limits.partHeadBytes == 300 && limits.fileBytes == 1024);
    }

    void refusesEmptyFolders() {
        CPPUNIT_ASSERT_EQUAL("m.ini:2:18: error: server.state_directory: the value is empty [C204]\n"s,
                             faultsOf("state_directory =\n"));
    }

    void defaultsAreThoseOfTheContract() {
        const ServerSettings settings = good("");
        CPPUNIT_ASSERT_EQUAL("127.0.0.1:8080"s, settings.listen.at(0).text);
        CPPUNIT_ASSERT(!settings.runtime.development && !settings.runtime.traceIds);
        CPPUNIT_ASSERT(good("log_trace_ids = yes\n").runtime.traceIds);
        const mortise::http::Limits& limits = settings.http.limits;
        CPPUNIT_ASSERT_EQUAL(std::size_t{8} << 10, limits.request_line_bytes);
        CPPUNIT_ASSERT_EQUAL(std::size_t{32} << 10, limits.header_bytes);
        CPPUNIT_ASSERT_EQUAL(std::size_t{100}, limits.header_fields);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{10'000}, limits.header_timeout_ms);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{10} << 20, limits.body_bytes);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{20'000}, limits.body_timeout_ms);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1024}, limits.body_bytes_per_second);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{300'000}, limits.body_timeout_max_ms);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{256} << 20, limits.buffered_body_bytes);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{30'000}, limits.write_timeout_ms);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{75'000}, limits.idle_timeout_ms);
        CPPUNIT_ASSERT(60s == settings.serving.requestTimeout && 60s == settings.serving.handlerTimeout);
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{256}, settings.serving.maxOrphans);
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{64}, settings.serving.maxJsonDepth);
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{250'000}, settings.serving.maxJsonValues);
        CPPUNIT_ASSERT(!settings.serving.rejectUnknown && !settings.serving.development);
        CPPUNIT_ASSERT(100ms == settings.watchdog.late);
        CPPUNIT_ASSERT(10s == settings.watchdog.fatal);
        CPPUNIT_ASSERT(settings.loops >= 1 && settings.runtime.hashing.threads >= 1);
    }

    void readsValues() {
        const ServerSettings settings = good(
            "mode = development\nloops = 3\nworkers = 7\nworker_queue = 9\nhashing_workers = 2\nretry_after = 1500ms\n"
            "state_directory = state/.\nwrite_timeout = 2s\nreuse_port = yes\n");
        CPPUNIT_ASSERT(settings.runtime.development && settings.serving.development);
        CPPUNIT_ASSERT(good("unknown_members = reject\n").serving.rejectUnknown);
        CPPUNIT_ASSERT(5s == good("handler_timeout = 5\n").serving.handlerTimeout);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, settings.loops);
        CPPUNIT_ASSERT_EQUAL(std::size_t{7}, settings.runtime.workers.threads);
        CPPUNIT_ASSERT_EQUAL(std::size_t{9}, settings.runtime.workers.queueLimit);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, settings.runtime.hashing.threads);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, settings.runtime.retryAfterSeconds);
        CPPUNIT_ASSERT(2s == settings.runtime.writeTimeout);
        CPPUNIT_ASSERT(settings.listenOptions.reuse_port);
        CPPUNIT_ASSERT_EQUAL("/etc/mortise/state/"s, settings.runtime.stateDirectory);
        CPPUNIT_ASSERT_EQUAL("/etc/mortise/state/run"s, settings.runtime.runtimeDirectory);
        CPPUNIT_ASSERT_EQUAL("/run/x"s, good("runtime_directory = /run/x\n").runtime.runtimeDirectory);
        CPPUNIT_ASSERT_EQUAL("/etc/mortise"s, settings.runtime.configurationFolder);
    }

    void comparesAndTellsWhatNeedsARestart() {
        CPPUNIT_ASSERT(good("") == good("idle_timeout = 75000ms\n"));
        CPPUNIT_ASSERT(!(good("") == good("loops = 3\n")));
        const auto changes = config::changes(resolve(""), resolve("loops = 3\nlisten = :1\n"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, changes.size());
        CPPUNIT_ASSERT(changes[0].key == "listen" && changes[0].reloadable);
        CPPUNIT_ASSERT(changes[1].key == "loops" && !changes[1].reloadable);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ServerSettingsTest);
