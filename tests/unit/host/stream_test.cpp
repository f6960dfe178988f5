// SPDX-License-Identifier: Apache-2.0
#include "host/stream.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <chrono>
#include <string>
#include <thread>

namespace mortise::host {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

const std::string full(Stream::limitBytes, 'x');

} // namespace

class StreamTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(StreamTest);
    CPPUNIT_TEST(refusesPiecesWhenBroken);
    CPPUNIT_TEST(refusesPiecesAfterTheEnd);
    CPPUNIT_TEST(isBounded);
    CPPUNIT_TEST(wakesAWriterWhenBroken);
    CPPUNIT_TEST(takesALargeFirstPiece);
    CPPUNIT_TEST(givesEverythingInOrder);
    CPPUNIT_TEST(goesOnWhenThereIsRoom);
    CPPUNIT_TEST(tellsTheEnd);
    CPPUNIT_TEST(putsBackInFront);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesPiecesWhenBroken() {
        stream_.breakOff();
        CPPUNIT_ASSERT(put("a", 0ms) == Stream::Put::broken);
    }

    void refusesPiecesAfterTheEnd() {
        stream_.end(true);
        CPPUNIT_ASSERT(put("a", 0ms) == Stream::Put::broken);
        CPPUNIT_ASSERT_EQUAL(std::string(), take());
    }

    void isBounded() {
        CPPUNIT_ASSERT(put(full, 0ms) == Stream::Put::taken);
        const auto began = Clock::now();
        CPPUNIT_ASSERT(put("a", 30ms) == Stream::Put::full);
        CPPUNIT_ASSERT(Clock::now() - began >= 30ms);
        CPPUNIT_ASSERT(put("a", -1s) == Stream::Put::full); // a deadline that has passed
        CPPUNIT_ASSERT_EQUAL(full.size(), take().size());
    }

    void wakesAWriterWhenBroken() {
        CPPUNIT_ASSERT(put(full, 0ms) == Stream::Put::taken);
        Stream::Put result = Stream::Put::taken;
        std::thread writer([&] { result = put("a", 30s); });
        stream_.breakOff();
        writer.join();
        CPPUNIT_ASSERT(result == Stream::Put::broken);
    }

    void takesALargeFirstPiece() {
        CPPUNIT_ASSERT(put(full + full, 0ms) == Stream::Put::taken);
        CPPUNIT_ASSERT(put("a", 0ms) == Stream::Put::full);
        CPPUNIT_ASSERT_EQUAL(2 * full.size(), take().size());
    }

    void givesEverythingInOrder() {
        put("a", 0ms);
        put("", 0ms);
        put("b", 0ms);
        CPPUNIT_ASSERT_EQUAL(std::string("ab"), take());
        CPPUNIT_ASSERT_EQUAL(std::string(), take());
    }

    void goesOnWhenThereIsRoom() {
        CPPUNIT_ASSERT(put(full, 0ms) == Stream::Put::taken);
        Stream::Put result = Stream::Put::full;
        std::thread writer([&] { result = put("more", 30s); });
        const std::string first = take();
        writer.join();
        CPPUNIT_ASSERT(result == Stream::Put::taken);
        CPPUNIT_ASSERT_EQUAL(std::string("more"), first == full ? take() : first.substr(full.size()));
    }

    void tellsTheEnd() {
        put("last", 0ms);
        CPPUNIT_ASSERT_EQUAL(std::string("last"), take());
        CPPUNIT_ASSERT(!ended_);
        stream_.end(false);
        take();
        CPPUNIT_ASSERT(ended_ && !complete_);
        Stream other;
        other.end(true);
        other.take(ended_, complete_);
        CPPUNIT_ASSERT(ended_ && complete_);
    }

    void putsBackInFront() {
        put("abc", 0ms);
        const std::string taken = take();
        put("def", 0ms);
        stream_.putBack(taken.substr(1));
        CPPUNIT_ASSERT_EQUAL(std::string("bcdef"), take());
    }

private:
    Stream::Put put(const std::string& data, std::chrono::milliseconds patience) {
        return stream_.put(data, Clock::now() + patience);
    }
    std::string take() { return stream_.take(ended_, complete_); }

    Stream stream_;
    bool ended_ = false;
    bool complete_ = false;
};

CPPUNIT_TEST_SUITE_REGISTRATION(StreamTest);

} // namespace mortise::host
