// SPDX-License-Identifier: Apache-2.0
#include <mortise/text/accept.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <array>
#include <cmath>
#include <random>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace mortise {
namespace {

constexpr std::array<std::string_view, 3> offers{"text/html", "application/json; charset=utf-8", "text/plain"};

// The slow, obvious reader: of fields without quotes, by regular expressions, one member after the other.
Quality obviousQuality(const std::string& field, std::string_view offer) {
    static const std::regex member(R"(^([a-z0-9.*-]+)/([a-z0-9.*-]+)((?: *;(?: *[a-z0-9.*-]+=[a-z0-9.*-]+)?)*)$)");
    static const std::regex parameter(R"(; *([a-z0-9.*-]+)=([a-z0-9.*-]+))");
    static const std::regex weight(R"(^(0(\.[0-9]{0,3})?|1(\.0{0,3})?)$)");
    const std::string type(offer.substr(0, offer.find('/')));
    const std::string subtype(offer.substr(type.size() + 1, offer.find(';') - type.size() - 1));
    const bool hasCharset = offer.find(';') != offer.npos;
    int best = -1;
    Quality quality = 0;
    bool said = false;
    for (std::size_t begin = 0; begin <= field.size();) {
        const std::size_t end = std::min(field.find(',', begin), field.size());
        std::string one = field.substr(begin, end - begin);
        begin = end + 1;
        one.erase(0, one.find_first_not_of(' ') == one.npos ? one.size() : one.find_first_not_of(' '));
        one.erase(one.find_last_not_of(' ') + 1);
        std::smatch found;
        if (!std::regex_match(one, found, member)) continue;
        if (found[1] == "*" && found[2] != "*") continue;
        double wanted = 1;
        int specificity = found[1] == "*" ? 0 : found[2] == "*" ? 1 : 2;
        bool matches = (specificity == 0 || found[1] == type) && (specificity < 2 || found[2] == subtype);
        bool malformed = false;
        const std::string parameters = found[3];
        for (std::sregex_iterator at(parameters.begin(), parameters.end(), parameter), last; at != last; ++at) {
            if ((*at)[1] == "q") {
                malformed = malformed || !std::regex_match((*at)[2].str(), weight);
                if (!malformed) wanted = std::stod((*at)[2].str());
            } else if ((*at)[1] == "charset" && hasCharset) {
                matches = matches && (*at)[2] == "utf-8";
                if (specificity >= 2) ++specificity;
            }
        }
        if (malformed) continue;
        said = true;
        if (!matches || specificity < best) continue;
        best = specificity;
        quality = static_cast<Quality>(std::lround(wanted * 1000));
    }
    return said ? quality : wantedQuality;
}

} // namespace

class AcceptTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AcceptTest);
    CPPUNIT_TEST(wantsAllWhereNothingIsSaid);
    CPPUNIT_TEST(leavesMalformedMembersOut);
    CPPUNIT_TEST(takesTheMostSpecificRange);
    CPPUNIT_TEST(comparesParameters);
    CPPUNIT_TEST(joinsFields);
    CPPUNIT_TEST(knowsWhatIsNamed);
    CPPUNIT_TEST(agreesWithTheObviousReader);
    CPPUNIT_TEST_SUITE_END();

    static std::string weights(const std::vector<std::string>& fields) {
        Accept<3> accept(offers);
        for (const std::string& field : fields) accept.add(field);
        std::string out;
        for (std::size_t i = 0; i < offers.size(); ++i) out.append(std::to_string(accept.quality(i))).append(" ");
        return out;
    }

public:
    void wantsAllWhereNothingIsSaid() {
        for (const char* field : {"", ",", " , ,"})
            CPPUNIT_ASSERT_EQUAL(std::string("1000 1000 1000 "), weights({field}));
        CPPUNIT_ASSERT(!Accept<3>(offers).isPresent());
        CPPUNIT_ASSERT_EQUAL(std::string("1000 1000 1000 "), weights({}));
    }
    void leavesMalformedMembersOut() {
        for (const char* field :
             {"text", "text/", "/", "*", "*/html", "text/html;q=2", "text/html;q=", "text/html;q=0.1234", "text/html;q",
              "text/html q=1", "text/html;x=\"", "t\xc3\xa9xt/html", "text/html;q=\"1"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(field, std::string("0 1000 0 "),
                                         weights({std::string("application/json,") + field}));
    }
    void takesTheMostSpecificRange() {
        static constexpr const char* table[][2] = {
            {"*/*", "1000 1000 1000 "},
            {"*/*;q=0.1", "100 100 100 "},
            {"text/*", "1000 0 1000 "},
            {"text/*;q=0.5, text/plain;q=0.1, */*;q=0.2", "500 200 100 "},
            {"*/*;q=0.2, text/plain;q=0, text/*;q=0.5", "500 200 0 "},
            {"TEXT/Html", "1000 0 0 "},
            {"text/html;q=0.3, text/html;q=0.7", "700 0 0 "}, // the last one counts
            {"image/png", "0 0 0 "},
        };
        for (const auto& row : table) CPPUNIT_ASSERT_EQUAL_MESSAGE(row[0], std::string(row[1]), weights({row[0]}));
    }
    void comparesParameters() {
        static constexpr const char* table[][2] = {
            {"application/json; charset=utf-8", "0 1000 0 "},
            {"application/json; charset=\"UTF-8\"", "0 1000 0 "},
            {"application/json; charset=latin1", "0 0 0 "},
            {"application/json; charset=latin1;q=0.9, application/json;q=0.2", "0 200 0 "},
            {"application/json;q=0.2, application/json; charset=utf-8;q=0.9", "0 900 0 "},
            {"application/json; charset=utf-8;q=0.9, application/json;q=0.2", "0 900 0 "},
            {"application/json; indent=4", "0 1000 0 "},
            {"text/*; charset=latin1;q=0.4", "400 0 400 "},
        };
        for (const auto& row : table) CPPUNIT_ASSERT_EQUAL_MESSAGE(row[0], std::string(row[1]), weights({row[0]}));
    }
    void joinsFields() {
        CPPUNIT_ASSERT_EQUAL(std::string("500 200 100 "), weights({"text/*;q=0.5", "text/plain;q=0.1, */*;q=0.2"}));
        CPPUNIT_ASSERT_EQUAL(std::string("0 1000 0 "), weights({"", "application/json"}));
    }
    void knowsWhatIsNamed() {
        Accept<3> accept(offers);
        accept.add("text/html, text/*, */*");
        CPPUNIT_ASSERT(accept.isPresent() && accept.isNamed(0) && !accept.isNamed(1) && !accept.isNamed(2));
    }
    void agreesWithTheObviousReader() {
        static constexpr const char* pieces[] = {
            "text", "html", "plain", "application", "json",  "*", "/",         "/",     "/", ",",    ",",    ";",
            " ",    ";q=",  "0.5",   "1",           ";q=0.", "7", ";charset=", "utf-8", "x", "*/*,", "text/"};
        std::mt19937 random(20240229);
        for (int round = 0; round < 20000; ++round) {
            std::string field;
            for (auto left = random() % 14; left > 0; --left) field += pieces[random() % std::size(pieces)];
            Accept<3> accept(offers);
            accept.add(field);
            for (std::size_t i = 0; i < offers.size(); ++i)
                CPPUNIT_ASSERT_EQUAL_MESSAGE(field, obviousQuality(field, offers[i]), accept.quality(i));
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AcceptTest);

} // namespace mortise
