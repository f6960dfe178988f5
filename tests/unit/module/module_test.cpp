// SPDX-License-Identifier: Apache-2.0
#include "module/module.hpp"

#include "module/abi_text.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::module {

namespace {

// What the entry below hands out; the C function type has no context.
const mortise_module* given = nullptr;
std::string_view givenError;

const mortise_module* entry(std::uint32_t, mortise_error* error) {
    setError(error, givenError);
    return given;
}

mortise_status create(const mortise_host*, const mortise_plugin**, mortise_error*) {
    return MORTISE_ERROR;
}

mortise_setting setting(std::string_view key, std::uint32_t type, std::string_view byDefault) {
    mortise_setting made{};
    made.type = type;
    made.key = view(key);
    made.default_text = view(byDefault);
    return made;
}

// A flawless description, to be spoilt.
struct Description {
    std::vector<mortise_view> required{view("mortise.users/1")};
    std::vector<mortise_view> optional{view("mortise.log/1"), view("mortise.draft.database/12")};
    std::vector<mortise_view> provided;
    std::vector<mortise_setting> settings;
    mortise_module module{};

    Description() {
        module.struct_size = sizeof module;
        module.id = view("com.example.hello-world");
        module.version = view("1.2.3-rc.1+build.5");
        module.toolchain = view("g++ 12");
        module.create = &create;
        link();
    }
    Description(const Description&) = delete;
    Description& operator=(const Description&) = delete;

    void link() {
        module.required_services = required.data();
        module.required_service_count = static_cast<std::uint32_t>(required.size());
        module.optional_services = optional.data();
        module.optional_service_count = static_cast<std::uint32_t>(optional.size());
        module.provided_services = provided.data();
        module.provided_service_count = static_cast<std::uint32_t>(provided.size());
        module.settings = settings.data();
        module.setting_count = static_cast<std::uint32_t>(settings.size());
        module.setting_size = sizeof(mortise_setting);
    }
};

base::Outcome<ModuleInfo> read(const Description& description) {
    given = &description.module;
    givenError = {};
    mortise_module raw{};
    return readModule(&entry, raw);
}

// The sentence when `spoil` was done to a flawless description; "" when it still passes.
std::string faultOf(const std::function<void(Description&)>& spoil) {
    Description description;
    spoil(description);
    const auto info = read(description);
    return info ? std::string() : info.fault();
}

std::string faultOf(mortise_setting declared) {
    return faultOf([&](Description& d) {
        d.settings = {declared};
        d.link();
    });
}

void assertNames(const std::string& fault, std::string_view part) {
    CPPUNIT_ASSERT_MESSAGE("'" + fault + "' lacks '" + std::string(part) + "'", fault.find(part) != std::string::npos);
}

} // namespace

class ModuleTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ModuleTest);
    CPPUNIT_TEST(handsOnWhyTheFileRefuses);
    CPPUNIT_TEST(namesBothVersionsAndTheWayOut);
    CPPUNIT_TEST(refusesImpossibleStructs);
    CPPUNIT_TEST(refusesUnknownFlags);
    CPPUNIT_TEST(refusesBadIdsAndVersions);
    CPPUNIT_TEST(refusesBadTexts);
    CPPUNIT_TEST(refusesBadServiceLists);
    CPPUNIT_TEST(refusesBadSettings);
    CPPUNIT_TEST(refusesAMissingCreate);
    CPPUNIT_TEST(copiesWhatPasses);
    CPPUNIT_TEST(readsSettings);
    CPPUNIT_TEST(readsSettingsByTheirStride);
    CPPUNIT_TEST(readsWhatSettingsPromise);
    CPPUNIT_TEST(acceptsALargerStruct);
    CPPUNIT_TEST(keepsNoPointerToTexts);
    CPPUNIT_TEST_SUITE_END();

