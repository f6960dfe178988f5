// SPDX-License-Identifier: Apache-2.0
#include "document.hpp"

#include "parsed.hpp"

#include <cppunit/extensions/HelperMacros.h>

using namespace mortise::openapi;

namespace {

constexpr std::string_view errorSchema =
    R"({"type":"object","title":"Error","properties":{"error":{"type":"string"},"requestId":{"type":"string"}},)"
    R"("required":["error","requestId"]})";
constexpr std::string_view userSchema =
    R"({"type":"object","title":"User","properties":{"id":{"type":"string","format":"uuid"},)"
    R"("name":{"type":"string","minLength":2,"examples":["Ada"]},)"
    R"("password":{"type":"string","minLength":8,"writeOnly":true}},"required":["id","name","password"]})";

RouteNote route(std::string method, std::string pattern) {
    RouteNote note;
    note.plugin = "users";
    note.method = std::move(method);
    note.pattern = std::move(pattern);
    return note;
}

DocumentFrame frame() {
    DocumentFrame made;
    made.title = "Test";
    made.version = "1.2.3";
    made.servers = {"/"};
    made.errorSchema = parsed(errorSchema);
    return made;
}

Json documentOf(const std::vector<RouteNote>& routes) {
    return mortise::openapi::documentOf(frame(), routes);
}

std::string shown(const Json& document, std::string_view path) {
    return toJson(at(document, path));
}

std::string keys(const Json& object) {
    std::string out;
    for (const Json::Member& member : object.members()) out.append(out.empty() ? "" : " ").append(member.key);
    return out;
}

} // namespace

class DocumentTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DocumentTest);
    CPPUNIT_TEST(nothingButAFrame);
    CPPUNIT_TEST(frameSaysWhatIsSet);
    CPPUNIT_TEST(pathsAreTemplates);
    CPPUNIT_TEST(pathsThatDifferInNamesAreOne);
    CPPUNIT_TEST(headAndOptionsAreLeftOut);
    CPPUNIT_TEST(idsAreUnique);
    CPPUNIT_TEST(tagsComeFromRoutesOrPlugins);
    CPPUNIT_TEST(parametersComeFromSchemas);
    CPPUNIT_TEST(bodiesAreJsonAndFormsWhereTheyAreTaken);
    CPPUNIT_TEST(multipartBodiesAreNothingElse);
    CPPUNIT_TEST(rawBodiesAreOfTheirMediaTypes);
    CPPUNIT_TEST(equalSchemasAreShared);
    CPPUNIT_TEST(anotherSchemaOfTheSameNameGetsANumber);
    CPPUNIT_TEST(titledMembersAreReferencesWithTheirTexts);
    CPPUNIT_TEST(referencesInsideLeadToTheComponent);
    CPPUNIT_TEST(secretsAreOfRequestsOnly);
    CPPUNIT_TEST(answersOfTheHost);
    CPPUNIT_TEST(errorsOfTheRoute);
    CPPUNIT_TEST(errorsThatAreSaidTwice);
    CPPUNIT_TEST(answersThatAreNoJson);
    CPPUNIT_TEST(severalShapesOfOneStatus);
    CPPUNIT_TEST(fieldsOfResponses);
    CPPUNIT_TEST(aRouteWithoutAnswersSucceeds);
    CPPUNIT_TEST(security);
    CPPUNIT_TEST_SUITE_END();

