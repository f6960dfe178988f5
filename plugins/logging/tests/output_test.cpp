// SPDX-License-Identifier: Apache-2.0
#include "plugins/logging/datagram_output.hpp"
#include "plugins/logging/file_output.hpp"
#include "plugins/logging/log_outputs.hpp"
#include "plugins/logging/stream_output.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <csignal>
#include <sstream>
#include <system_error>

namespace mortise::logging {

namespace {

using mortise::tests::TemporaryFolder;

void writeAll(Output& output, std::string_view text) {
    for (int i = 0; i < 1000 && !text.empty(); ++i) text.remove_prefix(output.write(text));
    CPPUNIT_ASSERT_MESSAGE(output.trouble(), text.empty());
}

class DatagramServer {
public:
    explicit DatagramServer(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        CPPUNIT_ASSERT_EQUAL(0, ::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
    }
    std::string receive() {
        pollfd ready{socket_.get(), POLLIN, 0};
        if (::poll(&ready, 1, 5000) != 1) return "nothing";
        std::array<char, 65536> bytes;
        const ssize_t count = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
        return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
    }

private:
    Descriptor socket_;
};

} // namespace

class OutputTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(OutputTest);
    CPPUNIT_TEST(fileThatCannotBeOpenedThrows);
    CPPUNIT_TEST(fileAppendsWithItsMode);
    CPPUNIT_TEST(fullDeviceTakesNothing);
    CPPUNIT_TEST(fullDiskKeepsWholeLines);
    CPPUNIT_TEST(tornEndOfAnEarlierProcessIsEnded);
    CPPUNIT_TEST(rotatesBetweenLines);
    CPPUNIT_TEST(rotationKeepsWhatItShould);
    CPPUNIT_TEST(rotationWithoutKeeping);
    CPPUNIT_TEST(lineLargerThanAFile);
    CPPUNIT_TEST(failedRotationGoesOn);
    CPPUNIT_TEST(rotationOfSomebodyElseIsSeen);
    CPPUNIT_TEST(reopenFollowsTheName);
    CPPUNIT_TEST(deletedFileIsMadeAnew);
    CPPUNIT_TEST(vanishedFolderComesBack);
    CPPUNIT_TEST(truncatedFileIsSeen);
    CPPUNIT_TEST(channelRecoversFromAVanishedFolder);
    CPPUNIT_TEST(pipeTakesWhatItHasRoomFor);
    CPPUNIT_TEST(closedPipeIsNoSignal);
    CPPUNIT_TEST(redirectedStreamIsWrittenWhole);
    CPPUNIT_TEST(datagramsOneRecordEach);
    CPPUNIT_TEST(datagramServerMayComeLate);
    CPPUNIT_TEST_SUITE_END();

public:
    void fileThatCannotBeOpenedThrows() {
        TemporaryFolder folder;
        try {
            FileOutput output({(folder / "missing/log").string()});
            CPPUNIT_FAIL("was opened");
        } catch (const std::system_error& error) {
            CPPUNIT_ASSERT(std::string(error.what()).find("missing/log") != std::string::npos);
        }
        CPPUNIT_ASSERT_THROW(FileOutput({folder.path().string()}), std::system_error);
    }

    void fileAppendsWithItsMode() {
        TemporaryFolder folder;
        const mode_t before = ::umask(0);
        for (int i = 0; i < 2; ++i) {
            FileOutput output({(folder / "log").string()});
            writeAll(output, "one\ntwo\n");
        }
        ::umask(before);
        CPPUNIT_ASSERT_EQUAL(std::string("one\ntwo\none\ntwo\n"), folder.read("log"));
        struct stat status {};
        ::stat((folder / "log").c_str(), &status);
        CPPUNIT_ASSERT_EQUAL(0640u, static_cast<unsigned>(status.st_mode & 07777));
    }

    void fullDeviceTakesNothing() {
        FileOutput output({"/dev/full"});
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, output.write("line\n"));
        CPPUNIT_ASSERT_EQUAL(std::generic_category().message(ENOSPC), output.trouble());
    }

