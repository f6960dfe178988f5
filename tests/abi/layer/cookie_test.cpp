// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_crypto.hpp"
#include "tests/support/fake_host.hpp"

#include <mortise/cookie.hpp>
#include <mortise/cookie_signer.hpp>
#include <mortise/crypto.hpp>
#include <mortise/plugin.hpp>

#include <cppunit/extensions/HelperMacros.h>

using mortise::Cookie;
using mortise::SameSite;
using namespace mortise::test;

namespace {

const std::string first_secret(32, 'a');
const std::string second_secret(32, 'b');

class Signing : public mortise::Plugin<> {
public:
    static inline Signing* last = nullptr;

    mortise::CookieSigner signer(const std::vector<std::string>& secrets) const { return {crypto(), secrets}; }

private:
    void configure(mortise::Setup& setup) override {
        last = this;
        setup.get("/cookies").handle([this](mortise::Request& request) {
            const auto plain = request.cookie("plain");
            const auto user = signer({first_secret}).read(request, "user");
            return mortise::Reply::text(200, std::string(plain.value_or("(none)")) + "|" +
                                                 std::string(user.value_or("(none)")))
                .cookie(Cookie("seen", "1").path("/").httpOnly());
        });
    }
};

bool isRefused(const Cookie& cookie) {
    try {
        return cookie.text().empty();
    } catch (const mortise::Invalid&) {
        return true;
    }
}

} // namespace

class CookieTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CookieTest);
    CPPUNIT_TEST(refusesWhatBrowsersWouldNotTake);
    CPPUNIT_TEST(writesAttributes);
    CPPUNIT_TEST(findsCookies);
    CPPUNIT_TEST(refusesForgedSignatures);
    CPPUNIT_TEST(signsByTheFirstSecret);
    CPPUNIT_TEST(refusesBadSecrets);
    CPPUNIT_TEST(readsAndSetsInARequest);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        host_ = std::make_unique<FakeHost>();
        host_->give(MORTISE_CRYPTO_SERVICE, crypto_.table(), &crypto_);
        plugin_ =
            std::make_unique<FakeInstance>(*host_, *mortise::moduleOf<Signing>(0, nullptr, "test.cookies", "1.0.0"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->configure());
    }

    void refusesWhatBrowsersWouldNotTake() {
        for (const char* name : {"", "a b", "a=b", "a;b", "a\"", "\xc3\xa9", "a\n", "a,b", "a/b", "[a]"})
            CPPUNIT_ASSERT_MESSAGE(name, isRefused(Cookie(name, "1")));
        for (const char* value : {"a b", "a;b", "a,b", "a\"b", "a\\b", "a\r\nSet-Cookie: x=1", "\xc3\xa9", "\x7f"})
            CPPUNIT_ASSERT_MESSAGE(value, isRefused(Cookie("a", value)));
        CPPUNIT_ASSERT(isRefused(Cookie("a", std::string("b\0c", 3))));
        CPPUNIT_ASSERT(isRefused(Cookie("a", std::string(4096, 'x'))));
        for (const char* path : {"x", "/a;b", "/a\nb", "/\x7f"})
            CPPUNIT_ASSERT_MESSAGE(path, isRefused(Cookie("a", "1").path(path)));
        for (const char* domain : {".example.org", "a..b", "a.", "-a", "a-.b", "a b", "a;b", "a_b"})
            CPPUNIT_ASSERT_MESSAGE(domain, isRefused(Cookie("a", "1").domain(domain)));
        CPPUNIT_ASSERT(isRefused(Cookie("a", "1").sameSite(SameSite::none)));
        CPPUNIT_ASSERT(isRefused(Cookie("a", "1").partitioned()));
        CPPUNIT_ASSERT(isRefused(Cookie("a", "1").maxAge(std::chrono::seconds(-1))));
        CPPUNIT_ASSERT(isRefused(Cookie("__Secure-a", "1")));
        CPPUNIT_ASSERT(isRefused(Cookie("__secure-a", "1")));
        CPPUNIT_ASSERT(isRefused(Cookie("__Host-a", "1").secure()));
        CPPUNIT_ASSERT(isRefused(Cookie("__Host-a", "1").path("/")));
        CPPUNIT_ASSERT(isRefused(Cookie("__Host-a", "1").secure().path("/a")));
        CPPUNIT_ASSERT(isRefused(Cookie("__hOST-a", "1").secure().path("/").domain("example.org")));
    }
    void writesAttributes() {
        CPPUNIT_ASSERT_EQUAL(std::string("a="), Cookie("a", "").text());
        CPPUNIT_ASSERT_EQUAL(std::string("a=b.c"), Cookie("a", "b.c").text());
        CPPUNIT_ASSERT_EQUAL(std::string("__Host-id=x; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax"),
                             Cookie("__Host-id", "x")
                                 .path("/")
                                 .httpOnly()
                                 .secure()
                                 .sameSite(SameSite::lax)
                                 .maxAge(std::chrono::hours(1))
                                 .text());
        CPPUNIT_ASSERT_EQUAL(
            std::string("__Secure-id=x; Path=/a b; Domain=Sub-1.example.org; Secure; SameSite=None; Partitioned"),
            Cookie("__Secure-id", "x")
                .path("/a b")
                .domain("Sub-1.example.org")
                .secure()
                .sameSite(SameSite::none)
                .partitioned()
                .text());
        CPPUNIT_ASSERT_EQUAL(std::string("a=; Path=/; Max-Age=0"), Cookie::removed("a").path("/").text());
        CPPUNIT_ASSERT_EQUAL(std::string("a=; SameSite=Strict"), Cookie("a", "").sameSite(SameSite::strict).text());
    }
    void findsCookies() {
        using mortise::detail::findCookie;
        for (const char* line : {"", ";", "=", "a", "=a", "b=1", "aa=1", "A=1", "b=a=1", ";;b", "\"a\"=1", "b=\"; c=1"})
            CPPUNIT_ASSERT_MESSAGE(line, !findCookie(line, "a"));
        for (const char* line : {"a=1", "a=1; b=2", "b=2;a=1", "b=2;\ta\t=\t1\t;", "x; a=1; a=2", "a=\"1\"", ";;a=1"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(line, std::string_view("1"), findCookie(line, "a").value_or("(none)"));
        CPPUNIT_ASSERT_EQUAL(std::string_view("b=c"), *findCookie("a=b=c", "a"));
        CPPUNIT_ASSERT_EQUAL(std::string_view(""), *findCookie("a=", "a"));
        CPPUNIT_ASSERT_EQUAL(std::string_view(""), *findCookie("a=\"\"", "a"));
        CPPUNIT_ASSERT_EQUAL(std::string_view("\""), *findCookie("a=\"", "a"));
    }
    void refusesForgedSignatures() {
        const auto signer = Signing::last->signer({first_secret});
        const std::string good = signer.sign("user", "ada").value();
        CPPUNIT_ASSERT_EQUAL(std::string_view("ada"), *signer.verify("user", good));
        CPPUNIT_ASSERT(!signer.verify("admin", good));
        CPPUNIT_ASSERT(!signer.verify("user", "eve" + good.substr(3)));
        CPPUNIT_ASSERT(!signer.verify("user", good + "A"));
        CPPUNIT_ASSERT(!signer.verify("user", good.substr(0, good.size() - 1)));
        CPPUNIT_ASSERT(!signer.verify("user", "ada") && !signer.verify("user", "") && !signer.verify("user", "ada."));
        // The boundary between name and value does not move.
        CPPUNIT_ASSERT(!signer.verify("us", "er=" + good));
        for (std::size_t i = 0; i < good.size(); ++i) {
            std::string changed = good;
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            CPPUNIT_ASSERT_MESSAGE(changed, !signer.verify("user", changed));
        }
        CPPUNIT_ASSERT(!Signing::last->signer({second_secret}).verify("user", good));
        CPPUNIT_ASSERT(!mortise::CookieSigner().verify("user", good));
    }
    void signsByTheFirstSecret() {
        const auto before = Signing::last->signer({first_secret});
        const auto after = Signing::last->signer({second_secret, first_secret});
        const std::string old = before.sign("user", "a.b=c").value();
        CPPUNIT_ASSERT_EQUAL(std::string_view("a.b=c"), *after.verify("user", old));
        const std::string fresh = after.sign("user", "").value();
        CPPUNIT_ASSERT_EQUAL(std::string_view(""), *after.verify("user", fresh));
        CPPUNIT_ASSERT(!before.verify("user", fresh));
        CPPUNIT_ASSERT_EQUAL(std::size_t{44}, fresh.size());
        // By `printf 'cookie:user=a.b=c' | openssl dgst -sha256 -hmac aaaa…`, in base64url.
        CPPUNIT_ASSERT_EQUAL(std::string("a.b=c.py8TgCH1EM6a5bSJRsuS4d1q2kOZwI16QRjwByGjqhg"), old);
    }
    void refusesBadSecrets() {
        CPPUNIT_ASSERT_THROW(Signing::last->signer({}), mortise::Invalid);
        CPPUNIT_ASSERT_THROW(Signing::last->signer({std::string(31, 'a')}), mortise::Invalid);
        CPPUNIT_ASSERT_THROW(Signing::last->signer({first_secret, ""}), mortise::Invalid);
        CPPUNIT_ASSERT_THROW(mortise::CookieSigner().sign("a", "b"), mortise::Absent);
        host_->absent(MORTISE_CRYPTO_SERVICE);
        FakeInstance bare(*host_, *mortise::moduleOf<Signing>(0, nullptr, "test.cookies", "1.0.0"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, bare.configure());
        CPPUNIT_ASSERT_THROW(Signing::last->signer({first_secret}), mortise::Absent);
    }
    void readsAndSetsInARequest() {
        const std::string user = Signing::last->signer({first_secret}).sign("user", "ada").value();
        FakeRequest request;
        request.fields["CooKie"] = "plain=x; user=" + user;
        const FakeAnswer answer = host_->call("GET", "/cookies", request);
        CPPUNIT_ASSERT_EQUAL(std::string("x|ada"), answer.body);
        CPPUNIT_ASSERT_EQUAL(std::string("seen=1; Path=/; HttpOnly"), answer.fields.at("Set-Cookie"));
        CPPUNIT_ASSERT_EQUAL(std::string("(none)|(none)"), host_->call("GET", "/cookies").body);
    }

private:
    FakeCrypto crypto_;
    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<FakeInstance> plugin_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(CookieTest);
