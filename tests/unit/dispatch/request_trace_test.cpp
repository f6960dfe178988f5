// SPDX-License-Identifier: Apache-2.0
#include "dispatch/request_trace.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cstring>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mortise::dispatch {

class RequestTraceTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RequestTraceTest);
    CPPUNIT_TEST(idsAreOfTheRequest);
    CPPUNIT_TEST(readsFields);
    CPPUNIT_TEST(nothingIsLeftOfTheRequestBefore);
    CPPUNIT_TEST(writesWhatIsSentOn);
    CPPUNIT_TEST_SUITE_END();

    using Fields = std::vector<std::pair<std::string, std::string>>;
    static constexpr const char* good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    // As of the next request in the slot; false: the fields state no trace.
    bool read(const Fields& given) {
        given_ = given;
        std::vector<mortise_field> fields;
        for (const auto& [name, value] : given_)
            fields.push_back({{name.data(), name.size()}, {value.data(), value.size()}});
        stated_.read(fields, ++serial_);
        trace_ = {};
        return stated_.copy(serial_, trace_);
    }
    std::string state() const {
        return trace_.state.size == 0 ? "" : std::string(trace_.state.data, trace_.state.size);
    }

    Fields given_;
    StatedTrace stated_;
    mortise_trace trace_{};
    std::uint64_t serial_ = 0;

public:
    void idsAreOfTheRequest() {
        const TraceIds ids, others;
        std::set<std::string> seen;
        for (mortise_exchange first = 1; first <= 1000; ++first) {
            mortise_trace trace{}, again{}, other{};
            ids.make(first, trace);
            ids.make(first, again);
            others.make(first, other);
            CPPUNIT_ASSERT(std::memcmp(&trace, &again, sizeof trace) == 0);
            CPPUNIT_ASSERT(std::memcmp(trace.trace_id, other.trace_id, sizeof trace.trace_id) != 0);
            seen.emplace(reinterpret_cast<const char*>(trace.trace_id), sizeof trace.trace_id);
            seen.emplace(reinterpret_cast<const char*>(trace.span_id), sizeof trace.span_id);
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{2000}, seen.size());
    }
    void readsFields() {
        CPPUNIT_ASSERT(read({{"Host", "t"}, {"tracestate", "a=1"}, {"TraceParent", good}, {"TRACESTATE", "b=2"}}));
        CPPUNIT_ASSERT(trace_.trace_id[0] == 0x4b && trace_.trace_id[15] == 0x36 && trace_.parent_id[1] == 0xf0);
        CPPUNIT_ASSERT_EQUAL(MORTISE_TRACE_SAMPLED, trace_.flags);
        CPPUNIT_ASSERT_EQUAL(std::string("a=1,b=2"), state());
        CPPUNIT_ASSERT(read({{"traceparent", good}, {"tracestate", "a=1"}, {"tracestate", "a=2"}}));
        CPPUNIT_ASSERT_EQUAL(std::string(), state());
        CPPUNIT_ASSERT(!read({{"traceparent", good}, {"traceparent", good}}));
        CPPUNIT_ASSERT(!read({{"traceparenu", good}, {"tracestate", "a=1"}}));
        CPPUNIT_ASSERT(read({{"traceparent", good}, {"tracestate", "a"}}));
    }
    void nothingIsLeftOfTheRequestBefore() {
        CPPUNIT_ASSERT(read({{"traceparent", good}, {"tracestate", "a=1"}, {"tracestate", "b=2"}}));
        CPPUNIT_ASSERT(!read({}));
        CPPUNIT_ASSERT(read({{"traceparent", good}}));
        CPPUNIT_ASSERT_EQUAL(std::string(), state());
    }
    void writesWhatIsSentOn() {
        CPPUNIT_ASSERT(read({{"traceparent", good}}));
        trace_.span_id[7] = 0x1f;
        writeTraceParent(trace_);
        CPPUNIT_ASSERT_EQUAL(std::string("00-4bf92f3577b34da6a3ce929d0e0e4736-000000000000001f-01"),
                             std::string(trace_.traceparent));
        trace_.flags = 0;
        writeTraceParent(trace_);
        CPPUNIT_ASSERT_EQUAL(std::string("00"), std::string(trace_.traceparent).substr(53));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(RequestTraceTest);

} // namespace mortise::dispatch
