// SPDX-License-Identifier: Apache-2.0
#include "parsed.hpp"
#include "tests/support/fake_host.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <dlfcn.h>

using namespace mortise::test;
using mortise::openapi::at;
using mortise::openapi::parsed;

class OpenApiPluginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(OpenApiPluginTest);
    CPPUNIT_TEST(offUnlessSetInProduction);
    CPPUNIT_TEST(badPathsAreRefused);
    CPPUNIT_TEST(showsTheRoutes);
    CPPUNIT_TEST(builtOnceAGeneration);
    CPPUNIT_TEST(knownDocumentIsNotSent);
    CPPUNIT_TEST(pageAndItsFiles);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        void* const file = dlopen(OPENAPI_FILE, RTLD_NOW | RTLD_LOCAL);
        CPPUNIT_ASSERT_MESSAGE(file == nullptr ? dlerror() : "", file != nullptr);
        const auto entry = reinterpret_cast<mortise_module_entry>(dlsym(file, MORTISE_MODULE_ENTRY_NAME));
        CPPUNIT_ASSERT(entry != nullptr);
        module_ = entry(MORTISE_ABI_MINOR, nullptr);
        CPPUNIT_ASSERT(module_ != nullptr);
    }

    void offUnlessSetInProduction() {
        FakeInstance quiet(host_, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, quiet.configure());
        CPPUNIT_ASSERT(host_.routes.empty());
        FakeInstance loud(host_, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, loud.configure({{"docs", "on"}, {"yaml_path", ""}, {"docs_path", ""}}));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host_.routes.size());
        CPPUNIT_ASSERT(host_.route("GET", "/openapi.json").flags & MORTISE_ROUTE_HIDDEN);
    }

    void badPathsAreRefused() {
        FakeInstance openapi(host_, *module_);
        CPPUNIT_ASSERT(openapi.configure({{"json_path", "/a/:b"}, {"yaml_path", "/a/:b"}, {"docs_path", "/docs/"}}) <
                       0);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, host_.refusedSettings.size());
    }

    void showsTheRoutes() {
        FakeInstance openapi(host_, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, openapi.configure({{"docs", "on"}, {"title", "Of a test"}}));
        add("/things/:id");
        FakeRoute hidden;
        hidden.method = "GET";
        hidden.pattern = "/hidden";
        hidden.flags = MORTISE_ROUTE_HIDDEN;
        host_.routes.push_back(hidden);
        const FakeAnswer answer = host_.call("GET", "/openapi.json");
        CPPUNIT_ASSERT_EQUAL(200u, answer.status);
        const auto document = parsed(answer.body);
        CPPUNIT_ASSERT_EQUAL(std::string("Of a test"), at(document, "info|title").text());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, at(document, "paths").members().size());
        CPPUNIT_ASSERT_EQUAL(std::string("thing"), at(document, "paths|/things/{id}|get|operationId").text());
        CPPUNIT_ASSERT_EQUAL(std::string("Here it is"),
                             at(document, "paths|/things/{id}|get|responses|200|description").text());
        const FakeAnswer yaml = host_.call("GET", "/openapi.yaml");
        CPPUNIT_ASSERT_EQUAL(std::string("application/yaml"), yaml.fields.at("Content-Type"));
        CPPUNIT_ASSERT_EQUAL(std::string("openapi: \"3.1.0\"\ninfo:\n  title: Of a test\n"), yaml.body.substr(0, 42));
    }

    void builtOnceAGeneration() {
        FakeInstance openapi(host_, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, openapi.configure({{"docs", "on"}}));
        add("/first");
        const std::string first = host_.call("GET", "/openapi.json").body;
        add("/second");
        CPPUNIT_ASSERT_EQUAL(first, host_.call("GET", "/openapi.json").body);
        host_.generation = 2;
        const std::string second = host_.call("GET", "/openapi.json").body;
        CPPUNIT_ASSERT(first != second);
        // One that the generation before still serves sees its own routes and leaves the newer document alone.
        host_.generation = 1;
        host_.routes.pop_back();
        CPPUNIT_ASSERT_EQUAL(first, host_.call("GET", "/openapi.json").body);
        host_.generation = 2;
        CPPUNIT_ASSERT_EQUAL(second, host_.call("GET", "/openapi.json").body);
    }

    void knownDocumentIsNotSent() {
        FakeInstance openapi(host_, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, openapi.configure({{"docs", "on"}}));
        for (const char* const path : {"/openapi.json", "/openapi.yaml", "/docs/*file"}) {
            const FakeAnswer answer = host_.call("GET", path);
            FakeRequest again;
            again.fields["If-None-Match"] = answer.fields.at("ETag");
            const FakeAnswer known = host_.call("GET", path, again);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(path, 304u, known.status);
            CPPUNIT_ASSERT(known.body.empty());
            again.fields["If-None-Match"] = "\"other\"";
            CPPUNIT_ASSERT_EQUAL(200u, host_.call("GET", path, again).status);
        }
    }

    void pageAndItsFiles() {
        FakeInstance openapi(host_, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, openapi.configure({{"docs", "on"}, {"docs_path", "/a/docs"}}));
        FakeAnswer answer = host_.call("GET", "/a/docs");
        CPPUNIT_ASSERT_EQUAL(301u, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("docs/"), answer.fields.at("Location"));
        FakeRequest asked;
        asked.onLoop = true;
        answer = host_.call("GET", "/a/docs/*file", asked);
        CPPUNIT_ASSERT_EQUAL(std::string("text/html; charset=utf-8"), answer.fields.at("Content-Type"));
        CPPUNIT_ASSERT(answer.block != 0);
        asked.parameters["file"] = "no-such.js";
        CPPUNIT_ASSERT_EQUAL(404u, host_.call("GET", "/a/docs/*file", asked).status);
        asked.parameters["file"] = "swagger-ui-bundle.js";
        answer = host_.call("GET", "/a/docs/*file", asked);
        CPPUNIT_ASSERT_EQUAL(std::string("no-cache"), answer.fields.at("Cache-Control"));
        CPPUNIT_ASSERT(answer.body.size() > 1'000'000);
        const std::string tag = answer.fields.at("ETag");
        asked.fields["Accept-Encoding"] = "gzip";
        asked.query = "v=" + tag.substr(1, tag.size() - 2);
        const FakeAnswer packed = host_.call("GET", "/a/docs/*file", asked);
        CPPUNIT_ASSERT_EQUAL(std::string("gzip"), packed.fields.at("Content-Encoding"));
        CPPUNIT_ASSERT_EQUAL(std::string("public, max-age=31536000, immutable"), packed.fields.at("Cache-Control"));
        CPPUNIT_ASSERT(packed.fields.at("ETag") != tag);
        CPPUNIT_ASSERT(packed.body.size() < answer.body.size() / 3);
        CPPUNIT_ASSERT_EQUAL(std::string("\x1f\x8b"), packed.body.substr(0, 2));
    }

private:
    void add(const std::string& pattern) {
        FakeRoute route;
        route.method = "GET";
        route.pattern = pattern;
        route.operationId = pattern == "/things/:id" ? "thing" : "";
        route.responses.push_back({200, R"({"type":"object","properties":{}})", "Here it is", ""});
        host_.routes.push_back(route);
    }

    FakeHost host_;
    const mortise_module* module_ = nullptr;
};

CPPUNIT_TEST_SUITE_REGISTRATION(OpenApiPluginTest);
