// SPDX-License-Identifier: Apache-2.0
#include "base/bcrypt.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <stdexcept>
#include <string>

namespace mortise::base {

namespace {

const std::string longest(Bcrypt::maximumPasswordBytes, 'x');

struct Known {
    std::string password;
    std::string hash;
};

// Made by Node's `bcrypt` 6.0 and `bcryptjs` 3.0; the last two by crypt_blowfish (its own test vectors).
const Known known[] = {
    {"correct horse battery staple", "$2b$10$H2OIpGvDR9X6txyAGCqd.uCX5DUU2UpmJsCQVBVLjVn2M3n2DCaZm"},
    {"correct horse battery staple", "$2b$04$ahcV9gT6drQS9V8ef3Cc5O9h3Vvv4hP6ojyT617TpDRdm7t.68vuO"},
    {"correct horse battery staple", "$2a$04$2vGelyoouuWNPAZQDt.JB.7KaB98v4LZnJ3j3xNxejZhcgl52WxpW"},
    {"correct horse battery staple", "$2b$04$e1Run.K8uNPTaaY/bYL0X.G3yQ3dlvugjvDQqhAsFBd./z5AFDzgy"},
    {"p\u00e4ssw\u00f6rd-\u00ff\u20ac", "$2b$04$hkSo7W2dZWA/Wd0shacoqOrhcvaqoBFT9zPvNFdhWHc2nYlbut9.e"},
    {"p\u00e4ssw\u00f6rd-\u00ff\u20ac", "$2a$04$f8opZwwkRRE3L6WaajkOfeiP6mo87t.L44UP1xcZ7AE/BDjh7XClS"},
    {"p\u00e4ssw\u00f6rd-\u00ff\u20ac", "$2b$04$NMHxkdXl84InD/dqofpV.OsMJYHte6Gjy8yFcrdzNHoC.fdYeLzMa"},
    {longest, "$2b$04$2oJopv7IpyKTXIzauyMQIuMlo7SWN40vfzNY2EBi..ijc2h8/oaoq"},
    {longest, "$2a$04$ZjJbAJcq2DWN4/FwVWdV2u5dcAqokLdhGO.PVDPCx.34myAzUJDsi"},
    {"", "$2b$04$GKqFPCvWX2hws01twpOEzedYzY0VqrZ8m89AaW2rUESfMXas0z7fa"},
    {"U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
    {"U*U*", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"},
};

} // namespace

class BcryptTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(BcryptTest);
    CPPUNIT_TEST(refusesWhatBcryptWouldCut);
    CPPUNIT_TEST(aRefusedPasswordNeverMatches);
    CPPUNIT_TEST(tellsUnusableHashesFromWrongPasswords);
    CPPUNIT_TEST(verifiesHashesOfOtherImplementations);
    CPPUNIT_TEST(hashesAreSaltedAndVerify);
    CPPUNIT_TEST(dummyHashesAreUsableAndMatchNothing);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesWhatBcryptWouldCut() {
        Bcrypt bcrypt;
        CPPUNIT_ASSERT(!Bcrypt::refusal(longest));
        CPPUNIT_ASSERT(Bcrypt::refusal(longest + "x") == PasswordRefusal::tooLong);
        CPPUNIT_ASSERT(Bcrypt::refusal(std::string_view("a\0b", 3)) == PasswordRefusal::containsNul);
        CPPUNIT_ASSERT_THROW(bcrypt.hash(longest + "x", 4), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(bcrypt.hash(std::string_view("a\0b", 3), 4), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(bcrypt.hash("a", 3), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(bcrypt.hash("a", 16), std::invalid_argument);
        CPPUNIT_ASSERT_THROW(Bcrypt::dummyHash(16), std::invalid_argument);
    }

    void aRefusedPasswordNeverMatches() {
        Bcrypt bcrypt;
        CPPUNIT_ASSERT(bcrypt.verify(longest + "y", bcrypt.hash(longest, 4)) == PasswordVerdict::mismatch);
        CPPUNIT_ASSERT(bcrypt.verify(std::string_view("a\0b", 3), bcrypt.hash("a", 4)) == PasswordVerdict::mismatch);
        // Not even the text that is hashed in its place.
        const std::string substituted = bcrypt.hash("a password that was refused", 4);
        CPPUNIT_ASSERT(bcrypt.verify(longest + "y", substituted) == PasswordVerdict::mismatch);
    }

    void tellsUnusableHashesFromWrongPasswords() {
        Bcrypt bcrypt;
        const std::string good = "$2b$04$ahcV9gT6drQS9V8ef3Cc5O9h3Vvv4hP6ojyT617TpDRdm7t.68vuO";
        std::string unusable[] = {
            "", "x", good.substr(0, 59), good + "x", "$6$salt$0123456789", good, good, good, good, good, good};
        unusable[5][2] = 'x'; // the broken version
        unusable[6][5] = '3'; // below the lowest cost
        unusable[7].replace(4, 2, "31");
        unusable[8][20] = '*';
        unusable[9][6] = '0';
        unusable[10][30] = '\0';
        for (const std::string& hash : unusable) {
            CPPUNIT_ASSERT_MESSAGE(hash, bcrypt.verify("x", hash) == PasswordVerdict::unusableHash);
            CPPUNIT_ASSERT(!Bcrypt::costOf(hash));
        }
        CPPUNIT_ASSERT(bcrypt.verify("x", good) == PasswordVerdict::mismatch);
    }

    void verifiesHashesOfOtherImplementations() {
        Bcrypt bcrypt;
        for (const Known& each : known) {
            CPPUNIT_ASSERT_MESSAGE(each.hash, bcrypt.verify(each.password, each.hash) == PasswordVerdict::match);
            CPPUNIT_ASSERT(bcrypt.verify("not " + each.password.substr(0, 60), each.hash) == PasswordVerdict::mismatch);
        }
        CPPUNIT_ASSERT_EQUAL(10u, Bcrypt::costOf(known[0].hash).value());
    }

    void hashesAreSaltedAndVerify() {
        Bcrypt bcrypt;
        const std::string first = bcrypt.hash("s\u00e9same", 5);
        const std::string second = bcrypt.hash("s\u00e9same", 5);
        CPPUNIT_ASSERT_EQUAL(std::string("$2b$05$"), first.substr(0, 7));
        CPPUNIT_ASSERT_EQUAL(std::size_t{60}, first.size());
        CPPUNIT_ASSERT(first != second);
        CPPUNIT_ASSERT(bcrypt.verify("s\u00e9same", first) == PasswordVerdict::match);
        CPPUNIT_ASSERT(bcrypt.verify("sesame", first) == PasswordVerdict::mismatch);
        CPPUNIT_ASSERT(bcrypt.verify(longest, bcrypt.hash(longest, 4)) == PasswordVerdict::match);
        CPPUNIT_ASSERT_EQUAL(5u, Bcrypt::costOf(first).value());
    }

    void dummyHashesAreUsableAndMatchNothing() {
        Bcrypt bcrypt;
        CPPUNIT_ASSERT_EQUAL(Bcrypt::defaultCost, Bcrypt::costOf(Bcrypt::dummyHash()).value());
        for (const char* password : {"", "password", "a password that was refused"}) {
            CPPUNIT_ASSERT(bcrypt.verify(password, Bcrypt::dummyHash(4)) == PasswordVerdict::mismatch);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(BcryptTest);

} // namespace mortise::base
