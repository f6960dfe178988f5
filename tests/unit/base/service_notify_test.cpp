// SPDX-License-Identifier: Apache-2.0
#include "base/service_notify.hpp"

#include "base/unique_fd.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <string>

namespace mortise::base {

namespace {

std::map<std::string, std::string, std::less<>> variables;

const char* lookUp(const char* name) {
    const auto found = variables.find(std::string_view(name));
    return found == variables.end() ? nullptr : found->second.c_str();
}

// A service manager's end.
class Manager {
public:
    explicit Manager(const std::string& address) : socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un to{};
        to.sun_family = AF_UNIX;
        std::copy(address.begin(), address.end(), to.sun_path);
        if (address[0] == '@') to.sun_path[0] = '\0';
        const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
        CPPUNIT_ASSERT_EQUAL(0, bind(socket_.get(), reinterpret_cast<const sockaddr*>(&to), bytes));
    }
    // A datagram is there as soon as sending it returned.
    std::string receive() const {
        std::array<char, 4096> buffer;
        const ssize_t got = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        return got < 0 ? "nothing" : std::string(buffer.data(), static_cast<std::size_t>(got));
    }

private:
    UniqueFd socket_;
};

} // namespace

class ServiceNotifyTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ServiceNotifyTest);
    CPPUNIT_TEST(refusesUnusableVariables);
    CPPUNIT_TEST(ignoresWhatIsMeantForOthers);
    CPPUNIT_TEST(readsWhatTheManagerSaid);
    CPPUNIT_TEST(takesTheVariablesAway);
    CPPUNIT_TEST(refusesUnusableAddresses);
    CPPUNIT_TEST(doesNothingWithoutAManager);
    CPPUNIT_TEST(failsWhenTheManagerIsGone);
    CPPUNIT_TEST(speaksTheProtocol);
    CPPUNIT_TEST(reachesAbstractSockets);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override { variables.clear(); }

    void refusesUnusableVariables() {
        for (const char* bad : {"", "0", "-1", "1s", " 1", "99999999999999999999999", "18446744073709551615"}) {
            variables = {{"WATCHDOG_USEC", bad}};
            const auto environment = ServiceEnvironment::read(lookUp, 42);
            CPPUNIT_ASSERT_MESSAGE(bad, !environment);
            CPPUNIT_ASSERT(environment.fault().find("WATCHDOG_USEC=" + std::string(bad)) == 0);
        }
        for (const char* bad : {"", "-1", "x", "1025", "4294967296"}) {
            variables = {{"LISTEN_PID", "42"}, {"LISTEN_FDS", bad}};
            CPPUNIT_ASSERT_MESSAGE(bad, !ServiceEnvironment::read(lookUp, 42));
        }
        variables = {{"LISTEN_PID", "42"}, {"LISTEN_FDS", "2"}, {"LISTEN_FDNAMES", "one"}};
        CPPUNIT_ASSERT(!ServiceEnvironment::read(lookUp, 42));
    }

    void ignoresWhatIsMeantForOthers() {
        variables = {{"WATCHDOG_USEC", "1000"}, {"WATCHDOG_PID", "41"}, {"LISTEN_PID", "41"}, {"LISTEN_FDS", "2"}};
        const auto other = ServiceEnvironment::read(lookUp, 42);
        CPPUNIT_ASSERT(!other->watchdog && other->sockets.empty() && other->notifySocket.empty());
        variables = {{"LISTEN_FDS", "2"}};
        CPPUNIT_ASSERT(ServiceEnvironment::read(lookUp, 42)->sockets.empty());
    }

    void readsWhatTheManagerSaid() {
        variables = {{"NOTIFY_SOCKET", "/run/n"}, {"WATCHDOG_USEC", "10000000"}, {"WATCHDOG_PID", "42"},
                     {"LISTEN_PID", "42"},        {"LISTEN_FDS", "3"},           {"LISTEN_FDNAMES", "http::admin"}};
        const auto environment = ServiceEnvironment::read(lookUp, 42);
        CPPUNIT_ASSERT_EQUAL(std::string("/run/n"), environment->notifySocket);
        CPPUNIT_ASSERT(environment->watchdog == std::chrono::seconds(10));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, environment->sockets.size());
        CPPUNIT_ASSERT_EQUAL(3, environment->sockets[0].descriptor);
        CPPUNIT_ASSERT_EQUAL(5, environment->sockets[2].descriptor);
        CPPUNIT_ASSERT_EQUAL(std::string("http"), environment->sockets[0].name);
        CPPUNIT_ASSERT_EQUAL(std::string(), environment->sockets[1].name);
        CPPUNIT_ASSERT_EQUAL(std::string("admin"), environment->sockets[2].name);
    }

    void takesTheVariablesAway() {
        setenv("NOTIFY_SOCKET", "@somewhere", 1);
        setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
        setenv("LISTEN_FDS", "1000", 1);
        const auto missing = ServiceEnvironment::take();
        CPPUNIT_ASSERT(!missing);
        CPPUNIT_ASSERT(missing.fault().find("which is not open") != std::string::npos);
        CPPUNIT_ASSERT(getenv("NOTIFY_SOCKET") == nullptr && getenv("LISTEN_FDS") == nullptr);
        setenv("NOTIFY_SOCKET", "@somewhere", 1);
        CPPUNIT_ASSERT_EQUAL(std::string("@somewhere"), ServiceEnvironment::take()->notifySocket);
        CPPUNIT_ASSERT(ServiceEnvironment::take()->notifySocket.empty());
    }

    void refusesUnusableAddresses() {
        for (const std::string& bad : {std::string("relative"), std::string("@"), std::string("/"),
                                       std::string("vsock:2:1"), "/" + std::string(200, 'x')}) {
            CPPUNIT_ASSERT_MESSAGE(bad, !ServiceNotifier::connect(bad));
        }
    }

    void doesNothingWithoutAManager() {
        const auto notifier = ServiceNotifier::connect("");
        CPPUNIT_ASSERT(notifier && !notifier->connected());
        CPPUNIT_ASSERT(notifier->ready("serving"));
    }

    void failsWhenTheManagerIsGone() {
        const auto notifier = ServiceNotifier::connect((folder_ / "nobody").string());
        CPPUNIT_ASSERT(notifier->connected());
        CPPUNIT_ASSERT(!notifier->ready("serving"));
    }

    void speaksTheProtocol() {
        const std::string path = (folder_ / "notify").string();
        const Manager manager(path);
        const auto notifier = ServiceNotifier::connect(path);
        CPPUNIT_ASSERT(notifier->ready("serving on 3 sockets\nREADY=0"));
        CPPUNIT_ASSERT_EQUAL(std::string("READY=1\nSTATUS=serving on 3 sockets READY=0"), manager.receive());
        CPPUNIT_ASSERT(notifier->stopping(""));
        CPPUNIT_ASSERT_EQUAL(std::string("STOPPING=1"), manager.receive());
        CPPUNIT_ASSERT(notifier->status("draining"));
        CPPUNIT_ASSERT_EQUAL(std::string("STATUS=draining"), manager.receive());
        CPPUNIT_ASSERT(notifier->watchdog());
        CPPUNIT_ASSERT_EQUAL(std::string("WATCHDOG=1"), manager.receive());
        CPPUNIT_ASSERT(notifier->mainPid(77));
        CPPUNIT_ASSERT_EQUAL(std::string("MAINPID=77"), manager.receive());
        CPPUNIT_ASSERT(notifier->extendTimeout(std::chrono::seconds(2)));
        CPPUNIT_ASSERT_EQUAL(std::string("EXTEND_TIMEOUT_USEC=2000000"), manager.receive());

        const auto microseconds = [] {
            timespec now{};
            clock_gettime(CLOCK_MONOTONIC, &now);
            return static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
        };
        const long long before = microseconds();
        CPPUNIT_ASSERT(notifier->reloading("reading the configuration"));
        const std::string reloading = manager.receive();
        const std::string start = "RELOADING=1\nMONOTONIC_USEC=";
        CPPUNIT_ASSERT_EQUAL(start, reloading.substr(0, start.size()));
        const long long told = std::stoll(reloading.substr(start.size()));
        CPPUNIT_ASSERT(told >= before && told <= microseconds());
        CPPUNIT_ASSERT(reloading.find("\nSTATUS=reading the configuration") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("nothing"), manager.receive());
    }

    void reachesAbstractSockets() {
        const std::string address = "@mortise-test-" + std::to_string(getpid());
        const Manager manager(address);
        CPPUNIT_ASSERT(ServiceNotifier::connect(address)->ready(""));
        CPPUNIT_ASSERT_EQUAL(std::string("READY=1"), manager.receive());
    }

private:
    tests::TemporaryFolder folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ServiceNotifyTest);

} // namespace mortise::base
