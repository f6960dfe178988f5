// SPDX-License-Identifier: Apache-2.0
#include "host/command_frame.hpp"

#include "host/command_socket.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <chrono>
#include <random>
#include <string>

using mortise::base::UniqueFd;
using mortise::host::CommandFrame;
using mortise::host::CommandFrameKind;
using mortise::host::CommandSocket;
using namespace std::chrono_literals;
using namespace std::string_literals;

class CommandFrameTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CommandFrameTest);
    CPPUNIT_TEST(comesBackAsItWas);
    CPPUNIT_TEST(refusesWhatIsNone);
    CPPUNIT_TEST(isBounded);
    CPPUNIT_TEST(carriesADescriptor);
    CPPUNIT_TEST(endsAtDeadlines);
    CPPUNIT_TEST(seesThatTheOtherEndIsGone);
    CPPUNIT_TEST_SUITE_END();

    static CommandFrame sample() {
        return {CommandFrameKind::progress, {1, 0xffff'ffff'ffff'ffff}, {"rows", "", "a\0b"s}};
    }

    void comesBackAsItWas() {
        for (const CommandFrame& frame : {sample(), CommandFrame{CommandFrameKind::cancel, {}, {}},
                                          CommandFrame{static_cast<CommandFrameKind>(77), {7}, {}}}) {
            const auto decoded = CommandFrame::decode(frame.encode());
            CPPUNIT_ASSERT(decoded && decoded->kind == frame.kind);
            CPPUNIT_ASSERT(decoded->numbers == frame.numbers);
            CPPUNIT_ASSERT(decoded->texts == frame.texts);
        }
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, sample().number(2));
        CPPUNIT_ASSERT(sample().text(3).empty());
    }

    void refusesWhatIsNone() {
        const std::string packet = sample().encode();
        for (std::size_t size = 0; size < packet.size(); ++size)
            CPPUNIT_ASSERT_MESSAGE(std::to_string(size), !CommandFrame::decode(packet.substr(0, size)));
        CPPUNIT_ASSERT(!CommandFrame::decode(packet + '\0'));
        std::minstd_rand random(7);
        for (int round = 0; round < 20'000; ++round) { // whatever it is, it is refused or a frame that can be sent
            std::string other = packet;
            for (int i = 0; i < 3; ++i) other[random() % other.size()] = static_cast<char>(random());
            if (const auto decoded = CommandFrame::decode(other))
                CPPUNIT_ASSERT(decoded->encode().size() <= CommandFrame::maximumSize);
        }
    }

    void isBounded() {
        CommandFrame frame{CommandFrameKind::run, {}, {std::string(CommandFrame::maximumSize - 20, 'x')}};
        CPPUNIT_ASSERT_EQUAL(CommandFrame::maximumSize, frame.encode().size());
        CPPUNIT_ASSERT(CommandFrame::decode(frame.encode()));
        frame.texts[0] += 'x';
        CPPUNIT_ASSERT(!CommandFrame::decode(frame.encode()));
        frame.texts.assign(CommandFrame::maximumTexts, "");
        CPPUNIT_ASSERT(CommandFrame::decode(frame.encode()));
        frame.texts.emplace_back();
        CPPUNIT_ASSERT(!CommandFrame::decode(frame.encode()));
    }

    void carriesADescriptor() {
        auto [left, right] = CommandSocket::pair();
        const UniqueFd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        CPPUNIT_ASSERT(left.send(sample(), soon(), file.get()) == CommandSocket::Sent::yes);
        CommandFrame frame;
        UniqueFd came;
        CPPUNIT_ASSERT(right.receive(frame, came, soon()) == CommandSocket::Received::frame);
        struct stat one {
        }, other{};
        CPPUNIT_ASSERT(came && ::fstat(came.get(), &one) == 0 && ::fstat(file.get(), &other) == 0);
        CPPUNIT_ASSERT(one.st_rdev == other.st_rdev && (::fcntl(came.get(), F_GETFD) & FD_CLOEXEC) != 0);
        CPPUNIT_ASSERT(left.send(sample(), soon()) == CommandSocket::Sent::yes);
        CPPUNIT_ASSERT(right.receive(frame, came, soon()) == CommandSocket::Received::frame);
        CPPUNIT_ASSERT(!came);
    }

    void endsAtDeadlines() {
        auto [left, right] = CommandSocket::pair();
        CommandFrame frame;
        UniqueFd none;
        CPPUNIT_ASSERT(right.receive(frame, none, CommandSocket::Clock::now()) == CommandSocket::Received::late);
        CPPUNIT_ASSERT(right.receive(frame, none, CommandSocket::Clock::now() + 20ms) == CommandSocket::Received::late);
        const CommandFrame big{CommandFrameKind::output, {}, {std::string(CommandFrame::maximumText, 'x')}};
        int sent = 0;
        while (left.send(big, CommandSocket::Clock::now()) == CommandSocket::Sent::yes) CPPUNIT_ASSERT(++sent < 1000);
        CPPUNIT_ASSERT(left.send(big, CommandSocket::Clock::now() + 20ms) == CommandSocket::Sent::late);
        for (; sent > 0; --sent) CPPUNIT_ASSERT(right.receive(frame, none, soon()) == CommandSocket::Received::frame);
        CPPUNIT_ASSERT(left.send(big, soon()) == CommandSocket::Sent::yes);
    }

    void seesThatTheOtherEndIsGone() {
        auto [left, right] = CommandSocket::pair();
        CPPUNIT_ASSERT(left.send(sample(), soon()) == CommandSocket::Sent::yes);
        { const CommandSocket gone = std::move(left); }
        CommandFrame frame;
        UniqueFd none;
        CPPUNIT_ASSERT(right.receive(frame, none, soon()) == CommandSocket::Received::frame);
        CPPUNIT_ASSERT(right.receive(frame, none, soon()) == CommandSocket::Received::gone);
        CPPUNIT_ASSERT(right.send(sample(), soon()) == CommandSocket::Sent::gone);
    }

    static CommandSocket::Clock::time_point soon() { return CommandSocket::Clock::now() + 10s; }
};
CPPUNIT_TEST_SUITE_REGISTRATION(CommandFrameTest);
