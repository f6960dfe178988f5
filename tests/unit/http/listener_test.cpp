// SPDX-License-Identifier: Apache-2.0
#include "test_client.hpp"

#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>

using namespace std::string_literals;

namespace mortise::http {

class ListenerTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ListenerTest);
    CPPUNIT_TEST(refusesBadAddresses);
    CPPUNIT_TEST(readsAddresses);
    CPPUNIT_TEST(takenPortIsAnError);
    CPPUNIT_TEST(bothFamilies);
    CPPUNIT_TEST(staleSocketFileIsReplaced);
    CPPUNIT_TEST(liveSocketFileIsAnError);
    CPPUNIT_TEST(otherFilesAreLeftAlone);
    CPPUNIT_TEST(inheritedSockets);
    CPPUNIT_TEST_SUITE_END();

    std::string folder_;

public:
    void setUp() override {
        char folder[] = "/tmp/mortise-listen-XXXXXX";
        CPPUNIT_ASSERT(::mkdtemp(folder) != nullptr);
        folder_ = folder;
    }
    void tearDown() override {
        ::unlink((folder_ + "/s").c_str());
        ::rmdir(folder_.c_str());
    }

    static Listener open(const std::string& text, const ListenOptions& options = {}) {
        std::string why;
        const auto address = ListenAddress::parse(text, why);
        CPPUNIT_ASSERT_MESSAGE(why, address.has_value());
        return Listener::open(*address, options);
    }

    static std::string failure(const std::string& text) {
        try {
            open(text);
        } catch (const std::exception& error) {
            return error.what();
        }
        return {};
    }

    void refusesBadAddresses() {
        for (const std::string& text :
             {""s, "8080"s, "127.0.0.1"s, "127.0.0.1:"s, "127.0.0.1:x"s, "127.0.0.1:65536"s, "127.0.0.1:-1"s,
              "localhost:8080"s, "::1:8080"s, "[127.0.0.1]:80"s, "[]:80"s, "unix:"s, "unix:relative"s,
              "unix:/"s + std::string(120, 'a'), "fd:"s, "fd:x"s, "fd:2"s, "https://127.0.0.1:8080"s, "*:"s}) {
            std::string why;
            CPPUNIT_ASSERT_MESSAGE(text, !ListenAddress::parse(text, why));
            CPPUNIT_ASSERT_MESSAGE(text, !why.empty());
        }
    }

    void readsAddresses() {
        std::string why;
        CPPUNIT_ASSERT_EQUAL("127.0.0.1"s, ListenAddress::parse("127.0.0.1:8080", why)->host);
        CPPUNIT_ASSERT_EQUAL(std::uint16_t{8080}, ListenAddress::parse("[::1]:8080", why)->port);
        CPPUNIT_ASSERT_EQUAL("::1"s, ListenAddress::parse("[::1]:8080", why)->host);
        CPPUNIT_ASSERT_EQUAL(""s, ListenAddress::parse("*:8080", why)->host);
        CPPUNIT_ASSERT_EQUAL(""s, ListenAddress::parse(":8080", why)->host);
        CPPUNIT_ASSERT_EQUAL("/run/x"s, ListenAddress::parse("unix:/run/x", why)->path);
        CPPUNIT_ASSERT_EQUAL(3, ListenAddress::parse("fd:3", why)->fd);
    }

    void takenPortIsAnError() {
        const Listener first = open("127.0.0.1:0");
        CPPUNIT_ASSERT(contains(failure(first.text()), first.text()));
        const Listener shared = open("127.0.0.1:0", ListenOptions{16, true, 0660});
        CPPUNIT_ASSERT_EQUAL(shared.text(), open(shared.text(), ListenOptions{16, true, 0660}).text());
    }

    void bothFamilies() {
        const Listener any = open(":0");
        CPPUNIT_ASSERT(any.port() != 0);
        Client client(any); // over IPv4
        const base::UniqueFd six(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(any.port());
        address.sin6_addr = in6addr_loopback;
        if (six && any.text().starts_with("[")) {
            CPPUNIT_ASSERT_EQUAL(0, ::connect(six.get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
        }
    }

    void staleSocketFileIsReplaced() {
        const std::string path = folder_ + "/s";
        {
            const base::UniqueFd dead(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
            sockaddr_un address{};
            address.sun_family = AF_UNIX;
            std::memcpy(address.sun_path, path.data(), path.size());
            CPPUNIT_ASSERT_EQUAL(0, ::bind(dead.get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
        }
        CPPUNIT_ASSERT_EQUAL(0, ::access(path.c_str(), F_OK));
        const Listener listener = open("unix:" + path, ListenOptions{16, false, 0600});
        Client client(listener);
        struct stat status {};
        CPPUNIT_ASSERT_EQUAL(0, ::stat(path.c_str(), &status));
        CPPUNIT_ASSERT_EQUAL(0600U, static_cast<unsigned>(status.st_mode & 07777U));
    }

    void liveSocketFileIsAnError() {
        const std::string path = folder_ + "/s";
        Listener listener = open("unix:" + path);
        CPPUNIT_ASSERT(contains(failure("unix:" + path), "another process answers"));
        Client client(listener); // still there
        Listener moved = std::move(listener);
        Client again(moved);
        // A file that took its place is not removed.
        CPPUNIT_ASSERT_EQUAL(0, ::unlink(path.c_str()));
        std::ofstream(path) << "other";
        moved = open("127.0.0.1:0");
        CPPUNIT_ASSERT_EQUAL(0, ::access(path.c_str(), F_OK));
    }

    void otherFilesAreLeftAlone() {
        const std::string path = folder_ + "/s";
        std::ofstream(path) << "precious";
        CPPUNIT_ASSERT(contains(failure("unix:" + path), "no socket"));
        CPPUNIT_ASSERT_EQUAL(0, ::access(path.c_str(), F_OK));
        CPPUNIT_ASSERT(!failure("unix:/nowhere/at/all").empty());
    }

    void inheritedSockets() {
        CPPUNIT_ASSERT(inheritedAddresses().empty());
        ::setenv("LISTEN_PID", "1", 1);
        ::setenv("LISTEN_FDS", "1", 1);
        CPPUNIT_ASSERT(inheritedAddresses().empty()); // somebody else's
        CPPUNIT_ASSERT(::getenv("LISTEN_FDS") == nullptr);

        const base::UniqueFd plain(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        CPPUNIT_ASSERT(contains(failure("fd:" + std::to_string(plain.get())), "no listening socket"));
        CPPUNIT_ASSERT(!failure("fd:999").empty());

        Listener original = open("127.0.0.1:0");
        const int copy = ::fcntl(original.fd(), F_DUPFD, 3);
        const Listener inherited = open("fd:" + std::to_string(copy));
        CPPUNIT_ASSERT_EQUAL(original.text(), inherited.text());
        CPPUNIT_ASSERT((::fcntl(inherited.fd(), F_GETFD) & FD_CLOEXEC) != 0);
        Client client(inherited);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ListenerTest);

} // namespace mortise::http
