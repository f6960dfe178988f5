// SPDX-License-Identifier: Apache-2.0
#include "dispatch/stream.hpp"

#include "fake_environment.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace mortise::dispatch {

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
    CPPUNIT_TEST(isCutByItsTransformer);
    CPPUNIT_TEST(freesItsTransformerWhenCut);
    CPPUNIT_TEST(freesItsTransformerAfterTheCall);
    CPPUNIT_TEST(hasNoFinalPieceWhenIncomplete);
    CPPUNIT_TEST(givesItsTransformerBack);
    CPPUNIT_TEST(transformsWhatWasWrittenBefore);
    CPPUNIT_TEST(transformsWhereItIsWritten);
    CPPUNIT_TEST(leavesTheFirstPieceToWhoIsExpected);
    CPPUNIT_TEST(aWriterWithoutRoomTransformsWhatIsThere);
    CPPUNIT_TEST(transformsOneAtATime);
    CPPUNIT_TEST(isQuietByTheClockOfTheDeadlines);
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
        Stream other(environment_);
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

    void isCutByItsTransformer() {
        attach();
        good_ = false;
        CPPUNIT_ASSERT(put("a", 0ms) == Stream::Put::taken); // what had come out is sent
        CPPUNIT_ASSERT_EQUAL(std::string("A~"), take());
        CPPUNIT_ASSERT(ended_ && !complete_);
        CPPUNIT_ASSERT(put("b", 0ms) == Stream::Put::broken);
        CPPUNIT_ASSERT_EQUAL(1, freed_);
    }

    void freesItsTransformerWhenCut() {
        attach();
        stream_.breakOff();
        CPPUNIT_ASSERT_EQUAL(1, freed_);
        stream_.end(true);
        stream_.abort();
        CPPUNIT_ASSERT_EQUAL(1, freed_);
    }

    void freesItsTransformerAfterTheCall() {
        attach();
        during_ = [this] {
            stream_.abort();
            take();
            CPPUNIT_ASSERT(ended_ && !complete_); // for the loop, which does not wait
            CPPUNIT_ASSERT_EQUAL(0, freed_);
        };
        put("a", 0ms);
        CPPUNIT_ASSERT_EQUAL(1, freed_);
        CPPUNIT_ASSERT_EQUAL(std::string(), take());
        CPPUNIT_ASSERT(ended_ && !complete_);
    }

    void hasNoFinalPieceWhenIncomplete() {
        attach();
        put("a", 0ms);
        stream_.end(false);
        CPPUNIT_ASSERT_EQUAL(std::string("A~"), take());
        CPPUNIT_ASSERT(ended_ && !complete_);
        CPPUNIT_ASSERT_EQUAL(1, freed_);
    }

    void givesItsTransformerBack() {
        put("abc", 0ms);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, stream_.attach(make()));
        const auto back = stream_.detach();
        CPPUNIT_ASSERT(back != nullptr);
        put("d", 0ms);
        CPPUNIT_ASSERT_EQUAL(std::string("abcd"), take());
        CPPUNIT_ASSERT_EQUAL(0, freed_);
    }

    void transformsWhatWasWrittenBefore() {
        put("abc", 0ms);
        stream_.end(true);
        stream_.attach(make());
        take();
        CPPUNIT_ASSERT(!ended_); // though end() was called: not all has been transformed
        stream_.transform();
        CPPUNIT_ASSERT_EQUAL(std::string("ABC!"), take());
        CPPUNIT_ASSERT(ended_ && complete_);
        CPPUNIT_ASSERT_EQUAL(1, freed_);
    }

    void transformsWhereItIsWritten() {
        attach();
        put("a", 0ms);
        CPPUNIT_ASSERT_EQUAL(std::string("A~"), take());
        put("b", 0ms);
        stream_.end(true);
        CPPUNIT_ASSERT_EQUAL(std::string("B~!"), take());
        CPPUNIT_ASSERT(ended_ && complete_);
    }

    void leavesTheFirstPieceToWhoIsExpected() {
        put("abc", 0ms);
        stream_.attach(make());
        // On a loop nothing long is done; a writer that can wait does not depend on anybody.
        CPPUNIT_ASSERT(put("d", 0ms) == Stream::Put::taken);
        CPPUNIT_ASSERT_EQUAL(std::string(), take());
        CPPUNIT_ASSERT(put("e", 30s) == Stream::Put::taken);
        CPPUNIT_ASSERT_EQUAL(std::string("ABCDE~"), take());
        CPPUNIT_ASSERT(stream_.detach() == nullptr);
        stream_.transform();
        CPPUNIT_ASSERT_EQUAL(std::string(), take());
    }

    // The worker that was asked to transform may be this one, which waits for room.
    void aWriterWithoutRoomTransformsWhatIsThere() {
        put(full, 0ms);
        stream_.attach(make());
        CPPUNIT_ASSERT(put("y", 0ms) == Stream::Put::full);
        CPPUNIT_ASSERT(put("y", 5s) == Stream::Put::worked);
        CPPUNIT_ASSERT_EQUAL(std::string(full.size(), 'X') + "~", take());
        CPPUNIT_ASSERT(put("y", 5s) == Stream::Put::taken);
        CPPUNIT_ASSERT_EQUAL(std::string("Y~"), take());
    }

    void transformsOneAtATime() {
        attach();
        during_ = [this] {
            during_ = nullptr;
            // Who cannot wait leaves its bytes to us.
            std::thread other([this] { CPPUNIT_ASSERT(put("b", 0ms) == Stream::Put::taken); });
            other.join();
            // It is no writer of what it transforms, and would wait for itself.
            CPPUNIT_ASSERT(put("c", 30s) == Stream::Put::inside);
            stream_.end(true);
        };
        put("a", 30s);
        CPPUNIT_ASSERT_EQUAL(std::string("A~B!"), take());
        CPPUNIT_ASSERT(ended_ && complete_);
        CPPUNIT_ASSERT_EQUAL(1, freed_);
    }

    void isQuietByTheClockOfTheDeadlines() {
        const std::uint64_t begin = environment_.clockMs();
        CPPUNIT_ASSERT(stream_.quietSinceMs() == begin);
        environment_.advance(100);
        CPPUNIT_ASSERT(put("one", 0ms) == Stream::Put::taken);
        CPPUNIT_ASSERT(!stream_.quietSinceMs());
        environment_.advance(100);
        take();
        CPPUNIT_ASSERT(stream_.quietSinceMs() == begin + 100);
        stream_.end(true);
        CPPUNIT_ASSERT(stream_.quietSinceMs() == begin + 200);
    }