    // A limit on file sizes stands for a disk that takes a part of a write.
    void fullDiskKeepsWholeLines() {
        TemporaryFolder folder;
        rlimit before{};
        ::getrlimit(RLIMIT_FSIZE, &before);
        struct sigaction ignored {};
        struct sigaction old {};
        ignored.sa_handler = SIG_IGN;
        ::sigaction(SIGXFSZ, &ignored, &old);
        FileOutput output({(folder / "log").string()});
        const rlimit limit{25, before.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        const std::string block = "0123456789\n0123456789\n0123456789\n";
        const std::size_t taken = output.write(block);
        const std::size_t after = output.write("0123456789\n");
        const std::string in_file = folder.read("log");
        ::setrlimit(RLIMIT_FSIZE, &before);
        ::sigaction(SIGXFSZ, &old, nullptr);
        CPPUNIT_ASSERT_EQUAL(std::size_t{22}, taken);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, after);
        CPPUNIT_ASSERT_EQUAL(block.substr(0, 22), in_file);
        writeAll(output, block.substr(22));
        CPPUNIT_ASSERT_EQUAL(block, folder.read("log"));
    }

    void tornEndOfAnEarlierProcessIsEnded() {
        TemporaryFolder folder;
        folder.write("log", "whole\ntor");
        FileOutput output({(folder / "log").string()});
        writeAll(output, "next\n");
        writeAll(output, "more\n");
        CPPUNIT_ASSERT_EQUAL(std::string("whole\ntor\nnext\nmore\n"), folder.read("log"));
    }

    void rotatesBetweenLines() {
        TemporaryFolder folder;
        FileOutput output({(folder / "log").string(), 20, 3});
        writeAll(output, "aaaaaaaa\nbbbbbbbb\ncccccccc\ndddddddd\neeeeeeee\n");
        CPPUNIT_ASSERT_EQUAL(std::string("aaaaaaaa\nbbbbbbbb\n"), folder.read("log.2"));
        CPPUNIT_ASSERT_EQUAL(std::string("cccccccc\ndddddddd\n"), folder.read("log.1"));
        CPPUNIT_ASSERT_EQUAL(std::string("eeeeeeee\n"), folder.read("log"));
    }

    void rotationKeepsWhatItShould() {
        TemporaryFolder folder;
        FileOutput output({(folder / "log").string(), 4, 2});
        for (const char* line : {"1\n", "2\n", "3\n", "4\n", "5\n", "6\n", "7\n"}) writeAll(output, line);
        CPPUNIT_ASSERT_EQUAL(std::string("7\n"), folder.read("log"));
        CPPUNIT_ASSERT_EQUAL(std::string("5\n6\n"), folder.read("log.1"));
        CPPUNIT_ASSERT_EQUAL(std::string("3\n4\n"), folder.read("log.2"));
        CPPUNIT_ASSERT(!std::filesystem::exists(folder / "log.3"));
    }

    void rotationWithoutKeeping() {
        TemporaryFolder folder;
        FileOutput output({(folder / "log").string(), 4, 0});
        for (const char* line : {"1\n", "2\n", "3\n"}) writeAll(output, line);
        CPPUNIT_ASSERT_EQUAL(std::string("3\n"), folder.read("log"));
        CPPUNIT_ASSERT(!std::filesystem::exists(folder / "log.1"));
    }

    void lineLargerThanAFile() {
        TemporaryFolder folder;
        FileOutput output({(folder / "log").string(), 10, 3});
        const std::string large(50, 'x');
        writeAll(output, "a\n" + large + "\nb\n");
        CPPUNIT_ASSERT_EQUAL(std::string("a\n"), folder.read("log.2"));
        CPPUNIT_ASSERT_EQUAL(large + "\n", folder.read("log.1"));
        CPPUNIT_ASSERT_EQUAL(std::string("b\n"), folder.read("log"));
    }

    void failedRotationGoesOn() {
        TemporaryFolder folder;
        std::filesystem::create_directories(folder / "log.1/in-the-way");
        FileOutput output({(folder / "log").string(), 10, 1});
        std::string expected;
        for (int i = 0; i < 20; ++i) {
            writeAll(output, "1234\n");
            expected += "1234\n";
        }
        CPPUNIT_ASSERT_EQUAL(expected, folder.read("log"));
    }

