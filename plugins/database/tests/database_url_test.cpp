// SPDX-License-Identifier: Apache-2.0
#include "database_error.hpp"
#include "database_url.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::database {

class DatabaseUrlTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DatabaseUrlTest);
    CPPUNIT_TEST(refusesOtherDatabases);
    CPPUNIT_TEST(refusesMemory);
    CPPUNIT_TEST(refusesBadForms);
    CPPUNIT_TEST(neverShowsPasswords);
    CPPUNIT_TEST(readsPaths);
    CPPUNIT_TEST(readsServers);
    CPPUNIT_TEST(refusesBadServers);
    CPPUNIT_TEST_SUITE_END();

    static std::string path(std::string_view url) {
        const DatabaseUrl parsed = DatabaseUrl::parse(url);
        return parsed.kind == DatabaseUrl::Kind::sqlite ? parsed.file.string() : "a server";
    }
    static MariadbServer server(std::string_view url) {
        const DatabaseUrl parsed = DatabaseUrl::parse(url);
        CPPUNIT_ASSERT(parsed.kind == DatabaseUrl::Kind::mariadb);
        return parsed.server;
    }

    static std::string refusal(std::string_view url) {
        try {
            const std::string file = path(url);
            CPPUNIT_FAIL(std::string(url) + " was accepted as " + file);
        } catch (const DatabaseError& error) {
            return error.what();
        }
        return {};
    }

    static void contains(const std::string& part, const std::string& text) {
        CPPUNIT_ASSERT_MESSAGE(text, text.find(part) != std::string::npos);
    }

    void refusesOtherDatabases() {
        contains("PostgreSQL is not supported", refusal("postgres://user:secret@host:5432/name"));
        contains("PostgreSQL is not supported", refusal("postgresql://host/name"));
        contains("not a database URL", refusal("sqlserver://host/name"));
        contains("not a database URL", refusal("/var/lib/x.db"));
        contains("not a database URL", refusal(""));
        contains("not a database URL", refusal("sqlite"));
    }

    void refusesMemory() {
        contains("in memory", refusal("sqlite::memory:"));
        contains("in memory", refusal("sqlite://:memory:"));
        contains("in memory", refusal("sqlite:///:memory:"));
    }

    void refusesBadForms() {
        contains("three or four slashes", refusal("sqlite:name.db"));
        contains("three or four slashes", refusal("sqlite://name.db"));
        contains("three or four slashes", refusal("sqlite:/name.db"));
        contains("name of a file is missing", refusal("sqlite:///"));
        contains("name of a file is missing", refusal("sqlite:////"));
        contains("name of a file is missing", refusal("sqlite:///folder/"));
        contains("name of a file is missing", refusal("sqlite:///.."));
        contains("hexadecimal", refusal("sqlite:///100%.db"));
        contains("hexadecimal", refusal("sqlite:///a%2"));
        contains("hexadecimal", refusal("sqlite:///a%2x.db"));
        contains("%00", refusal("sqlite:///a%00.db"));
        contains("no options", refusal("sqlite:///a.db?mode=ro"));
        contains("no options", refusal("sqlite:///a.db#x"));
        contains("a file has no host", refusal("file://host/a.db"));
        contains("name of a file is missing", refusal("file:"));
        contains("name of a file is missing", refusal("file:./"));
        contains("no options", refusal("file:./a.db?connection_limit=1"));
    }

    void neverShowsPasswords() {
        for (const char* url : {"mysql://u:hidden@h/n?socket=no",
                                "mysql://u:hid/den@h/n",
                                "mysql://u:p@hidden@h/n",
                                "x://hidden@h",
                                "//u:hidden@h",
                                "u:hidden@h/n",
                                "mysql:u:hidden@h",
                                "mysql:///u:hidden@h",
                                "mysql://u:hid den@h",
                                "mysql://u:hid'den@h",
                                "mysql://u:hidden%40h",
                                "@u:hidden@h",
                                "mariadb://u:hidden@h",
                                "mariadb://u:hid?den@h/n",
                                "mariadb://u:hid#den@h/n",
                                "mariadb://u:hid%zzden@h/n",
                                "mariadb://u:hid:den@h/n",
                                "postgres://u:hidden@h/n",
                                "mariadb://u:hidden@[::1/n",
                                "mariadb://u:hidden@h:x/n",
                                "mariadb://:hidden@h/n",
                                "mysql://u:hidden@h/n?sslmode=1",
                                "file://u:hidden@h/n"}) {
            const std::string text = refusal(url);
            CPPUNIT_ASSERT_MESSAGE(text, text.find("hid") == std::string::npos);
        }
        CPPUNIT_ASSERT_EQUAL(std::string("mysql://***@h:1/n"), redactedUrl("mysql://u:p@h:1/n"));
        CPPUNIT_ASSERT_EQUAL(std::string("sqlite:///a@b.db"), redactedUrl("sqlite:///a@b.db"));
    }

    void readsPaths() {
        CPPUNIT_ASSERT_EQUAL(std::string("mortise.db"), path("sqlite:///mortise.db"));
        CPPUNIT_ASSERT_EQUAL(std::string("data/a.db"), path("sqlite:///data/./a.db"));
        CPPUNIT_ASSERT_EQUAL(std::string("/var/lib/a.db"), path("sqlite:////var/lib/a.db"));
        CPPUNIT_ASSERT_EQUAL(std::string("a b?é.db"), path("sqlite:///a%20b%3F%c3%A9.db"));
        CPPUNIT_ASSERT_EQUAL(std::string("/var/%.db"), path("sqlite:///%2Fvar/%25.db"));
        CPPUNIT_ASSERT_EQUAL(std::string("x.db"), path("file:./x.db"));
        CPPUNIT_ASSERT_EQUAL(std::string("x.db"), path("file:x.db"));
        CPPUNIT_ASSERT_EQUAL(std::string("../x.db"), path("file:../x.db"));
        CPPUNIT_ASSERT_EQUAL(std::string("/var/x.db"), path("file:/var/x.db"));
        CPPUNIT_ASSERT_EQUAL(std::string("/var/x.db"), path("file:///var/x.db"));
    }

    void readsServers() {
        const MariadbServer plain = server("mariadb://user@host/name");
        CPPUNIT_ASSERT_EQUAL(std::string("user"), plain.user);
        CPPUNIT_ASSERT_EQUAL(std::string(), plain.password);
        CPPUNIT_ASSERT_EQUAL(std::string("host"), plain.host);
        CPPUNIT_ASSERT_EQUAL(std::uint16_t{3306}, plain.port);
        CPPUNIT_ASSERT_EQUAL(std::string("name"), plain.database);
        CPPUNIT_ASSERT(plain.tls == MariadbServer::Tls::off);
        const MariadbServer full = server("mysql://u%40x:p%3A%2F%3f%25@[::1]:3307/n%C3%A9?ssl-mode=verify_ca&"
                                          "ssl-ca=/etc/a%20b.pem&connection_limit=2&pool_timeout=3&connect_timeout=60");
        CPPUNIT_ASSERT_EQUAL(std::string("u@x"), full.user);
        CPPUNIT_ASSERT_EQUAL(std::string("p:/?%"), full.password);
        CPPUNIT_ASSERT_EQUAL(std::string("::1"), full.host);
        CPPUNIT_ASSERT_EQUAL(std::uint16_t{3307}, full.port);
        CPPUNIT_ASSERT_EQUAL(std::string("né"), full.database);
        CPPUNIT_ASSERT(full.tls == MariadbServer::Tls::verifyCa);
        CPPUNIT_ASSERT_EQUAL(std::string("/etc/a b.pem"), full.caFile);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, full.connectionLimit);
        CPPUNIT_ASSERT(full.poolTimeout == std::chrono::seconds(3));
        CPPUNIT_ASSERT(full.connectTimeout == std::chrono::seconds(60));
        CPPUNIT_ASSERT_EQUAL(std::string("'né' on ::1:3307"), full.place());
        const MariadbServer local = server("mariadb://u:p@localhost/n?socket=/run/mysqld/mysqld.sock");
        CPPUNIT_ASSERT_EQUAL(std::string(), local.host);
        CPPUNIT_ASSERT_EQUAL(std::string("'n' on /run/mysqld/mysqld.sock"), local.place());
        CPPUNIT_ASSERT_EQUAL(std::string("/s"), server("mariadb://u@/n?socket=/s").socket);
        CPPUNIT_ASSERT(server("mariadb://u@h/n?ssl-ca=/ca").tls == MariadbServer::Tls::verifyIdentity);
    }

    void refusesBadServers() {
        contains("two slashes", refusal("mariadb:u@h/n"));
        contains("the user is missing", refusal("mariadb://h/n"));
        contains("the user is missing", refusal("mariadb://@h/n"));
        contains("the user is missing", refusal("mariadb://:p@h/n"));
        contains("the host is missing", refusal("mariadb://u:p@/n"));
        contains("name of the database is missing", refusal("mariadb://u:p@h"));
        contains("name of the database is missing", refusal("mariadb://u:p@h/?socket=/s"));
        contains("has no '/'", refusal("mariadb://u:p@h/a%2Fb"));
        contains("has no '/'", refusal("mariadb://u:p@h/a/b"));
        contains("at most 64", refusal("mariadb://u:p@h/" + std::string(65, 'n')));
        contains("1 to 65535", refusal("mariadb://u:p@h:0/n"));
        contains("1 to 65535", refusal("mariadb://u:p@h:65536/n"));
        contains("1 to 65535", refusal("mariadb://u:p@h:/n"));
        contains("1 to 65535", refusal("mariadb://u:p@::1/n"));
        contains("1 to 65535", refusal("mariadb://u:p@[::1]3306/n"));
        contains("']' is missing", refusal("mariadb://u:p@[::1/n"));
        contains("between '[' and ']'", refusal("mariadb://u:p@[]/n"));
        contains("percent-encoded", refusal("mariadb://u:p@q@h/n"));
        contains("percent-encoded", refusal("mariadb://u:p/q@h/n"));
        contains("percent-encoded", refusal("mariadb://u:p?q@h/n"));
        contains("percent-encoded", refusal("mariadb://u:p:q@h/n"));
        contains("percent-encoded", refusal("mariadb://u:p@h/n#x"));
        contains("hexadecimal", refusal("mariadb://u:p%4@h/n"));
        contains("%00", refusal("mariadb://u:p%00@h/n"));
        contains("there is no option 'sslaccept'; there are socket,", refusal("mariadb://u:p@h/n?sslaccept=strict"));
        contains("there is no option of that name", refusal("mariadb://u:p@h/n?a%20b"));
        contains("twice", refusal("mariadb://u:p@h/n?pool_timeout=1&pool_timeout=1"));
        contains("connection_limit is 2 to 1024", refusal("mariadb://u:p@h/n?connection_limit=1"));
        contains("connection_limit is 2 to 1024", refusal("mariadb://u:p@h/n?connection_limit=x"));
        contains("connection_limit is 2 to 1024", refusal("mariadb://u:p@h/n?connection_limit"));
        contains("pool_timeout is 1 to 60 seconds", refusal("mariadb://u:p@h/n?pool_timeout=0"));
        contains("connect_timeout is 1 to 60 seconds", refusal("mariadb://u:p@h/n?connect_timeout=61"));
        contains("PREFERRED", refusal("mariadb://u:p@h/n?ssl-mode=PREFERRED"));
        contains("ssl-mode is DISABLED", refusal("mariadb://u:p@h/n?ssl-mode="));
        contains("ssl-ca is of use", refusal("mariadb://u:p@h/n?ssl-mode=REQUIRED&ssl-ca=/x"));
        contains("ssl-ca is the path", refusal("mariadb://u:p@h/n?ssl-ca="));
        contains("absolute path", refusal("mariadb://u:p@localhost/n?socket=s"));
        contains("a socket and a host", refusal("mariadb://u:p@db/n?socket=/s"));
        contains("VERIFY_IDENTITY could compare", refusal("mariadb://u:p@/n?socket=/s&ssl-mode=VERIFY_IDENTITY"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DatabaseUrlTest);

} // namespace mortise::database
