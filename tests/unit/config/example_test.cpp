// SPDX-License-Identifier: Apache-2.0
#include "config/example.hpp"

#include "config/document.hpp"
#include "tests/unit/config/config_fixture.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <utility>

namespace config = mortise::config;
using config::Settings;
using mortise::base::Diagnostics;
using namespace std::string_literals;

class ExampleTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ExampleTest);
    CPPUNIT_TEST(exampleGivesTheDefaults);
    CPPUNIT_TEST(activeDefaultsAreEqualInBothFormats);
    CPPUNIT_TEST(chosenValuesAreActive);
    CPPUNIT_TEST(neverWritesASecret);
    CPPUNIT_TEST(awkwardTextSurvives);
    CPPUNIT_TEST(describesEveryKey);
    CPPUNIT_TEST_SUITE_END();

    std::vector<config::SectionSpec> specs_ = mortise::tests::sampleSections();

    Settings resolved(config::Document document, Diagnostics& diagnostics) const {
        config::Layers layers;
        layers.documents.push_back(std::move(document));
        return config::resolve(layers, specs_, diagnostics);
    }
    // The settings that both formats give, which must be the same.
    Settings both(const config::ExampleOptions& options) const {
        Diagnostics diagnostics;
        const Settings ini =
            resolved(config::readIni(config::renderIni(specs_, options), "m.ini", diagnostics), diagnostics);
        const Settings xml =
            resolved(config::readXml(config::renderXml(specs_, options), "m.xml", diagnostics), diagnostics);
        CPPUNIT_ASSERT_EQUAL(""s, diagnostics.render());
        CPPUNIT_ASSERT(ini == xml);
        return ini;
    }

    void exampleGivesTheDefaults() {
        const Settings settings = both({});
        for (const auto& section : settings.sections()) {
            for (const auto& setting : section.settings()) CPPUNIT_ASSERT(setting.isDefault);
        }
    }

    void activeDefaultsAreEqualInBothFormats() {
        config::ExampleOptions options;
        options.allActive = true;
        const Settings settings = both(options);
        CPPUNIT_ASSERT(settings == both({}));
        for (const auto& section : settings.sections()) {
            for (const auto& setting : section.settings()) CPPUNIT_ASSERT_EQUAL(setting.spec.secret, setting.isDefault);
        }
    }

    void chosenValuesAreActive() {
        config::ExampleOptions options;
        options.values = {{"plugin.database.enabled", "true"}, {"plugin.database.url", " odd # <&> -- \" value "}};
        const Settings settings = both(options);
        CPPUNIT_ASSERT(settings.at("plugin.database").boolean("enabled"));
        CPPUNIT_ASSERT_EQUAL(" odd # <&> -- \" value "s, settings.at("plugin.database").text("url"));
        CPPUNIT_ASSERT(settings.at("server").at("mode").isDefault);
    }

    void neverWritesASecret() {
        config::ExampleOptions options;
        options.values = {{"plugin.auth.access_secret", "hunter2"}};
        options.allActive = true;
        const std::string all = config::renderIni(specs_, options) + config::renderXml(specs_, options);
        CPPUNIT_ASSERT_EQUAL(std::string::npos, all.find("hunter2"));
        CPPUNIT_ASSERT(all.find("\n#access_secret =\n") != std::string::npos);
    }

    void awkwardTextSurvives() {
        specs_[0].text = "A -- B ---> C <x>\n\n]]> & more " + std::string(300, 'w') + " end";
        specs_[0].settings[0].text = "-";
        specs_[2].settings.back().defaultText = "a--b";
        config::ExampleOptions options;
        options.heading = "Heading --\nsecond line-";
        both(options);
    }

    void describesEveryKey() {
        const std::string ini = config::renderIni(specs_);
        CPPUNIT_ASSERT(ini.find("# Sentence about idle_timeout.\n"
                                "# duration, 1s to 1h; bare numbers are s; default 75s\n"
                                "#idle_timeout = 75s\n") != std::string::npos);
        specs_[3].settings.push_back(mortise::tests::spec("most", config::SettingType::integer, "1"));
        specs_[3].settings.back().deprecated = true;
        specs_[3].settings.back().replacedBy = "max";
        specs_[3].settings.back().environment = {"MOST_A", "MOST_B"};
        CPPUNIT_ASSERT(config::renderIni(specs_).find(
                           "# integer; default 1; also MOST_A or MOST_B; deprecated: write max instead\n") !=
                       std::string::npos);
        CPPUNIT_ASSERT(ini.find("# integer; default 0; a change needs a restart\n#loops = 0\n") != std::string::npos);
        CPPUNIT_ASSERT(
            ini.find(
                "# text, at least 32 bytes; a secret: access_secret_file names a file with it; also JWT_SECRET\n") !=
            std::string::npos);
        CPPUNIT_ASSERT(config::renderXml(specs_).find("    <!-- Sentence about loops.\n"
                                                      "         integer; default 0; a change needs a restart -->\n"
                                                      "    <!-- <loops>0</loops> -->\n") != std::string::npos);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ExampleTest);
