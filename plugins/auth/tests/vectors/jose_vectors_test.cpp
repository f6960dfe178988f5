// SPDX-License-Identifier: Apache-2.0
#include "../jwt_fixture.hpp"

#include <cppunit/TestResult.h>
#include <cppunit/extensions/HelperMacros.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

namespace {

/// Vectors whose stated result contradicts RFC 7515, with the reason. Everything else must come out as stated.
const std::map<std::int64_t, const char*>& differences() {
    static const std::map<std::int64_t, const char*> known{
        {367, "padding was lost in the file: byte for byte the valid vector 357"},
        {370, "padding was lost in the file: byte for byte the valid vector 357"},
        {372, "'?' is no base64url character: refused (RFC 7515 section 5.2, RFC 4648 section 3.3)"},
        {373, "'?' is no base64url character: refused (RFC 7515 section 5.2, RFC 4648 section 3.3)"},
    };
    return known;
}

std::string vectorsFile() {
    const char* const folder = std::getenv("MORTISE_TEST_DATA");
    return folder == nullptr ? std::string() : std::string(folder) + "/jose/json_web_signature_test.json";
}

class JoseVectorsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(JoseVectorsTest);
    CPPUNIT_TEST(everyHs256VectorComesOutAsStated);
    CPPUNIT_TEST(noTokenOfAnotherAlgorithmPasses);
    CPPUNIT_TEST_SUITE_END();

    static std::string keyOf(simdjson::dom::object group) {
        std::string_view encoded;
        if (group["private"]["k"].get(encoded) != simdjson::SUCCESS) return {};
        std::string key(auth::decodedBound(encoded.size()), '\0');
        key.resize(auth::decodeBase64Url(encoded, key.data()).value());
        return key;
    }

    /// Calls `use(group's HMAC key or "", its algorithm, test)` for every vector.
    template<typename Use>
    static void eachVector(Use&& use) {
        simdjson::dom::parser parser;
        simdjson::dom::element document;
        CPPUNIT_ASSERT(parser.load(vectorsFile()).get(document) == simdjson::SUCCESS);
        for (const simdjson::dom::object group : document["testGroups"].get_array()) {
            std::string_view algorithm;
            if (group["private"]["alg"].get(algorithm) != simdjson::SUCCESS) algorithm = "";
            for (const simdjson::dom::object test : group["tests"].get_array()) use(keyOf(group), algorithm, test);
        }
    }

    void everyHs256VectorComesOutAsStated() {
        int seen = 0;
        std::size_t differing = 0;
        eachVector([&](const std::string& key, std::string_view algorithm, simdjson::dom::object test) {
            if (algorithm != "HS256" || key.empty()) return;
            ++seen;
            const auth::Jws jws = auth::makeAccessJws(fixture::macWith(key), fixture::equal(), fixture::parseHeader);
            auth::Jws::Buffer buffer;
            const bool passes = jws.verify(std::string_view(test["jws"]), buffer).has_value();
            const bool stated = std::string_view(test["result"]) == "valid";
            const std::int64_t id = test["tcId"];
            const bool differs = differences().count(id) != 0;
            differing += differs;
            std::ostringstream message;
            message << "vector " << id << " (" << std::string_view(test["comment"]) << ")";
            CPPUNIT_ASSERT_EQUAL_MESSAGE(message.str(), stated != differs, passes);
        });
        CPPUNIT_ASSERT_EQUAL(40, seen);
        CPPUNIT_ASSERT_EQUAL(differences().size(), differing);
    }

    void noTokenOfAnotherAlgorithmPasses() {
        int seen = 0;
        eachVector([&](const std::string&, std::string_view algorithm, simdjson::dom::object test) {
            if (algorithm == "HS256") return;
            ++seen;
            const auth::Jws jws =
                auth::makeAccessJws(fixture::macWith("any key"), fixture::equal(), fixture::parseHeader);
            auth::Jws::Buffer buffer;
            CPPUNIT_ASSERT(!jws.verify(std::string_view(test["jws"]), buffer));
        });
        CPPUNIT_ASSERT(seen > 300);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(JoseVectorsTest);

/// Ends the run as CTest's "skipped" before any suite runs when the vectors are not there.
const bool vectorsPresent = [] {
    const std::string file = vectorsFile();
    if (!file.empty() && std::ifstream(file).good()) return true;
    std::cerr << "skipped: MORTISE_TEST_DATA names no folder with jose/json_web_signature_test.json\n";
    std::exit(77);
}();

} // namespace
