// SPDX-License-Identifier: Apache-2.0
#include "operation_source.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <string>

namespace mortise::graphql {

class OperationSourceTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(OperationSourceTest);
    CPPUNIT_TEST(takesTextsAsTheyCome);
    CPPUNIT_TEST(refusesMalformedReferences);
    CPPUNIT_TEST(keepsWhatIsValid);
    CPPUNIT_TEST(checksDigests);
    CPPUNIT_TEST(isOffWithoutAStore);
    CPPUNIT_TEST(executesOnlyWhatIsListed);
    CPPUNIT_TEST_SUITE_END();

    // Stands for SHA-256: the text's first bytes.
    static OperationDigest digest(std::string_view text) {
        OperationDigest made{};
        std::copy_n(text.begin(), std::min(text.size(), made.size()), made.begin());
        return made;
    }
    static std::string hex(std::string_view text) { return hexOf(digest(text)); }
    static OperationSource source(bool hasStore = true) {
        auto store = std::make_unique<PersistedOperations>(PersistedLimits{100'000, 100'000, 10});
        return {hasStore ? std::move(store) : nullptr, digest};
    }
    // The text, or the code of the refusal.
    static std::string tried(const OperationSource& source, const OperationReference& wanted,
                             const AllowedOperations* allowed = nullptr) {
        FoundOperation found;
        const auto refusal = source.find(wanted, allowed, found);
        if (refusal) return std::string(refusal->code);
        source.keep(found, {1, 4});
        return std::string(found.text);
    }
    static OperationReference persisted(std::string_view hash, std::optional<std::string_view> query = {}) {
        return {query, {}, true, true, hash};
    }

public:
    void takesTextsAsTheyCome() {
        for (const bool hasStore : {true, false}) {
            CPPUNIT_ASSERT_EQUAL(std::string("{ a }"), tried(source(hasStore), {"{ a }"}));
            CPPUNIT_ASSERT_EQUAL(std::string(), tried(source(hasStore), {""}));
        }
    }
    void refusesMalformedReferences() {
        const std::string hash = hex("{ a }");
        const OperationReference bad[] = {
            {},
            {"{ a }", "x"},
            {{}, {}, true, false, hash},
            {{}, {}, true, true, {}},
            {"{ a }", {}, true, false, hash},
            {{}, {}, true, true, "ab"},
            {"{ a }", {}, true, true, "ab"},
        };
        for (const OperationReference& reference : bad)
            CPPUNIT_ASSERT_EQUAL(std::string("BAD_REQUEST"), tried(source(), reference));
    }
    void keepsWhatIsValid() {
        const OperationSource kept = source();
        const std::string hash = hex("{ a }");
        const std::string missing = "PERSISTED_QUERY_NOT_FOUND";
        CPPUNIT_ASSERT_EQUAL(missing, tried(kept, persisted(hash)));
        FoundOperation found;
        CPPUNIT_ASSERT(!kept.find(persisted(hash, "{ a }"), nullptr, found)); // and then it was found invalid
        CPPUNIT_ASSERT_EQUAL(missing, tried(kept, persisted(hash)));
        CPPUNIT_ASSERT_EQUAL(std::string("{ a }"), tried(kept, persisted(hash, "{ a }")));
        CPPUNIT_ASSERT_EQUAL(std::string("{ a }"), tried(kept, persisted(hash)));
        CPPUNIT_ASSERT_EQUAL(std::string("{ a }"), tried(kept, {{}, hash}));
        const std::string prefixed = "sha256:" + hash;
        CPPUNIT_ASSERT_EQUAL(std::string("{ a }"), tried(kept, {{}, prefixed}));
        CPPUNIT_ASSERT_EQUAL(missing, tried(kept, {{}, "x-own:" + hash}));
    }
    void checksDigests() {
        const OperationSource kept = source();
        CPPUNIT_ASSERT_EQUAL(std::string("BAD_REQUEST"), tried(kept, persisted(hex("{ a }"), "{ b }")));
        CPPUNIT_ASSERT_EQUAL(std::string("PERSISTED_QUERY_NOT_FOUND"), tried(kept, persisted(hex("{ a }"))));
    }
    void isOffWithoutAStore() {
        const std::string hash = hex("{ a }");
        for (const OperationReference& reference : {persisted(hash), persisted(hash, "{ a }"), {{}, hash}})
            CPPUNIT_ASSERT_EQUAL(std::string("PERSISTED_QUERY_NOT_SUPPORTED"), tried(source(false), reference));
    }
    void executesOnlyWhatIsListed() {
        AllowedOperations allowed;
        allowed.add("first", "{ a }", digest("{ a }"));
        const std::string hash = hex("{ a }");
        const std::string other = hex("{ b }");
        const std::string refused = "OPERATION_NOT_ALLOWED";
        for (const bool hasStore : {true, false}) {
            const OperationSource listed = source(hasStore);
            for (const OperationReference& reference :
                 {OperationReference{"{ a }"}, persisted(hash), persisted("first"), persisted(hash, "{ a }"),
                  persisted("first", "{ a }"), OperationReference{{}, "first"}, OperationReference{{}, hash}})
                CPPUNIT_ASSERT_EQUAL(std::string("{ a }"), tried(listed, reference, &allowed));
            for (const OperationReference& reference :
                 {OperationReference{"{ b }"}, persisted(other), persisted(other, "{ b }"), persisted("second"),
                  OperationReference{{}, "second"}, OperationReference{{}, other}, OperationReference{"{ a } "}})
                CPPUNIT_ASSERT_EQUAL(refused, tried(listed, reference, &allowed));
            CPPUNIT_ASSERT_EQUAL(std::string("BAD_REQUEST"), tried(listed, persisted(other, "{ a }"), &allowed));
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OperationSourceTest);

} // namespace mortise::graphql