public:
    void nothingButAFrame() {
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                R"({"openapi":"3.1.0","info":{"title":"Test","version":"1.2.3"},"servers":[{"url":"/"}],"paths":{}})"),
            toJson(documentOf({})));
    }

    void frameSaysWhatIsSet() {
        DocumentFrame full = frame();
        full.description = "What it is \"for\"";
        full.license = "Apache-2.0";
        full.contactName = "Ada";
        full.contactUrl = "https://example.com/";
        full.contactEmail = "ada@example.com";
        full.servers = {};
        const Json document = mortise::openapi::documentOf(full, {});
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"title":"Test","version":"1.2.3","description":"What it is \"for\"","contact":{"name":)"
                        R"("Ada","url":"https://example.com/","email":"ada@example.com"},)"
                        R"("license":{"name":"Apache-2.0","identifier":"Apache-2.0"}})"),
            shown(document, "info"));
        CPPUNIT_ASSERT(document.find("servers") == nullptr);
    }

    void pathsAreTemplates() {
        const Json document = documentOf(
            {route("GET", "/"), route("GET", "/users/:id"), route("POST", "/users/:id"), route("GET", "/files/*rest")});
        CPPUNIT_ASSERT_EQUAL(std::string("/ /users/{id} /files/{rest}"), keys(at(document, "paths")));
        CPPUNIT_ASSERT_EQUAL(std::string("get post"), keys(at(document, "paths|/users/{id}")));
        CPPUNIT_ASSERT_EQUAL(std::string(R"([{"name":"id","in":"path","required":true,"schema":{"type":"string"}}])"),
                             shown(document, "paths|/users/{id}|get|parameters"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"The rest of the path, which may contain slashes\""),
                             shown(document, "paths|/files/{rest}|get|parameters|0|description"));
    }

    void pathsThatDifferInNamesAreOne() {
        const Json document = documentOf({route("GET", "/a/:id/b"), route("DELETE", "/a/:name/b")});
        CPPUNIT_ASSERT_EQUAL(std::string("/a/{id}/b"), keys(at(document, "paths")));
        CPPUNIT_ASSERT_EQUAL(std::string("\"id\""), shown(document, "paths|/a/{id}/b|delete|parameters|0|name"));
    }

    void headAndOptionsAreLeftOut() {
        const Json document = documentOf({route("HEAD", "/a"), route("OPTIONS", "/b"), route("GET", "/c")});
        CPPUNIT_ASSERT_EQUAL(std::string("/c"), keys(at(document, "paths")));
    }

    void idsAreUnique() {
        RouteNote given = route("GET", "/z");
        given.operationId = "getAByIdFileName";
        const Json document = documentOf({route("GET", "/a/:id/file-name"), route("GET", "/a/:id/file/name"), given});
        const auto id = [&](std::string_view path) {
            return std::string(at(document, "paths").find(path)->find("get")->textAt("operationId"));
        };
        CPPUNIT_ASSERT_EQUAL(std::string("getAByIdFileName2"), id("/a/{id}/file-name"));
        CPPUNIT_ASSERT_EQUAL(std::string("getAByIdFileName3"), id("/a/{id}/file/name"));
        CPPUNIT_ASSERT_EQUAL(std::string("getAByIdFileName"), id("/z"));
    }

    void tagsComeFromRoutesOrPlugins() {
        RouteNote tagged = route("GET", "/a");
        tagged.tags = {"one", "two"};
        RouteNote other = tagged;
        other.pattern = "/b";
        other.plugin = "posts";
        const Json document = documentOf({tagged, other, route("GET", "/c")});
        CPPUNIT_ASSERT_EQUAL(std::string(R"([{"name":"one","description":"Plugins `users`, `posts`"},)"
                                         R"({"name":"two","description":"Plugins `users`, `posts`"},)"
                                         R"({"name":"users","description":"Plugin `users`"}])"),
                             shown(document, "tags"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"(["users"])"), shown(document, "paths|/c|get|tags"));
    }

    void parametersComeFromSchemas() {
        RouteNote note = route("GET", "/a/:id");
        note.path = parsed(R"({"type":"object","properties":{"id":{"type":"integer","minimum":1}},"required":["id"]})");
        note.query = parsed(R"({"type":"object","title":"Q","properties":{"limit":{"type":"integer","default":10,)"
                            R"("description":"How many","examples":[20],"deprecated":true},)"
                            R"("where":{"type":"object","properties":{"a":{"type":"string"}}}},"required":["where"]})");
        note.headers =
            parsed(R"({"type":"object","properties":{"accept":{"type":"string"},"x-key":{"type":"string"}}})");
        note.cookies = parsed(R"({"type":"object","properties":{"theme":{"type":"string","enum":["a","b"]}}})");
        const Json document = documentOf({note});
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"([{"name":"id","in":"path","required":true,"schema":{"type":"integer","minimum":1}},)"
                        R"({"name":"limit","in":"query","description":"How many","deprecated":true,)"
                        R"("schema":{"type":"integer","default":10},"example":20},)"
                        R"({"name":"where","in":"query","required":true,"style":"deepObject","explode":true,)"
                        R"("schema":{"type":"object","properties":{"a":{"type":"string"}}}},)"
                        R"({"name":"x-key","in":"header","schema":{"type":"string"}},)"
                        R"({"name":"theme","in":"cookie","schema":{"type":"string","enum":["a","b"]}}])"),
            shown(document, "paths|/a/{id}|get|parameters"));
    }

    void bodiesAreJsonAndFormsWhereTheyAreTaken() {
        RouteNote note = route("POST", "/a");
        note.body = parsed(userSchema);
        Json document = documentOf({note});
        CPPUNIT_ASSERT_EQUAL(std::string("application/json"), keys(at(document, "paths|/a|post|requestBody|content")));
        note.forms = true;
        document = documentOf({note});
        const std::string media =
            R"({"schema":{"$ref":"#/components/schemas/User"},"example":{"id":"01890a5d-ac96-774b-bcce-b302099a8057",)"
            R"("name":"Ada","password":"text text"}})";
        CPPUNIT_ASSERT_EQUAL(R"({"required":true,"content":{"application/json":)" + media +
                                 R"(,"application/x-www-form-urlencoded":)" + media + "}}",
                             shown(document, "paths|/a|post|requestBody"));
        note.bodyOptional = true;
        note.body = parsed(R"({"type":"object","properties":{"in":{"type":"object","properties":{}}}})");
        document = documentOf({note});
        CPPUNIT_ASSERT_EQUAL(std::string("application/json application/x-www-form-urlencoded"),
                             keys(at(document, "paths|/a|post|requestBody|content")));
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"in":{"style":"deepObject","explode":true}})"),
            shown(document, "paths|/a|post|requestBody|content|application/x-www-form-urlencoded|encoding"));
        CPPUNIT_ASSERT(at(document, "paths|/a|post|requestBody").find("required") == nullptr);
    }

    void multipartBodiesAreNothingElse() {
        RouteNote note = route("POST", "/a");
        note.multipart = true;
        note.body = parsed(R"({"type":"object","properties":{"face":{"type":"string","format":"binary"},)"
                           R"("in":{"type":"object","properties":{}}},"required":["face"]})");
        const Json document = documentOf({note});
        CPPUNIT_ASSERT_EQUAL(std::string("multipart/form-data"),
                             keys(at(document, "paths|/a|post|requestBody|content")));
        const std::string media = "paths|/a|post|requestBody|content|multipart/form-data|";
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"type":"string","format":"binary"})"),
                             shown(document, media + "schema|properties|face"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"in":{"style":"deepObject","explode":true}})"),
                             shown(document, media + "encoding"));
        note.body.reset();
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"multipart/form-data":{"schema":{"type":"object"}}})"),
                             shown(documentOf({note}), "paths|/a|post|requestBody|content"));
    }

    void rawBodiesAreOfTheirMediaTypes() {
        RouteNote note = route("PUT", "/a");
        note.rawBody = true;
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"*/*":{}})"),
                             shown(documentOf({note}), "paths|/a|put|requestBody|content"));
        note.bodyMediaTypes = {"image/png", "text/csv"};
        const Json document = documentOf({note});
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"image/png":{},"text/csv":{"schema":{"type":"string"}}})"),
                             shown(document, "paths|/a|put|requestBody|content"));
        CPPUNIT_ASSERT_EQUAL(std::string("2XX 413 429 500 503 default"), keys(at(document, "paths|/a|put|responses")));
    }

    void equalSchemasAreShared() {
        RouteNote one = route("POST", "/a");
        one.body = parsed(userSchema);
        RouteNote two = route("POST", "/b");
        two.body = one.body;
        const Json document = documentOf({one, two});
        CPPUNIT_ASSERT_EQUAL(std::string("User Error Problem"), keys(at(document, "components|schemas")));
    }

    void anotherSchemaOfTheSameNameGetsANumber() {
        RouteNote one = route("POST", "/a");
        one.body = parsed(userSchema);
        RouteNote two = route("POST", "/b");
        two.body = parsed(R"({"type":"object","title":"User","properties":{}})");
        const Json document = documentOf({one, two});
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"$ref":"#/components/schemas/User2"})"),
                             shown(document, "paths|/b|post|requestBody|content|application/json|schema"));
    }

    void titledMembersAreReferencesWithTheirTexts() {
        RouteNote note = route("GET", "/a");
        note.responses.push_back(
            {200,
             parsed(R"({"type":"object","title":"Box","properties":{"one":{"type":"object","title":"Thing",)"
                    R"("properties":{},"description":"The first"},"maybe":{"type":["object","null"],"title":"Thing",)"
                    R"("properties":{}},"many":{"type":"array","items":{"type":"object","title":"Thing",)"
                    R"("properties":{}}}}})"),
             "", ""});
        const Json document = documentOf({note});
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"one":{"$ref":"#/components/schemas/Thing","description":"The first"},)"
                                         R"("maybe":{"oneOf":[{"$ref":"#/components/schemas/Thing"},{"type":"null"}]},)"
                                         R"("many":{"type":"array","items":{"$ref":"#/components/schemas/Thing"}}})"),
                             shown(document, "components|schemas|Box|properties"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"type":"object","title":"Thing","properties":{}})"),
                             shown(document, "components|schemas|Thing"));
    }

    void referencesInsideLeadToTheComponent() {
        RouteNote note = route("POST", "/a");
        note.body = parsed(R"({"type":"object","title":"Tree","properties":{"left":{"$ref":"#"},)"
                           R"("leaf":{"$ref":"#/$defs/leaf"}},"$defs":{"leaf":{"type":"string"}}})");
        note.query =
            parsed(R"({"type":"object","properties":{"q":{"$ref":"#/$defs/q"}},"$defs":{"q":{"type":"string"}}})");
        const Json document = documentOf({note});
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"left":{"$ref":"#/components/schemas/Tree"},)"
                                         R"("leaf":{"$ref":"#/components/schemas/Tree/$defs/leaf"}})"),
                             shown(document, "components|schemas|Tree|properties"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"$ref":"#/components/schemas/Schema/properties/q"})"),
                             shown(document, "paths|/a|post|parameters|0|schema"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"$ref":"#/components/schemas/Schema/$defs/q"})"),
                             shown(document, "components|schemas|Schema|properties|q"));
    }

    void secretsAreOfRequestsOnly() {
        RouteNote note = route("POST", "/a");
        note.body = parsed(userSchema);
        note.responses.push_back({201, parsed(userSchema), "", ""});
        const Json document = documentOf({note});
        CPPUNIT_ASSERT_EQUAL(std::string("true"),
                             shown(document, "components|schemas|User|properties|password|writeOnly"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"$ref":"#/components/schemas/User2"})"),
                             shown(document, "paths|/a|post|responses|201|content|application/json|schema"));
        CPPUNIT_ASSERT_EQUAL(std::string("id name"), keys(at(document, "components|schemas|User2|properties")));
        CPPUNIT_ASSERT_EQUAL(std::string(R"(["id","name"])"), shown(document, "components|schemas|User2|required"));
        CPPUNIT_ASSERT(at(document, "paths|/a|post|responses|201|content|application/json|example").find("password") ==
                       nullptr);
    }

    void answersOfTheHost() {
        RouteNote note = route("POST", "/a/:id");
        CPPUNIT_ASSERT_EQUAL(std::string("2XX 429 500 503 default"),
                             keys(at(documentOf({note}), "paths|/a/{id}|post|responses")));
        note.body = parsed(R"({"type":"object"})");
        note.path = parsed(R"({"type":"object","properties":{"id":{"type":"integer"}}})");
        note.caller = RouteNote::Caller::required;
        note.role = "admin";
        note.responses.push_back({204, std::nullopt, "", ""});
        const Json document = documentOf({note});
        CPPUNIT_ASSERT_EQUAL(std::string("204 400 401 403 404 413 415 429 500 503 default"),
                             keys(at(document, "paths|/a/{id}|post|responses")));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"description":"No Content"})"),
                             shown(document, "paths|/a/{id}|post|responses|204"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"$ref":"#/components/responses/Unauthorized"})"),
                             shown(document, "paths|/a/{id}|post|responses|401"));
        CPPUNIT_ASSERT_EQUAL(std::string("WWW-Authenticate"),
                             keys(at(document, "components|responses|Unauthorized|headers")));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"$ref":"#/components/schemas/Error"})"),
                             shown(document, "components|responses|NotFound|content|application/json|schema"));
    }

    void errorsOfTheRoute() {
        RouteNote note = route("GET", "/a");
        note.responses.push_back({409, parsed(errorSchema), "Taken", ""});
        note.responses.push_back({404, parsed(errorSchema), "", ""});
        const Json document = documentOf({note});
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"$ref":"#/components/responses/NotFound"})"),
                             shown(document, "paths|/a|get|responses|404"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"Taken\""), shown(document, "paths|/a|get|responses|409|description"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"error":"Taken","requestId":"01890a5d-ac96-774b-bcce-b302099a8057"})"),
                             shown(document, "paths|/a|get|responses|409|content|application/json|example"));
        CPPUNIT_ASSERT_EQUAL(std::string("application/json application/problem+json"),
                             keys(at(document, "paths|/a|get|responses|409|content")));
    }

    void errorsThatAreSaidTwice() {
        for (const bool first : {true, false}) {
            RouteNote note = route("GET", "/a");
            const ResponseNote own{403, parsed(errorSchema), "Not yours", "", {{"X-Why", "Why not", {}}}};
            const ResponseNote hosts{403, parsed(errorSchema), "", ""};
            note.responses = first ? std::vector{own, hosts} : std::vector{hosts, own};
            const Json document = documentOf({note});
            CPPUNIT_ASSERT_EQUAL(std::string("\"Not yours\""),
                                 shown(document, "paths|/a|get|responses|403|description"));
            CPPUNIT_ASSERT_EQUAL(std::string("description headers content"),
                                 keys(at(document, "paths|/a|get|responses|403")));
        }
    }

    void answersThatAreNoJson() {
        RouteNote note = route("GET", "/a");
        note.responses.push_back({200, std::nullopt, "A page", "text/html"});
        note.responses.push_back({200, std::nullopt, "", "image/png"});
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                R"({"description":"A page","content":{"text/html":{"schema":{"type":"string"}},"image/png":{}}})"),
            shown(documentOf({note}), "paths|/a|get|responses|200"));
    }

    void aRouteWithoutAnswersSucceeds() {
        RouteNote note = route("GET", "/a");
        note.responses.push_back({409, parsed(errorSchema), "", ""});
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"description":"Success; the route does not say how that looks","content":{"*/*":{}}})"),
            shown(documentOf({note}), "paths|/a|get|responses|2XX"));
    }

    void severalShapesOfOneStatus() {
        RouteNote note = route("GET", "/a");
        note.responses.push_back({200, parsed(R"({"type":"object","title":"A"})"), "By page", ""});
        note.responses.push_back({200, parsed(R"({"type":"object","title":"B"})"), "By cursor", ""});
        note.responses.push_back({503, parsed(R"({"type":"object","title":"Busy"})"), "Busy", ""});
        const Json document = documentOf({note});
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"oneOf":[{"$ref":"#/components/schemas/A"},{"$ref":"#/components/schemas/B"}]})"),
            shown(document, "paths|/a|get|responses|200|content|application/json|schema"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"By page; By cursor\""),
                             shown(document, "paths|/a|get|responses|200|description"));
        // The host may be busy before the route is.
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"anyOf":[{"$ref":"#/components/schemas/Busy"},{"$ref":"#/components/schemas/Error"}]})"),
            shown(document, "paths|/a|get|responses|503|content|application/json|schema"));
        CPPUNIT_ASSERT_EQUAL(std::string("application/json application/problem+json"),
                             keys(at(document, "paths|/a|get|responses|503|content")));
    }

    void fieldsOfResponses() {
        RouteNote note = route("POST", "/a");
        note.responses.push_back(
            {201,
             std::nullopt,
             "",
             "",
             {{"Location", "Where it is", std::nullopt}, {"X-Count", "", parsed(R"({"type":"integer"})")}}});
        note.responses.push_back({201, std::nullopt, "", "", {{"Link", "", std::nullopt}}}); // both of them
        note.responses.push_back({204, std::nullopt, "", ""});
        note.responses.push_back({401, parsed(errorSchema), "Invalid credentials", ""});
        note.responses.push_back({404, parsed(errorSchema), "", "", {{"X-Near", "", std::nullopt}}});
        note.responses.push_back({503, parsed(errorSchema), "", "", {{"Retry-After", "A while", std::nullopt}}});
        const Json document = documentOf({note});
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"Location":{"description":"Where it is","schema":{"type":"string"}},)"
                                         R"("X-Count":{"schema":{"type":"integer"}},)"
                                         R"("Link":{"schema":{"type":"string"}}})"),
                             shown(document, "paths|/a|post|responses|201|headers"));
        CPPUNIT_ASSERT(at(document, "paths|/a|post|responses|204").find("headers") == nullptr);
        // What the host's own responses have, unless the route says better.
        CPPUNIT_ASSERT_EQUAL(std::string("WWW-Authenticate"),
                             keys(at(document, "paths|/a|post|responses|401|headers")));
        CPPUNIT_ASSERT_EQUAL(std::string("X-Near"), keys(at(document, "paths|/a|post|responses|404|headers")));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"Retry-After":{"description":"A while","schema":{"type":"string"}}})"),
                             shown(document, "paths|/a|post|responses|503|headers"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"$ref":"#/components/responses/Error"})"),
                             shown(document, "paths|/a|post|responses|default"));
    }

    void security() {
        RouteNote open = route("GET", "/open");
        CPPUNIT_ASSERT(documentOf({open}).find("components")->find("securitySchemes") == nullptr);
        RouteNote optional = route("GET", "/optional");
        optional.caller = RouteNote::Caller::optional;
        RouteNote admin = route("GET", "/admin");
        admin.caller = RouteNote::Caller::required;
        admin.role = "admin";
        const Json document = documentOf({open, optional, admin});
        CPPUNIT_ASSERT_EQUAL(std::string("[]"), shown(document, "paths|/open|get|security"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"([{},{"bearer":[]}])"), shown(document, "paths|/optional|get|security"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"([{"bearer":[]}])"), shown(document, "paths|/admin|get|security"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"("admin")"), shown(document, "paths|/admin|get|x-required-role"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"bearer\""), shown(document, "components|securitySchemes|bearer|scheme"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DocumentTest);