    void rotationOfSomebodyElseIsSeen() {
        TemporaryFolder folder;
        FileOutput old({(folder / "log").string(), 10, 3});
        writeAll(old, "1234567\n");
        FileOutput fresh({(folder / "log").string(), 10, 3});
        writeAll(fresh, "abcdefg\n");
        writeAll(old, "8\n");
        writeAll(old,
                 "xyz\n"); // past log.1's size: goes on with the file of that name, which is full and rotated in turn
        CPPUNIT_ASSERT_EQUAL(std::string("1234567\n8\n"), folder.read("log.2"));
        CPPUNIT_ASSERT_EQUAL(std::string("abcdefg\n"), folder.read("log.1"));
        CPPUNIT_ASSERT_EQUAL(std::string("xyz\n"), folder.read("log"));
        CPPUNIT_ASSERT(!std::filesystem::exists(folder / "log.3"));
    }

    void reopenFollowsTheName() {
        TemporaryFolder folder;
        FileOutput output({(folder / "log").string()});
        writeAll(output, "1\n");
        std::filesystem::rename(folder / "log", folder / "moved");
        writeAll(output, "2\n");
        CPPUNIT_ASSERT(output.reopen());
        writeAll(output, "3\n");
        CPPUNIT_ASSERT_EQUAL(std::string("1\n2\n"), folder.read("moved"));
        CPPUNIT_ASSERT_EQUAL(std::string("3\n"), folder.read("log"));
        std::filesystem::remove(folder / "log");
        std::filesystem::create_directory(folder / "log");
        CPPUNIT_ASSERT(!output.reopen());
        CPPUNIT_ASSERT_EQUAL(std::generic_category().message(EISDIR), output.trouble());
    }

    void deletedFileIsMadeAnew() {
        TemporaryFolder folder;
        FileOutput output({(folder / "log").string()});
        writeAll(output, "1\n");
        std::filesystem::remove(folder / "log");
        writeAll(output, "2\n");
        CPPUNIT_ASSERT_EQUAL(std::string("2\n"), folder.read("log"));
    }

