// SPDX-License-Identifier: Apache-2.0
#include "base/secret_string.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <memory>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

namespace mortise::base {

namespace {

template<class T, class = void>
struct IsStreamable : std::false_type {};
template<class T>
struct IsStreamable<T, std::void_t<decltype(std::declval<std::ostream&>() << std::declval<const T&>())>>
    : std::true_type {};

static_assert(IsStreamable<std::string>::value && !IsStreamable<SecretString>::value);
static_assert(!std::is_convertible_v<SecretString, std::string> &&
              !std::is_convertible_v<SecretString, std::string_view>);
static_assert(std::is_nothrow_move_constructible_v<SecretString>);

} // namespace

class SecretStringTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SecretStringTest);
    CPPUNIT_TEST(movesLeaveNothingBehind);
    CPPUNIT_TEST(copiesAndCompares);
    CPPUNIT_TEST(keepsNulBytes);
    CPPUNIT_TEST_SUITE_END();

public:
    void movesLeaveNothingBehind() {
        SecretString from("hunter2 and more");
        const char* const where = from.reveal().data();
        const SecretString to = std::move(from);
        CPPUNIT_ASSERT(from.empty());
        CPPUNIT_ASSERT(from.reveal().empty());
        CPPUNIT_ASSERT(to.reveal().data() == where); // nothing was copied that would have to be cleared
        CPPUNIT_ASSERT(to.reveal() == "hunter2 and more");
    }

    void copiesAndCompares() {
        SecretString a("one");
        SecretString b = a;
        CPPUNIT_ASSERT(a == b);
        CPPUNIT_ASSERT(a.reveal().data() != b.reveal().data());
        b = SecretString("two");
        CPPUNIT_ASSERT(!(a == b));
        CPPUNIT_ASSERT(a.reveal() == "one");
        const SecretString& same = a;
        a = same;
        CPPUNIT_ASSERT(a.reveal() == "one");
        CPPUNIT_ASSERT(SecretString() == SecretString(""));
        CPPUNIT_ASSERT(!(SecretString() == a));
    }

    void keepsNulBytes() {
        const SecretString secret(std::string_view("a\0b", 3));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, secret.size());
        CPPUNIT_ASSERT(secret.reveal() == std::string_view("a\0b", 3));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SecretStringTest);

} // namespace mortise::base
