// SPDX-License-Identifier: Apache-2.0
#include "dispatch/transformation.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <functional>
#include <string>

namespace mortise::dispatch {

namespace {

const base::CodeOwner owner{"test", "plugin 'test'"};

// What the plugin's side was asked for.
struct Calls {
    std::string seen; // a word for each call
    int freed = 0;
    std::function<void()> during;
    mortise_status result = MORTISE_OK;

    std::unique_ptr<Transformer> make(const std::shared_ptr<const void>& keeper = nullptr) {
        mortise_transformer raw{};
        raw.struct_size = sizeof raw;
        raw.context = this;
        raw.chunk = [](void* self, mortise_view data, std::uint32_t last, std::uint32_t flush, mortise_emit emit,
                       void* sink) -> mortise_status {
            Calls& calls = *static_cast<Calls*>(self);
            calls.seen += std::to_string(data.size) + (last != 0 ? "L" : "") + (flush != 0 ? "F" : "") + " ";
            if (calls.during) calls.during();
            emit(sink, data);
            emit(sink, {"+", 1});
            return calls.result;
        };
        raw.release = [](void* self) { ++static_cast<Calls*>(self)->freed; };
        return std::make_unique<Transformer>(raw, keeper, owner, nullptr, [](const void*) noexcept { return true; });
    }
};

} // namespace

class TransformationTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TransformationTest);
    CPPUNIT_TEST(failsWithItsTransformer);
    CPPUNIT_TEST(isAbandonedBetweenPieces);
    CPPUNIT_TEST(isAbandonedBeforeItRuns);
    CPPUNIT_TEST(givesBackWhatItWasGiven);
    CPPUNIT_TEST(transformsPieceByPiece);
    CPPUNIT_TEST(keepsWhatItCalls);
    CPPUNIT_TEST_SUITE_END();

public:
    void failsWithItsTransformer() {
        calls_.result = MORTISE_ERROR;
        give("abc");
        made_.run();
        CPPUNIT_ASSERT(!made_.succeeded());
        CPPUNIT_ASSERT_EQUAL(1, calls_.freed);
    }
    void isAbandonedBetweenPieces() {
        calls_.during = [this] { made_.abandon(); };
        give(std::string(1'000'000, 'x'));
        made_.run();
        CPPUNIT_ASSERT(!made_.succeeded());
        CPPUNIT_ASSERT_EQUAL(std::string("262144 "), calls_.seen);
        CPPUNIT_ASSERT_EQUAL(1, calls_.freed);
    }
    void isAbandonedBeforeItRuns() {
        give("abc");
        made_.abandon();
        CPPUNIT_ASSERT(!made_.begun());
        made_.run();
        CPPUNIT_ASSERT(made_.begun() && !made_.succeeded());
        CPPUNIT_ASSERT_EQUAL(std::string(), calls_.seen);
        CPPUNIT_ASSERT_EQUAL(1, calls_.freed);
    }
    void givesBackWhatItWasGiven() {
        {
            Transformation made;
            auto transformer = calls_.make();
            made.give(transformer, "abc");
            CPPUNIT_ASSERT_EQUAL(std::string("abc"), made.takeBack());
        }
        CPPUNIT_ASSERT_EQUAL(0, calls_.freed); // it is the filter's again
    }
    void transformsPieceByPiece() {
        give(std::string(300'000, 'x'));
        made_.run();
        CPPUNIT_ASSERT(made_.succeeded());
        CPPUNIT_ASSERT_EQUAL(std::string("262144 37856L "), calls_.seen);
        CPPUNIT_ASSERT_EQUAL(std::size_t{300'002}, made_.takeResult().size());
        CPPUNIT_ASSERT_EQUAL(&owner, &made_.owner());
    }
    void keepsWhatItCalls() {
        auto keeper = std::make_shared<int>(1);
        auto transformer = calls_.make(keeper);
        made_.give(transformer, "abc");
        CPPUNIT_ASSERT_EQUAL(2L, keeper.use_count());
        made_.run();
        CPPUNIT_ASSERT_EQUAL(1L, keeper.use_count()); // though the result is still there
    }

private:
    void give(std::string body) {
        auto transformer = calls_.make();
        made_.give(transformer, std::move(body));
    }

    Calls calls_;
    Transformation made_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(TransformationTest);

} // namespace mortise::dispatch