    void vanishedFolderComesBack() {
        TemporaryFolder folder;
        std::filesystem::create_directory(folder / "logs");
        FileOutput output({(folder / "logs/log").string()});
        writeAll(output, "1\n");
        std::filesystem::remove_all(folder / "logs");
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, output.write("2\n"));
        CPPUNIT_ASSERT_EQUAL(std::generic_category().message(ENOENT), output.trouble());
        std::filesystem::create_directory(folder / "logs");
        writeAll(output, "2\n");
        CPPUNIT_ASSERT_EQUAL(std::string("2\n"), folder.read("logs/log"));
    }

    void truncatedFileIsSeen() {
        TemporaryFolder folder;
        FileOutput output({(folder / "log").string(), 10, 1});
        writeAll(output, "12345678\n");
        std::filesystem::resize_file(folder / "log", 0);
        writeAll(output, "87654321\n");
        CPPUNIT_ASSERT_EQUAL(std::string("87654321\n"), folder.read("log"));
        CPPUNIT_ASSERT(!std::filesystem::exists(folder / "log.1"));
    }

    void channelRecoversFromAVanishedFolder() {
        TemporaryFolder folder;
        std::filesystem::create_directory(folder / "logs");
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        Channel::Hooks hooks;
        hooks.dropped_line = [](std::uint64_t dropped) { return "dropped " + std::to_string(dropped) + "\n"; };
        hooks.report = [](const std::string&) {};
        LineQueue::Settings settings;
        settings.capacity = 100;
        Channel channel(std::make_unique<FileOutput>(FileOutput::Settings{(folder / "logs/log").string()}), settings,
                        hooks, "test");
        std::filesystem::remove_all(folder / "logs");
        std::size_t kept = 0;
        for (int i = 0; i < 1000; ++i) kept += channel.push("123456789\n", true) ? 1 : 0;
        CPPUNIT_ASSERT(kept <= 20);
        std::filesystem::create_directory(folder / "logs");
        CPPUNIT_ASSERT(channel.flush(patience));
        // How many blocks there are, each with what was dropped behind it, is a matter of scheduling.
        std::istringstream lines(folder.read("logs/log"));
        std::size_t written = 0;
        std::size_t dropped = 0;
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with("dropped ")) {
                dropped += std::stoul(line.substr(8));
            } else {
                CPPUNIT_ASSERT_EQUAL(std::string("123456789"), line);
                ++written;
            }
        }
        CPPUNIT_ASSERT_EQUAL(kept, written);
        CPPUNIT_ASSERT_EQUAL(1000 - kept, dropped);
    }

    void pipeTakesWhatItHasRoomFor() {
        int ends[2];
        CPPUNIT_ASSERT_EQUAL(0, ::pipe2(ends, O_CLOEXEC));
        const Descriptor reader(ends[0]);
        const Descriptor writer(ends[1]);
        StreamOutput output(writer.get(), "standard output");
        const std::string block(1'000'000, 'x');
        std::size_t taken = 0;
        while (const std::size_t part = output.write(std::string_view(block).substr(taken))) taken += part;
        CPPUNIT_ASSERT(taken >= 4096 && taken < block.size());
        CPPUNIT_ASSERT((::fcntl(writer.get(), F_GETFL) & O_NONBLOCK) == 0);
        std::array<char, 65536> drained;
        CPPUNIT_ASSERT(::read(reader.get(), drained.data(), drained.size()) > 0);
        CPPUNIT_ASSERT(output.write(block) > 0);
    }

    void closedPipeIsNoSignal() {
        int ends[2];
        CPPUNIT_ASSERT_EQUAL(0, ::pipe2(ends, O_CLOEXEC));
        ::close(ends[0]);
        std::vector<std::string> reports;
        {
            Channel::Hooks hooks;
            hooks.report = [&](const std::string& sentence) { reports.push_back(sentence); };
            hooks.dropped_line = [](std::uint64_t) { return std::string(); };
            Channel channel(std::make_unique<StreamOutput>(ends[1], "standard output"), LineQueue::Settings{}, hooks,
                            "test");
            channel.push("x\n", true);
            channel.stop(std::chrono::steady_clock::now() + std::chrono::milliseconds(50));
        }
        ::close(ends[1]);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, reports.size());
        CPPUNIT_ASSERT(reports[0].find(std::generic_category().message(EPIPE)) != std::string::npos);
    }

    void redirectedStreamIsWrittenWhole() {
        TemporaryFolder folder;
        const Descriptor file(::open((folder / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        StreamOutput output(file.get(), "standard output");
        const std::string block(100'000, 'y');
        CPPUNIT_ASSERT_EQUAL(block.size(), output.write(block));
        CPPUNIT_ASSERT_EQUAL(block, folder.read("out"));
        CPPUNIT_ASSERT_THROW(StreamOutput(-1, "nothing"), std::system_error);
    }

    void datagramsOneRecordEach() {
        TemporaryFolder folder;
        DatagramServer server((folder / "log").string());
        DatagramOutput syslog((folder / "log").string(), "syslog", "\n", 0);
        CPPUNIT_ASSERT_EQUAL(std::size_t{15}, syslog.write("<30>a\n<30>b\n12\n"));
        CPPUNIT_ASSERT_EQUAL(std::string("<30>a"), server.receive());
        CPPUNIT_ASSERT_EQUAL(std::string("<30>b"), server.receive());
        CPPUNIT_ASSERT_EQUAL(std::string("12"), server.receive());
        DatagramOutput journal((folder / "log").string(), "journal", "\n\n", 1);
        CPPUNIT_ASSERT_EQUAL(std::size_t{16}, journal.write("A=1\nB=2\n\nMES=x\n\n"));
        CPPUNIT_ASSERT_EQUAL(std::string("A=1\nB=2\n"), server.receive());
        CPPUNIT_ASSERT_EQUAL(std::string("MES=x\n"), server.receive());
    }

    void datagramServerMayComeLate() {
        TemporaryFolder folder;
        const std::string path = (folder / "log").string();
        DatagramOutput output(path, "syslog", "\n", 0);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, output.write("a\n"));
        CPPUNIT_ASSERT_EQUAL(std::generic_category().message(ENOENT), output.trouble());
        {
            DatagramServer server(path);
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, output.write("a\n"));
            CPPUNIT_ASSERT_EQUAL(std::string("a"), server.receive());
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, output.write("b\n"));
        std::filesystem::remove(path);
        DatagramServer server(path);
        writeAll(output, "b\n");
        CPPUNIT_ASSERT_EQUAL(std::string("b"), server.receive());
        // Nobody reads: what has no room stays with the caller.
        const std::string line = std::string(1000, 'x') + "\n";
        std::size_t sent = 0;
        while (sent < 100'000 && output.write(line) != 0) ++sent;
        CPPUNIT_ASSERT(sent < 100'000);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, output.write(line));
        server.receive();
        CPPUNIT_ASSERT_EQUAL(line.size(), output.write(line));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OutputTest);

} // namespace mortise::logging
