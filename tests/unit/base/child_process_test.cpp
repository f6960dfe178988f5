// SPDX-License-Identifier: Apache-2.0
#include "base/child_process.hpp"

#include "base/unique_fd.hpp"

#include "tests/support/eventually.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <string>

namespace mortise::base {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

ChildSettings shell(const std::string& script, Clock::duration limit = 30s) {
    ChildSettings settings;
    settings.program = "/bin/sh";
    settings.arguments = {"-c", script};
    settings.deadline = Clock::now() + limit;
    return settings;
}

// Gone, or a zombie that its new parent has not collected.
bool isDead(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string text;
    if (!std::getline(file, text)) return true;
    const std::size_t name = text.rfind(')');
    return name != std::string::npos && text.compare(name, 3, ") Z") == 0;
}

bool eventuallyDead(pid_t process) {
    return tests::eventually([&] { return isDead(process); });
}

} // namespace

class ChildProcessTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ChildProcessTest);
    CPPUNIT_TEST(saysWhatCannotBeStarted);
    CPPUNIT_TEST(killsWhatHangsWithItsChildren);
    CPPUNIT_TEST(killsWhatNeverStopsWriting);
    CPPUNIT_TEST(doesNotWaitForBackgroundChildren);
    CPPUNIT_TEST(tellsStatusAndSignal);
    CPPUNIT_TEST(boundsWhatItKeeps);
    CPPUNIT_TEST(keepsOutputAndErrorsApart);
    CPPUNIT_TEST(passesOnlyTheNamedDescriptors);
    CPPUNIT_TEST(passesArgumentsAndEnvironmentUntouched);
    CPPUNIT_TEST_SUITE_END();

public:
    void saysWhatCannotBeStarted() {
        ChildSettings settings = shell("");
        settings.program = "/nonexistent/program";
        const auto result = runChild(settings);
        CPPUNIT_ASSERT(!result);
        CPPUNIT_ASSERT(result.fault().find("/nonexistent/program: cannot be started") == 0);
        settings = shell("");
        settings.descriptors = {-1};
        CPPUNIT_ASSERT(!runChild(settings));
    }

    void killsWhatHangsWithItsChildren() {
        const auto result = runChild(shell("sleep 1000 & echo $!; exec sleep 1000", 1500ms));
        CPPUNIT_ASSERT(result);
        CPPUNIT_ASSERT(result->ending == ChildEnding::timedOut);
        CPPUNIT_ASSERT(!result->succeeded());
        CPPUNIT_ASSERT_EQUAL(std::string("did not finish in time and was killed"), result->describe());
        CPPUNIT_ASSERT(!result->output.empty());
        CPPUNIT_ASSERT(eventuallyDead(std::stoi(result->output)));
    }

    void killsWhatNeverStopsWriting() {
        const auto result = runChild(shell("while :; do echo yes; done", 200ms));
        CPPUNIT_ASSERT(result->ending == ChildEnding::timedOut);
        CPPUNIT_ASSERT(result->outputCut || result->output.size() < 64 * 1024);
    }

    void doesNotWaitForBackgroundChildren() {
        const auto before = Clock::now();
        const auto result = runChild(shell("sleep 1000 & echo $!"));
        CPPUNIT_ASSERT(result->succeeded());
        CPPUNIT_ASSERT(Clock::now() - before < 20s);
        CPPUNIT_ASSERT(eventuallyDead(std::stoi(result->output)));
    }

    void tellsStatusAndSignal() {
        CPPUNIT_ASSERT_EQUAL(std::string("exited with status 3"), runChild(shell("exit 3"))->describe());
        // What this thread blocks or ignores must not reach the child.
        sigset_t term;
        sigset_t before;
        sigemptyset(&term);
        sigaddset(&term, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &term, &before);
        const auto old = signal(SIGUSR1, SIG_IGN);
        const auto terminated = runChild(shell("kill -TERM $$; exit 0"));
        const auto user = runChild(shell("kill -USR1 $$; exit 0"));
        signal(SIGUSR1, old);
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        CPPUNIT_ASSERT(terminated->ending == ChildEnding::signalled);
        CPPUNIT_ASSERT_EQUAL(std::string("was ended by signal 15 (Terminated)"), terminated->describe());
        CPPUNIT_ASSERT_EQUAL(SIGUSR1, user->code);
    }

    void boundsWhatItKeeps() {
        ChildSettings settings = shell("head -c 1000000 /dev/zero; printf 12345 >&2");
        settings.captureBytes = 5;
        const auto result = runChild(settings);
        CPPUNIT_ASSERT(result->succeeded());
        CPPUNIT_ASSERT_EQUAL(std::string(5, '\0'), result->output);
        CPPUNIT_ASSERT(result->outputCut);
        CPPUNIT_ASSERT_EQUAL(std::string("12345"), result->errors);
        CPPUNIT_ASSERT(!result->errorsCut);
    }

    void keepsOutputAndErrorsApart() {
        const auto result = runChild(shell("echo out; echo err >&2; cat"));
        CPPUNIT_ASSERT(result->succeeded()); // cat ends at once: stdin is empty
        CPPUNIT_ASSERT_EQUAL(std::string("out\n"), result->output);
        CPPUNIT_ASSERT_EQUAL(std::string("err\n"), result->errors);
    }

    void passesOnlyTheNamedDescriptors() {
        std::array<int, 2> ends{};
        CPPUNIT_ASSERT_EQUAL(0, pipe2(ends.data(), O_CLOEXEC));
        const UniqueFd reader(ends[0]);
        UniqueFd writer(ends[1]);
        CPPUNIT_ASSERT_EQUAL(ssize_t{5}, write(writer.get(), "hello", 5));
        writer.reset();
        const UniqueFd leaky(fcntl(reader.get(), F_DUPFD, 77)); // not close-on-exec
        ChildSettings settings = shell("cat <&4; for n in 3 4 5 " + std::to_string(leaky.get()) +
                                       "; do [ -e /proc/$$/fd/$n ] && printf \" $n\"; done; exit 0");
        const UniqueFd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
        settings.descriptors = {null.get(), reader.get()};
        const auto result = runChild(settings);
        CPPUNIT_ASSERT_EQUAL(std::string("hello 3 4"), result->output);
        CPPUNIT_ASSERT(fcntl(reader.get(), F_GETFD) >= 0);
    }

    void passesArgumentsAndEnvironmentUntouched() {
        ChildSettings settings = shell("printf '%s|' \"$0\" \"$1\" \"$ONLY\" \"$HOME\"");
        settings.arguments.insert(settings.arguments.end(), {"a b", "$x *"});
        settings.environment = {"ONLY=this"};
        CPPUNIT_ASSERT_EQUAL(std::string("a b|$x *|this||"), runChild(settings)->output);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ChildProcessTest);

} // namespace mortise::base
