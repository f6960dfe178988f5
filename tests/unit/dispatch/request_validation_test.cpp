// SPDX-License-Identifier: Apache-2.0
#include "dispatch/request_validation.hpp"

#include "dispatch/host_names.hpp"
#include "host/route.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::dispatch {

namespace {

constexpr std::string_view userSchema = R"({"type":"object","required":["name"],"properties":{
    "name":{"type":"string","minLength":2},"age":{"type":"integer"},"role":{"type":"string","default":"user"}}})";
constexpr std::string_view pageSchema = R"({"type":"object","properties":{
    "page":{"type":"integer","minimum":1,"default":1},"limit":{"type":"integer","minimum":1,"maximum":100}}})";
constexpr std::string_view idSchema = R"({"type":"object","properties":{"id":{"type":"integer"}},"required":["id"]})";

constexpr std::string_view headerSchema = R"({"type":"object","required":["x-key"],"additionalProperties":false,
    "properties":{"x-key":{"type":"string","minLength":2},"x-count":{"type":"integer"},"x-default":{"default":"d"},
    "x-list":{"type":"array","items":{"type":"integer"}},"x-both":{"type":["array","string"]}}})";
constexpr std::string_view cookieSchema = R"({"type":"object","required":["session"],"additionalProperties":false,
    "properties":{"session":{"type":"string","maxLength":5},"visits":{"type":"integer","default":1}}})";

json::Schema compiled(std::string_view text) {
    json::Schema schema;
    const auto fault = json::Schema::compile(text, schema);
    CPPUNIT_ASSERT_MESSAGE(fault ? fault->message : "", !fault);
    return schema;
}

} // namespace

class RequestValidationTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RequestValidationTest);
    CPPUNIT_TEST(tellsMediaTypesApart);
    CPPUNIT_TEST(saysWhereJsonIsMalformed);
    CPPUNIT_TEST(refusesMalformedForms);
    CPPUNIT_TEST(refusesAnEmptyBodyUnlessOptional);
    CPPUNIT_TEST(treatsABadPathAsUnknown);
    CPPUNIT_TEST(tellsAllFailuresAtOnce);
    CPPUNIT_TEST(leavesNulToTheHandlerWhereAsked);
    CPPUNIT_TEST(refusesConflictsInForms);
    CPPUNIT_TEST(refusesHeadersThatAreNoText);
    CPPUNIT_TEST(ignoresCookiesThatAreNoText);
    CPPUNIT_TEST(boundsNesting);
    CPPUNIT_TEST(boundsValues);
    CPPUNIT_TEST(givesUnusedMemoryBack);
    CPPUNIT_TEST(rejectsUnknownMembersWhenAsked);
    CPPUNIT_TEST(showsNothingOfAFailure);
    CPPUNIT_TEST(fillsInDefaults);
    CPPUNIT_TEST(readsFormsByTheSchema);
    CPPUNIT_TEST(readsNestedForms);
    CPPUNIT_TEST(readsPathParameters);
    CPPUNIT_TEST(readsHeaders);
    CPPUNIT_TEST(readsCookies);
    CPPUNIT_TEST(passesWithoutSchemas);
    CPPUNIT_TEST_SUITE_END();

