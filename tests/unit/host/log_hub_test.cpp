// SPDX-License-Identifier: Apache-2.0
#include "host/log_hub.hpp"

#include "host/module_names.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <bit>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace mortise::host {

namespace {

// The last record, as a sink gets it.
struct Sunk {
    std::string message;
    std::map<std::string, std::string> fields;
};

std::shared_ptr<LogSink> sinkTo(Sunk& sunk) {
    static const base::CodeOwner owner{"sink", "plugin 'sink'"};
    auto sink = std::make_shared<LogSink>(LogSink{owner});
    sink->self = &sunk;
    sink->table.struct_size = sizeof sink->table;
    sink->table.write = [](void* self, const mortise_log_record* record) {
        auto& to = *static_cast<Sunk*>(self);
        to = {std::string(text(record->message)), {}};
        for (std::uint32_t i = 0; i < record->field_count; ++i) {
            const mortise_log_field& field = record->fields[i];
            to.fields[std::string(text(field.name))] =
                field.kind == MORTISE_LOG_FIELD_TEXT ? std::string(text(field.text)) : std::to_string(field.integer);
        }
    };
    return sink;
}

// What stands first in braces anywhere in the host's source: the names of its fields, and more.
std::set<std::string> literalNames() {
    std::set<std::string> names;
    const std::regex literal("\\{\\s*\"([A-Za-z0-9_]+)\"\\s*,");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(SERVER_FOLDER)) {
        if (entry.path().extension() != ".cpp") continue;
        std::ifstream file(entry.path());
        const std::string source{std::istreambuf_iterator<char>(file), {}};
        for (std::sregex_iterator at(source.begin(), source.end(), literal), end; at != end; ++at)
            names.insert((*at)[1]);
    }
    return names;
}

// At run time only this test makes one.
base::FieldName fieldNameOf(std::string_view name) {
    return std::bit_cast<base::FieldName>(name);
}

mortise_log_field fieldOf(std::string_view name, std::string_view value) {
    return {view(name), MORTISE_LOG_FIELD_TEXT, 0, 0, 0, view(value)};
}

} // namespace

class LogHubTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LogHubTest);
    CPPUNIT_TEST(showsAllConstantsOfTheHost);
    CPPUNIT_TEST(hidesFieldsOfPluginsByName);
    CPPUNIT_TEST(hidesSecretsInAnyText);
    CPPUNIT_TEST(hidesBeforeItCuts);
    CPPUNIT_TEST_SUITE_END();

    LogHub hub_;
    Sunk sunk_;
    std::shared_ptr<LogSink> sink_ = sinkTo(sunk_);

public:
    void setUp() override { hub_.setSink(sink_); }
    void tearDown() override { hub_.setSink(nullptr); }

    void showsAllConstantsOfTheHost() {
        const std::set<std::string> names = literalNames();
        for (const char* known : {"code", "errorCode", "reason", "status", "requestId", "plugin", "address"})
            CPPUNIT_ASSERT_MESSAGE(known, names.count(known) == 1);
        for (const std::string& name : names) {
            hub_.log(base::Level::info, "host", "Message", {{fieldNameOf(name), std::string_view("http_bad_host")}});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, std::string("http_bad_host"), sunk_.fields[name]);
            hub_.log(base::Level::info, "host", "Message", {{fieldNameOf(name), std::int64_t{7}}});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, std::string("7"), sunk_.fields[name]);
        }
    }

    void hidesFieldsOfPluginsByName() {
        const mortise_log_field fields[] = {fieldOf("password", "hunter2"),
                                            fieldOf("user[pwd]", "hunter2"),
                                            fieldOf("login.pin", "hunter2"),
                                            fieldOf("HTTPPassword", "hunter2"),
                                            fieldOf("code", "hunter2"),
                                            fieldOf("monkey", "banana"),
                                            fieldOf("status_code", "shown"),
                                            {view("otp"), MORTISE_LOG_FIELD_INTEGER, 0, 42, 0, {}},
                                            {view("token"), MORTISE_LOG_FIELD_NUMBER, 0, 0, 1.5, {}}};
        hub_.write(MORTISE_LOG_INFO, "plugin", "Message", fields);
        for (const char* name : {"password", "user[pwd]", "login.pin", "HTTPPassword", "code", "otp", "token"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, std::string("[redacted]"), sunk_.fields[name]);
        CPPUNIT_ASSERT_EQUAL(std::string("banana"), sunk_.fields["monkey"]);
        CPPUNIT_ASSERT_EQUAL(std::string("shown"), sunk_.fields["status_code"]);
    }

    void hidesSecretsInAnyText() {
        const std::string url = "cannot reach mysql://u:hunter2@h/d";
        hub_.log(base::Level::error, "host", url,
                 {{"reason", std::string_view(url)}, {"target", std::string_view("/a?pin=1&x=2")}});
        CPPUNIT_ASSERT_EQUAL(std::string("cannot reach mysql://u:[redacted]@h/d"), sunk_.message);
        CPPUNIT_ASSERT_EQUAL(sunk_.message, sunk_.fields["reason"]);
        CPPUNIT_ASSERT_EQUAL(std::string("/a?pin=[redacted]&x=2"), sunk_.fields["target"]);
        const mortise_log_field fields[] = {fieldOf("url", "/a?user[pwd]=hunter2"), fieldOf("error", url)};
        hub_.write(MORTISE_LOG_WARN, "plugin", "GET /a?otp=1 failed", fields);
        CPPUNIT_ASSERT_EQUAL(std::string("GET /a?otp=[redacted] failed"), sunk_.message);
        CPPUNIT_ASSERT_EQUAL(std::string("/a?user[pwd]=[redacted]"), sunk_.fields["url"]);
        CPPUNIT_ASSERT_EQUAL(std::string("cannot reach mysql://u:[redacted]@h/d"), sunk_.fields["error"]);
    }

    void hidesBeforeItCuts() {
        const std::string url = std::string(LogHub::textLimit - 20, 'x') + " mysql://u:hunter2-and-more@h/d";
        hub_.log(base::Level::error, "host", url);
        CPPUNIT_ASSERT(sunk_.message.size() <= LogHub::textLimit);
        CPPUNIT_ASSERT(sunk_.message.find("hunter2") == std::string::npos);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(LogHubTest);

} // namespace mortise::host