public:
    void handsOnWhyTheFileRefuses() {
        given = nullptr;
        givenError = "only on\nTuesdays";
        mortise_module raw{};
        const auto info = readModule(&entry, raw);
        CPPUNIT_ASSERT(!info);
        assertNames(info.fault(), "ABI 1.0");
        assertNames(info.fault(), "only on\\x0ATuesdays");
        assertNames(info.fault(), "upgrade mortised");
    }

    void namesBothVersionsAndTheWayOut() {
        const std::string fault =
            faultOf([](Description& d) { d.module.abi_minor_built = d.module.abi_minor_needed = 7; });
        CPPUNIT_ASSERT_EQUAL(
            std::string("needs host ABI 1.7, this host speaks 1.0: upgrade mortised, or install an older "
                        "build of the plugin"),
            fault);
        // Nothing else is looked at: a future description may hold what we would call damage.
        assertNames(faultOf([](Description& d) {
                        d.module.abi_minor_built = d.module.abi_minor_needed = 7;
                        d.module.flags = 2;
                        d.module.id = view("?");
                    }),
                    "needs host ABI 1.7");
        CPPUNIT_ASSERT_EQUAL(std::string(), faultOf([](Description& d) { d.module.abi_minor_built = 7; }));
    }

    void refusesImpossibleStructs() {
        for (const std::uint32_t size :
             {0u, 16u, static_cast<std::uint32_t>(sizeof(mortise_module)) - 8, 1u << 20, ~0u}) {
            const std::string fault = faultOf([size](Description& d) { d.module.struct_size = size; });
            assertNames(fault, "describes itself in a struct of " + std::to_string(size) + " bytes");
            assertNames(fault, std::to_string(sizeof(mortise_module)));
        }
        alignas(mortise_module) char bytes[sizeof(mortise_module) + 8]{};
        given = reinterpret_cast<const mortise_module*>(bytes + 4);
        mortise_module raw{};
        const auto info = readModule(&entry, raw);
        CPPUNIT_ASSERT(!info);
        assertNames(info.fault(), "not aligned");
    }

    void refusesUnknownFlags() {
        assertNames(faultOf([](Description& d) { d.module.flags = 0x80000002u | MORTISE_MODULE_IN_EXAMPLE; }),
                    "flags 2147483650");
    }

    void refusesBadIdsAndVersions() {
        for (const std::string_view id :
             {"", "hello", "Com.example", "com..example", ".com", "com.example.", "com/example", "com.ex ample"}) {
            assertNames(faultOf([id](Description& d) { d.module.id = view(id); }), "reverse domain name");
        }
        for (const std::string_view version : {"", "1", "1.2", "1.2.3.4", "1.02.3", "v1.2.3", "1.2.x", "1.2.3-",
                                               "1.2.3+", "1.2.3-a b", "1234567890.0.0"}) {
            assertNames(faultOf([version](Description& d) { d.module.version = view(version); }), "semantic version");
        }
    }

    void refusesBadTexts() {
        assertNames(faultOf([](Description& d) { d.module.id = {nullptr, 5}; }), "no data for its id");
        assertNames(faultOf([](Description& d) {
                        d.module.toolchain = {"x", std::uint64_t{1} << 40};
                    }),
                    "1099511627776 bytes for its toolchain");
        assertNames(faultOf([](Description& d) { d.module.toolchain = view("g++\n12"); }), "control characters");
        assertNames(faultOf([](Description& d) { d.module.toolchain = view("\xff"); }), "\\xFF");
        CPPUNIT_ASSERT_EQUAL(std::string(), faultOf([](Description& d) { d.module.toolchain = {nullptr, 0}; }));
    }

    void refusesBadServiceLists() {
        for (const std::string_view id : {"", "mortise.users", "users/1", "mortise.users/", "mortise.users/x",
                                          "mortise.users/01", "mortise.users/1/2", "Mortise.users/1"}) {
            assertNames(faultOf([id](Description& d) {
                            d.provided = {view(id)};
                            d.link();
                        }),
                        "names the provided service");
        }
        assertNames(faultOf([](Description& d) {
                        d.required = {view("a.b/1"), view("a.b/1")};
                        d.link();
                    }),
                    "required service 'a.b/1' twice");
        assertNames(faultOf([](Description& d) { d.module.optional_services = nullptr; }),
                    "no list of optional services");
        assertNames(faultOf([](Description& d) { d.module.required_service_count = 1'000'000; }), "at most 256");
    }

    void refusesBadSettings() {
        assertNames(faultOf(setting("Size", MORTISE_SETTING_INTEGER, "1")), "a-z, 0-9");
        assertNames(faultOf(setting("enabled", MORTISE_SETTING_BOOLEAN, "true")), "'enabled', which every plugin has");
        assertNames(faultOf(setting("size", 0, "1")), "type 0");
        assertNames(faultOf(setting("size", 10, "1")), "type 10");
        assertNames(faultOf(setting("size", MORTISE_SETTING_INTEGER, "many")), "the default");
        assertNames(faultOf(setting("kind", MORTISE_SETTING_CHOICE, "a")), "there are no choices");
        mortise_setting flags = setting("size", MORTISE_SETTING_INTEGER, "1");
        flags.flags = 16;
        assertNames(faultOf(flags), "flags 16");
        mortise_setting ranged = setting("name", MORTISE_SETTING_TEXT, "x");
        ranged.flags = MORTISE_SETTING_HAS_RANGE;
        assertNames(faultOf(ranged), "with a range, which its type cannot have");
        ranged = setting("size", MORTISE_SETTING_INTEGER, "1");
        ranged.flags = MORTISE_SETTING_HAS_RANGE;
        mortise_setting share = setting("share", MORTISE_SETTING_NUMBER, "1");
        share.flags = MORTISE_SETTING_HAS_RANGE;
        share.number_minimum = std::nan("");
        assertNames(faultOf(share), "not a number");
        ranged.minimum = 5;
        ranged.maximum = 4;
        assertNames(faultOf(ranged), "minimum is above the maximum");
        ranged.maximum = 9;
        assertNames(faultOf(ranged), "less than the minimum");
        mortise_setting longest = setting("name", MORTISE_SETTING_TEXT, "");
        longest.minimum_length = std::uint64_t{1} << 60;
        assertNames(faultOf(longest), "minimum length");
        longest = setting("size", MORTISE_SETTING_INTEGER, "1");
        longest.maximum_length = 4;
        assertNames(faultOf(longest), "with a length, which its type cannot have");
        mortise_setting pattern = setting("size", MORTISE_SETTING_INTEGER, "1");
        pattern.pattern = view("1");
        assertNames(faultOf(pattern), "with a pattern, which its type cannot have");
        for (const std::uint32_t stride : {0u, 8u, static_cast<std::uint32_t>(sizeof(mortise_setting)) - 8,
                                           static_cast<std::uint32_t>(sizeof(mortise_setting)) + 4})
            assertNames(faultOf([stride](Description& d) {
                            d.settings = {setting("size", MORTISE_SETTING_INTEGER, "1")};
                            d.link();
                            d.module.setting_size = stride;
                        }),
                        "one of its settings takes " + std::to_string(stride) + " bytes");
        mortise_setting choices = setting("name", MORTISE_SETTING_TEXT, "");
        choices.choices = view("a,b");
        assertNames(faultOf(choices), "with choices");
        mortise_setting secret = setting("key", MORTISE_SETTING_TEXT, "known to all");
        secret.flags = MORTISE_SETTING_SECRET;
        assertNames(faultOf(secret), "a secret cannot have a default");
        assertNames(faultOf([](Description& d) {
                        d.settings = {setting("size", MORTISE_SETTING_INTEGER, "1"),
                                      setting("size", MORTISE_SETTING_INTEGER, "2")};
                        d.link();
                    }),
                    "declared twice");
        assertNames(faultOf([](Description& d) { d.module.setting_count = 5; }), "no list of settings");
        assertNames(faultOf([](Description& d) {
                        d.settings = {setting("size", MORTISE_SETTING_INTEGER, "1")};
                        d.link();
                        d.module.setting_count = 1025;
                    }),
                    "at most 1024");
    }

    void refusesAMissingCreate() {
        assertNames(faultOf([](Description& d) { d.module.create = nullptr; }), "create");
    }

    void copiesWhatPasses() {
        Description description;
        description.provided = {view("com.example.cache/3")};
        description.link();
        given = &description.module;
        mortise_module raw{};
        const auto info = readModule(&entry, raw);
        CPPUNIT_ASSERT_MESSAGE(info ? "" : info.fault(), static_cast<bool>(info));
        CPPUNIT_ASSERT_EQUAL(std::string("com.example.hello-world"), info.value().id);
        CPPUNIT_ASSERT_EQUAL(std::string("1.2.3-rc.1+build.5"), info.value().version);
        CPPUNIT_ASSERT_EQUAL(std::string("g++ 12"), info.value().toolchain);
        CPPUNIT_ASSERT((std::vector<std::string>{"mortise.users/1"}) == info.value().requiredServices);
        CPPUNIT_ASSERT((std::vector<std::string>{"mortise.log/1", "mortise.draft.database/12"}) ==
                       info.value().optionalServices);
        CPPUNIT_ASSERT((std::vector<std::string>{"com.example.cache/3"}) == info.value().providedServices);
        CPPUNIT_ASSERT(raw.create == &create);
    }

    void readsSettings() {
        Description description;
        mortise_setting size = setting("size", MORTISE_SETTING_SIZE, "4KiB");
        size.flags = MORTISE_SETTING_HAS_RANGE;
        size.minimum = 1024;
        size.maximum = std::numeric_limits<std::int64_t>::max();
        size.unit = view("bytes");
        mortise_setting kind = setting("kind", MORTISE_SETTING_CHOICE, "warm");
        kind.choices = view("cold, warm");
        mortise_setting secret = setting("key", MORTISE_SETTING_TEXT, "");
        secret.flags = MORTISE_SETTING_SECRET;
        secret.minimum_length = 32;
        secret.text = view("A sentence.");
        description.settings = {size, kind, secret};
        description.link();
        const auto info = read(description);
        CPPUNIT_ASSERT_MESSAGE(info ? "" : info.fault(), static_cast<bool>(info));
        const auto& settings = info.value().settings;
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, settings.size());
        CPPUNIT_ASSERT(settings[0].type == config::SettingType::size && settings[0].unit == "bytes");
        CPPUNIT_ASSERT(settings[0].minimum == 1024 && !settings[0].maximum);
        CPPUNIT_ASSERT((std::vector<std::string>{"cold", "warm"}) == settings[1].choices);
        CPPUNIT_ASSERT(settings[2].secret && settings[2].minLength == 32 && settings[2].text == "A sentence.");
    }

    // As a plugin of a later minor that can live with ours.
    // Of a later version, with something behind each.
    void readsSettingsByTheirStride() {
        struct Later {
            mortise_setting known;
            std::uint64_t further;
        };
        const Later settings[] = {{setting("one", MORTISE_SETTING_INTEGER, "1"), ~std::uint64_t{0}},
                                  {setting("two", MORTISE_SETTING_TEXT, "x"), ~std::uint64_t{0}}};
        Description description;
        description.module.settings = &settings[0].known;
        description.module.setting_count = 2;
        description.module.setting_size = sizeof(Later);
        const auto info = read(description);
        CPPUNIT_ASSERT_MESSAGE(info ? "" : info.fault(), static_cast<bool>(info));
        CPPUNIT_ASSERT(info.value().settings.size() == 2 && info.value().settings[1].key == "two");
    }

    void readsWhatSettingsPromise() {
        Description description;
        mortise_setting old = setting("old", MORTISE_SETTING_INTEGER, "-9223372036854775808");
        old.flags = MORTISE_SETTING_DEPRECATED | MORTISE_SETTING_HAS_RANGE | MORTISE_SETTING_NEEDS_RESTART;
        old.replaced_by = view("next");
        old.minimum = std::numeric_limits<std::int64_t>::min();
        old.maximum = (std::int64_t{1} << 53) + 1;
        mortise_setting next = setting("next", MORTISE_SETTING_INTEGER, "0");
        mortise_setting name = setting("name", MORTISE_SETTING_TEXT, "ab");
        name.pattern = view("[a-c]*");
        name.maximum_length = 4;
        name.environment = view("NAME_A, NAME_B");
        description.settings = {old, next, name};
        description.link();
        description.module.licence = view("MIT");
        const auto info = read(description);
        CPPUNIT_ASSERT_MESSAGE(info ? "" : info.fault(), static_cast<bool>(info));
        const auto& settings = info.value().settings;
        CPPUNIT_ASSERT(settings[0].deprecated && settings[0].replacedBy == "next" && !settings[0].reloadable);
        CPPUNIT_ASSERT(!settings[0].minimum && settings[0].maximum == 9007199254740993);
        CPPUNIT_ASSERT(settings[2].pattern == "[a-c]*" && settings[2].maxLength == 4);
        CPPUNIT_ASSERT((std::vector<std::string>{"NAME_A", "NAME_B"}) == settings[2].environment);
        CPPUNIT_ASSERT_EQUAL(std::string("MIT"), info.value().licence);
    }

    void acceptsALargerStruct() {
        struct Later {
            mortise_module now;
            const void* more;
        };
        Description description;
        const Later later{description.module, &description};
        Later sized = later;
        sized.now.struct_size = sizeof(Later);
        sized.now.abi_minor_built = 3;
        given = &sized.now;
        mortise_module raw{};
        CPPUNIT_ASSERT(readModule(&entry, raw));
        CPPUNIT_ASSERT(raw.create == &create);
    }

    void keepsNoPointerToTexts() {
        Description description;
        std::string version = "1.2.3";
        description.module.version = view(version);
        const auto info = read(description);
        version = "X.X.X";
        CPPUNIT_ASSERT_EQUAL(std::string("1.2.3"), info.value().version);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ModuleTest);

} // namespace mortise::module
