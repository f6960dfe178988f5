// SPDX-License-Identifier: Apache-2.0
#include "application/timeout_extension.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace mortise::application {

namespace {

// One extension and its service manager.
struct Managed {
    Managed(base::EventLoop& loop, const std::string& address)
        : socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un to{};
        to.sun_family = AF_UNIX;
        std::copy(address.begin(), address.end(), to.sun_path);
        CPPUNIT_ASSERT_EQUAL(0, bind(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to));
        notifier.emplace(base::ServiceNotifier::connect(address).value());
        extension.emplace(loop, *notifier);
    }
    std::string received() const {
        std::array<char, 200> buffer;
        const ssize_t got = recv(socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        return got < 0 ? "nothing" : std::string(buffer.data(), static_cast<std::size_t>(got));
    }

    base::UniqueFd socket;
    std::optional<base::ServiceNotifier> notifier;
    std::optional<TimeoutExtension> extension;
};

} // namespace

class TimeoutExtensionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TimeoutExtensionTest);
    CPPUNIT_TEST(asksWhileAWaitHasTime);
    CPPUNIT_TEST_SUITE_END();

    void asksWhileAWaitHasTime() {
        const tests::TemporaryFolder folder;
        base::EventLoop loop;
        const auto address = [&](const char* name) { return (folder / name).string(); };
        const auto now = std::chrono::steady_clock::now();
        const auto far = now + std::chrono::hours(1);
        Managed asks(loop, address("asks"));
        Managed waitsForNobody(loop, address("nobody"));
        Managed ended(loop, address("ended"));
        Managed late(loop, address("late"));
        Managed changesNothing(loop, address("nothing"));
        Managed over(loop, address("over"));
        for (Managed* const one : {&asks, &waitsForNobody, &ended, &late, &over}) one->extension->changeBegins();
        asks.extension->begin(now);
        asks.extension->begin(far);
        asks.extension->begin(far);
        asks.extension->end(far); // another one like it goes on
        ended.extension->begin(far);
        ended.extension->end(far);
        late.extension->begin(now);
        changesNothing.extension->begin(far);
        over.extension->begin(far);
        over.extension->changeEnds();
        loop.after(1500, [&] { loop.stop(); }); // behind the first look
        loop.run();
        CPPUNIT_ASSERT_EQUAL(std::string("EXTEND_TIMEOUT_USEC=10000000"), asks.received());
        for (const Managed* const one : {&waitsForNobody, &ended, &late, &changesNothing, &over})
            CPPUNIT_ASSERT_EQUAL(std::string("nothing"), one->received());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TimeoutExtensionTest);

} // namespace mortise::application