public:
    void tellsMediaTypesApart() {
        for (const char* type :
             {"", "text/plain", "application/jsonx", "application/json+x", "application/problem+json",
              "application/json; charset=latin1", "application/json; charset=utf-8; charset=latin1",
              "application/json; charset", "application/json; x=y z", "json", "multipart/form-data; boundary=x",
              ";application/json"}) {
            CPPUNIT_ASSERT_MESSAGE(type, bodyKindOf(type, true) == BodyKind::unsupported);
        }
        for (const char* type :
             {"application/json", "Application/JSON", " application/json ", "application/json;",
              "application/json; charset=utf-8", "application/json;charset=\"UTF-8\"", "application/json; indent=4",
              "application/json; indent=4 ; charset=utf-8", "application/json;x=\"; charset=latin1\""}) {
            CPPUNIT_ASSERT_MESSAGE(type, bodyKindOf(type, true) == BodyKind::json);
        }
        CPPUNIT_ASSERT(bodyKindOf("application/x-www-form-urlencoded", true) == BodyKind::form);
        CPPUNIT_ASSERT(bodyKindOf("application/x-www-form-urlencoded; charset=utf-8", true) == BodyKind::form);
        CPPUNIT_ASSERT(bodyKindOf("application/x-www-form-urlencoded", false) == BodyKind::unsupported);
        CPPUNIT_ASSERT(bodyKindOf("application/json", false) == BodyKind::json);
    }

    void saysWhereJsonIsMalformed() {
        route_.body = compiled(userSchema);
        const auto failure = validate(R"({"name": x})");
        CPPUNIT_ASSERT(failure && failure->fault.status == 400 && failure->fault.sentence == "Malformed JSON");
        CPPUNIT_ASSERT_EQUAL(std::size_t{9}, failure->position.value());
        CPPUNIT_ASSERT(failure->details.empty());
    }

    void refusesMalformedForms() {
        route_.body = compiled(userSchema);
        const auto body = validate("name=%zz", form);
        CPPUNIT_ASSERT(body && body->fault.status == 400 && body->fault.sentence == "Malformed form" &&
                       !body->position);
        setUp();
        route_.query = compiled(pageSchema);
        const auto query = validate("", "", "page=%f");
        CPPUNIT_ASSERT(query && query->fault.status == 400 && query->fault.sentence == "Malformed query");
    }

    void leavesNulToTheHandlerWhereAsked() {
        route_.body = compiled(userSchema);
        const auto failure = validate(R"({"name":"a\u0000"})");
        CPPUNIT_ASSERT(failure && failure->fault.sentence == "Validation error");
        setUp();
        route_.body = compiled(userSchema);
        route_.query = compiled(pageSchema);
        route_.flags = MORTISE_ROUTE_NUL_IN_BODY;
        CPPUNIT_ASSERT(!validate(R"({"name":"a\u0000"})"));
        CPPUNIT_ASSERT(validate(R"({"name":"a\u0000"})", "application/json", "more=%00"));
    }

    void refusesAnEmptyBodyUnlessOptional() {
        route_.body = compiled(userSchema);
        const auto failure = validate("");
        CPPUNIT_ASSERT(failure && failure->fault.sentence == "Malformed JSON");
        setUp();
        route_.body = compiled(userSchema);
        route_.flags = MORTISE_ROUTE_BODY_OPTIONAL;
        CPPUNIT_ASSERT(!validate("", ""));
        CPPUNIT_ASSERT(state_->request.json_body == nullptr);
        // With a media type, a body was meant.
        CPPUNIT_ASSERT(validate("", json));
    }

    void treatsABadPathAsUnknown() {
        route_.path = compiled(idSchema);
        route_.body = compiled(userSchema);
        state_->parameters = {{view("id"), view("not-a-number")}};
        const auto failure = validate("{");
        CPPUNIT_ASSERT(failure && failure->fault.status == 404 && failure->fault.sentence == "Route not found");
    }

    void tellsAllFailuresAtOnce() {
        route_.body = compiled(userSchema);
        route_.query = compiled(pageSchema);
        route_.headers = compiled(headerSchema);
        route_.cookies = compiled(cookieSchema);
        state_->fields = {{view("X-Count"), view("many")}, {view("cookie"), view("visits=no")}};
        const auto failure = validate(R"({"name":"x","age":"old"})", json, "page=0&limit=many");
        CPPUNIT_ASSERT(failure && failure->fault.status == 400 && failure->fault.sentence == "Validation error");
        std::vector<std::string> found;
        for (const json::Detail& detail : failure->details.items())
            found.push_back(std::string(json::nameOf(detail.in)) + detail.path + ":" + detail.code);
        CPPUNIT_ASSERT((std::vector<std::string>{"body/name:minLength", "body/age:type", "query/page:minimum",
                                                 "query/limit:type", "header/x-count:type", "header/x-key:required",
                                                 "cookie/visits:type", "cookie/session:required"}) == found);
        CPPUNIT_ASSERT(state_->request.json_headers == nullptr && state_->request.json_cookies == nullptr);
    }

    void refusesConflictsInForms() {
        route_.body = compiled(R"({"type":"object","properties":{"a":{"type":"object","properties":{"b":{}}}}})");
        const auto failure = validate("a=1&a[b]=2", form);
        CPPUNIT_ASSERT(failure && failure->fault.status == 400 && failure->fault.sentence == "Malformed form");
    }

    void refusesHeadersThatAreNoText() {
        route_.headers = compiled(headerSchema);
        state_->fields = {{view("X-Key"), view("key\xff")}};
        const auto failure = validate("", "");
        CPPUNIT_ASSERT(failure && failure->fault.status == 400 && failure->fault.sentence == "Malformed header field");
        // Other fields are none of the schema's business.
        state_->fields = {{view("X-Key"), view("key")}, {view("X-Other"), view("\xff")}};
        CPPUNIT_ASSERT(!validate("", ""));
    }

    void ignoresCookiesThatAreNoText() {
        route_.cookies = compiled(cookieSchema);
        state_->fields = {{view("Cookie"), view("session=\xff; other=\xff; session=b")}};
        const auto failure = validate("", "");
        CPPUNIT_ASSERT(failure && failure->details.items().front().code == "required");
        state_->fields = {{view("Cookie"), view("visits=\xff; session=b")}};
        CPPUNIT_ASSERT(!validate("", ""));
        CPPUNIT_ASSERT_EQUAL(std::string("1"), member(state_->request.json_cookies, "visits"));
    }

    void boundsNesting() {
        route_.body = compiled("{}");
        serving_.maxJsonDepth = 3;
        CPPUNIT_ASSERT(!validate("[[[]]]"));
        const auto failure = validate("[[[[]]]]");
        CPPUNIT_ASSERT(failure && failure->fault.status == 400 && failure->fault.sentence == "Malformed JSON");
    }

    void boundsValues() {
        route_.body = compiled("{}");
        serving_.maxJsonValues = 4;
        CPPUNIT_ASSERT(!validate("[1,2,3]"));
        for (const char* body : {"[1,2,3,4]", R"({"a":1,"b":2})"}) {
            const auto failure = validate(body);
            CPPUNIT_ASSERT(failure && failure->fault.status == 400 &&
                           failure->fault.sentence == "Too many values in JSON");
        }
    }

    void givesUnusedMemoryBack() {
        route_.body = compiled(userSchema);
        std::string body = R"({"name":"Ada","p":[0)";
        for (int i = 0; i < 100'000; ++i) body += ",0";
        CPPUNIT_ASSERT(!validate(body + "]}"));
        // Defaults were filled in, which writes the nodes anew.
        const std::size_t used = body.size() + 2 + state_->bodyTape.nodes().size() * sizeof(json::Node);
        constexpr std::size_t slack = 128 * 1024; // twice what may be kept between two requests
        CPPUNIT_ASSERT(state_->bodyTape.capacityBytes() < used + slack);
        CPPUNIT_ASSERT(state_->bodyTape.root().find("name").bytes() == "Ada");
        CPPUNIT_ASSERT(state_->bodyTape.root().find("role").bytes() == "user");
    }

    void rejectsUnknownMembersWhenAsked() {
        constexpr std::string_view body = R"({"name":"Ada","extra":1})";
        route_.body = compiled(userSchema);
        CPPUNIT_ASSERT(!validate(body));
        route_.flags = MORTISE_ROUTE_REJECT_UNKNOWN;
        const auto byRoute = validate(body);
        CPPUNIT_ASSERT(byRoute && byRoute->details.items().front().path == "/extra");
        route_.flags = 0;
        serving_.rejectUnknown = true;
        CPPUNIT_ASSERT(validate(body));
    }

    void showsNothingOfAFailure() {
        route_.body = compiled(userSchema);
        route_.query = compiled(pageSchema);
        CPPUNIT_ASSERT(validate(R"({"name":"Ada"})", json, "page=0"));
        CPPUNIT_ASSERT(state_->request.json_body == nullptr && state_->request.json_query == nullptr);
    }

    void fillsInDefaults() {
        route_.body = compiled(userSchema);
        route_.query = compiled(pageSchema);
        CPPUNIT_ASSERT(!validate(R"({"name":"Ada"})", json, ""));
        CPPUNIT_ASSERT_EQUAL(std::string("user"), member(state_->request.json_body, "role"));
        CPPUNIT_ASSERT_EQUAL(std::string("1"), member(state_->request.json_query, "page"));
    }

    void readsFormsByTheSchema() {
        route_.body = compiled(userSchema);
        CPPUNIT_ASSERT(!validate("name=Ada+L&age=36", form));
        CPPUNIT_ASSERT_EQUAL(std::string("Ada L"), member(state_->request.json_body, "name"));
        CPPUNIT_ASSERT_EQUAL(std::string("36"), member(state_->request.json_body, "age"));
        const auto failure = validate("name=Ada&age=old", form);
        CPPUNIT_ASSERT(failure && failure->details.items().front().path == "/age");
    }

    void readsNestedForms() {
        route_.body = compiled(R"({"type":"object","properties":{"user":{"type":"object","required":["age"],
            "properties":{"age":{"type":"integer"}}}}})");
        const auto failure = validate("user[age]=old", form);
        CPPUNIT_ASSERT(failure && failure->details.items().front().path == "/user/age");
        CPPUNIT_ASSERT(!validate("user[age]=7", form));
        route_.query = compiled(R"({"type":"object","properties":{"filter":{"type":"object","additionalProperties":
            {"type":"integer"}}}})");
        CPPUNIT_ASSERT(!validate("user[age]=7", form, "filter[a]=1"));
        CPPUNIT_ASSERT(validate("user[age]=7", form, "filter[a]=x"));
    }

    void readsHeaders() {
        route_.headers = compiled(headerSchema);
        state_->fields = {{view("X-KEY"), view("a")},       {view("Host"), view("h")},   {view("x-key"), view("b")},
                          {view("X-List"), view("1, 2,,")}, {view("x-list"), view("3")}, {view("X-Count"), view("7")},
                          {view("X-Both"), view("p, q")}};
        CPPUNIT_ASSERT(!validate("", ""));
        const mortise_json_tape* const tape = state_->request.json_headers;
        CPPUNIT_ASSERT_EQUAL(std::string("a, b"), member(tape, "x-key"));
        CPPUNIT_ASSERT_EQUAL(std::string("7"), member(tape, "x-count"));
        CPPUNIT_ASSERT_EQUAL(std::string("d"), member(tape, "x-default"));
        CPPUNIT_ASSERT_EQUAL(std::string("p, q"), member(tape, "x-both"));
        CPPUNIT_ASSERT_EQUAL(std::string("(absent)"), member(tape, "host"));
        const json::Value list = state_->headerTape.root().find("x-list");
        CPPUNIT_ASSERT(list.isArray() && list.size() == 3);
        // Commas in quotes part nothing.
        route_.headers = compiled(R"({"properties":{"x-list":{"type":"array","items":{"type":"string"}}}})");
        state_->fields = {{view("X-List"), view(R"("a, \", b" , c ,"d, e)")}};
        CPPUNIT_ASSERT(!validate("", ""));
        std::string elements;
        for (const json::Value element : state_->headerTape.root().find("x-list").elements())
            elements += std::string(element.bytes()) + "|";
        CPPUNIT_ASSERT_EQUAL(std::string(R"("a, \", b"|c|"d, e|)"), elements);
        state_->fields = {{view("X-List"), view(R"(a,"\)")}};
        CPPUNIT_ASSERT(!validate("", ""));
        CPPUNIT_ASSERT_EQUAL(2u, state_->headerTape.root().find("x-list").size());
    }

    void readsCookies() {
        route_.cookies = compiled(cookieSchema);
        state_->fields = {{view("COOKIE"), view("a=1; session=\"abc\"; session=toolong")},
                          {view("Cookie"), view("visits=7; session=x")}};
        CPPUNIT_ASSERT(!validate("", ""));
        CPPUNIT_ASSERT_EQUAL(std::string("abc"), member(state_->request.json_cookies, "session"));
        CPPUNIT_ASSERT_EQUAL(std::string("7"), member(state_->request.json_cookies, "visits"));
    }

    void readsPathParameters() {
        route_.path = compiled(idSchema);
        state_->parameters = {{view("id"), view("42")}};
        CPPUNIT_ASSERT(!validate("", ""));
        CPPUNIT_ASSERT_EQUAL(std::string("42"), member(state_->request.json_path, "id"));
    }

    void passesWithoutSchemas() {
        CPPUNIT_ASSERT(!validate("{ not looked at", "text/plain", "%zz"));
        CPPUNIT_ASSERT(state_->request.json_body == nullptr && state_->request.json_query == nullptr &&
                       state_->request.json_path == nullptr);
    }

    void setUp() override {
        route_ = Route();
        route_.flags = MORTISE_ROUTE_ALSO_FORMS;
        serving_ = ServingSettings();
        state_ = std::make_unique<RequestData>();
        state_->route = &route_;
    }

private:
    static constexpr std::string_view json = "application/json";
    static constexpr std::string_view form = "application/x-www-form-urlencoded";

    std::optional<ValidationFailure> validate(std::string_view body, std::string_view type = json,
                                              std::string_view query = {}) {
        state_->request = mortise_request{};
        state_->request.body = view(body);
        state_->request.query = view(query);
        state_->request.fields = state_->fields.data();
        state_->request.field_count = static_cast<std::uint32_t>(state_->fields.size());
        return validateRequest(*state_, type, serving_);
    }

    // Text of a member of a flat object.
    static std::string member(const mortise_json_tape* tape, std::string_view key) {
        CPPUNIT_ASSERT(tape != nullptr);
        const mortise_json_node* node = tape->nodes + 1;
        for (std::uint32_t i = 0; i < tape->nodes[0].length; ++i, node = mortise_json_next(node + 1)) {
            const auto textOf = [tape](const mortise_json_node& n) {
                return std::string(tape->text + n.offset, n.length);
            };
            if (textOf(*node) == key) return textOf(node[1]);
        }
        return "(absent)";
    }

    Route route_;
    ServingSettings serving_;
    std::unique_ptr<RequestData> state_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(RequestValidationTest);

} // namespace mortise::dispatch
