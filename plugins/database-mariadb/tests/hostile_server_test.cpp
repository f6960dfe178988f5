// SPDX-License-Identifier: Apache-2.0
#include "driver_fixture.hpp"
#include "fake_server.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <thread>

namespace mortise::mariadb {

// A server that sends what none sends.
class HostileServerTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(HostileServerTest);
    CPPUNIT_TEST(testRowsThatEndTooEarly);
    CPPUNIT_TEST(testAsksForAFile);
    CPPUNIT_TEST(testAsksForThePassword);
    CPPUNIT_TEST_SUITE_END();

public:
    void testRowsThatEndTooEarly() {
        using Row = std::pair<unsigned char, std::string>;
        for (const auto& [type, value] :
             {Row(0xfc, std::string("\x02ok")), Row(0xfc, std::string("\xfe\xff\xff\xff\xff\xff\xff\xff\xff")),
              Row(0xfc, std::string("\xfd\xff\xff\xff") + "xy"), Row(0x0c, std::string("\xfd\xff\xff\xff")),
              Row(0xf6, std::string("\xfe\0\0\0\0\0\0\0\x80", 9))}) {
            Listener listener;
            ServerAddress address = byPort();
            address.port = listener.listenOnPort(5);
            std::thread server([&, type = type, value = value] {
                Peer peer(listener);
                peer.send(greeting());
                peer.respond(packet(2, ok()));
                peer.respond(result(0xfd, "\x08"
                                          "16777216"));
                peer.respond(packet(1, std::string("\0\1\0\0\0\1\0\0\0\0\0\0", 12)) + column(2, type) + eof(3));
                peer.respond(result(type, std::string("\0\0", 2) + value));
                peer.respond("");
            });
            {
                Session session(address, soon());
                Statement statement(session, "SELECT 1", soon());
                KeptRows kept;
                if (value == "\x02ok") {
                    execute(statement, {}, kept.sink());
                    CPPUNIT_ASSERT(kept.rows == (std::vector<KeptRow>{{Kept::of("ok")}}));
                } else {
                    const DriverError error = errorOf([&] { execute(statement, {}, kept.sink()); });
                    CPPUNIT_ASSERT_EQUAL(2027u, error.code());
                    CPPUNIT_ASSERT(kept.rows.empty());
                    isOver(session);
                }
            }
            server.join();
        }
    }

    // In the place of a result, "LOAD DATA LOCAL" of a file of ours.
    void testAsksForAFile() {
        Listener listener;
        ServerAddress address = byPort();
        address.port = listener.listenOnPort(5);
        std::string sent;
        std::thread server([&] {
            Peer peer(listener);
            peer.send(greeting());
            peer.respond(packet(2, ok()));
            peer.respond(result(0xfd, "\x08"
                                      "16777216"));
            peer.respond(packet(1, "\xfb/etc/passwd"));
            sent = peer.receive();
        });
        {
            Session session(address, soon());
            CPPUNIT_ASSERT(errorOf([&] { session.run("SELECT 1", soon(), {}); }).lost());
        }
        server.join();
        CPPUNIT_ASSERT_EQUAL(std::string::npos, sent.find("root:"));
    }

    // It wants to be sent the password as it is, and to whom nobody knows.
    void testAsksForThePassword() {
        Listener listener;
        ServerAddress address = byPort();
        address.port = listener.listenOnPort(5);
        address.password = "s3cret-password";
        std::string sent;
        std::thread server([&] {
            Peer peer(listener);
            peer.send(greeting());
            peer.respond(packet(2, std::string("\xfe") + "mysql_clear_password" + std::string(1, '\0')));
            sent = peer.receive();
        });
        const DriverError error = errorOf([&] { Session(address, soon()); });
        server.join();
        CPPUNIT_ASSERT(!error.late());
        CPPUNIT_ASSERT_EQUAL(std::string::npos, sent.find("s3cret"));
        CPPUNIT_ASSERT_EQUAL(std::string::npos, std::string(error.what()).find("s3cret"));
    }

private:
    // Who connected.
    class Peer {
    public:
        explicit Peer(Listener& listener) : socket_(listener.accept()) {}
        Peer(const Peer&) = delete;
        Peer& operator=(const Peer&) = delete;
        ~Peer() { ::close(socket_); }

        void send(const std::string& bytes) { ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
        // Empty: there is nothing any more.
        std::string receive() {
            std::string bytes(65536, '\0');
            const ssize_t size = ::recv(socket_, bytes.data(), bytes.size(), 0);
            bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
            return bytes;
        }
        void respond(const std::string& bytes) {
            receive();
            send(bytes);
        }

    private:
        int socket_;
    };

    static std::string ok() { return std::string("\0\0\0\2\0\0\0", 7); }
    static std::string eof(unsigned number) { return packet(number, std::string("\xfe\0\0\2\0", 5)); }
    // Named x.
    static std::string column(unsigned number, unsigned char type) {
        return packet(number, std::string("\3def\0\0\0\1x\0\x0c\x2d\0\xff\0\0\0", 17) + static_cast<char>(type) +
                                  std::string("\0\0\0\0\0", 5));
    }
    static std::string result(unsigned char type, const std::string& row) {
        return packet(1, "\1") + column(2, type) + eof(3) + packet(4, row) + eof(5);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(HostileServerTest);

} // namespace mortise::mariadb