private:
    // Upper case, "~" for a flush, "!" at the end.
    std::unique_ptr<Transformer> make() {
        mortise_transformer raw{};
        raw.struct_size = sizeof raw;
        raw.context = this;
        raw.chunk = [](void* self, mortise_view data, std::uint32_t last, std::uint32_t flush, mortise_emit emit,
                       void* sink) -> mortise_status {
            auto& test = *static_cast<StreamTest*>(self);
            std::string made(data.data, data.size);
            for (char& c : made) c = static_cast<char>(c - 'a' + 'A');
            if (test.during_) std::function<void()>(test.during_)();
            made.append(flush != 0 ? "~" : "").append(last != 0 ? "!" : "");
            emit(sink, {made.data(), made.size()});
            return test.good_ ? MORTISE_OK : MORTISE_ERROR;
        };
        raw.release = [](void* self) { ++static_cast<StreamTest*>(self)->freed_; };
        static const base::CodeOwner owner{"test", "plugin 'test'"};
        return std::make_unique<Transformer>(raw, nullptr, owner, nullptr, [](const void*) noexcept { return true; });
    }
    void attach() {
        stream_.attach(make());
        stream_.transform();
    }
    Stream::Put put(const std::string& data, std::chrono::milliseconds patience) {
        return stream_.put(data, Clock::now() + patience);
    }
    std::string take() { return stream_.take(ended_, complete_); }

    std::function<void()> during_;
    bool good_ = true;
    int freed_ = 0;
    tests::FakeEnvironment environment_;
    Stream stream_{environment_}; // ends before what its transformer uses
    bool ended_ = false;
    bool complete_ = false;
};

CPPUNIT_TEST_SUITE_REGISTRATION(StreamTest);

} // namespace mortise::dispatch
