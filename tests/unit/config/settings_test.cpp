// SPDX-License-Identifier: Apache-2.0
#include "config/settings.hpp"

#include "tests/unit/config/config_fixture.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace config = mortise::config;
using config::Settings;
using mortise::base::Diagnostics;
using namespace std::string_literals;

class SettingsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SettingsTest);
    CPPUNIT_TEST(refusesUndeclaredAccess);
    CPPUNIT_TEST(printsNoSecrets);
    CPPUNIT_TEST(printsWhatCanBeReadAgain);
    CPPUNIT_TEST(givesTypedValues);
    CPPUNIT_TEST(comparesValuesNotOrigins);
    CPPUNIT_TEST(namesChanges);
    CPPUNIT_TEST(iniAndXmlAreEqual);
    CPPUNIT_TEST_SUITE_END();

    const std::vector<config::SectionSpec> specs_ = mortise::tests::sampleSections();

    Settings from(config::Document document) const {
        Diagnostics diagnostics;
        config::Layers layers;
        layers.documents.push_back(std::move(document));
        Settings settings = config::resolve(layers, specs_, diagnostics);
        CPPUNIT_ASSERT_EQUAL(""s, diagnostics.render());
        return settings;
    }
    Settings fromIni(std::string_view text) const {
        Diagnostics diagnostics;
        config::Document document = config::readIni(text, "m.ini", diagnostics);
        CPPUNIT_ASSERT_EQUAL(""s, diagnostics.render());
        return from(std::move(document));
    }
    Settings fromXml(std::string_view text) const {
        Diagnostics diagnostics;
        config::Document document = config::readXml(text, "m.xml", diagnostics);
        CPPUNIT_ASSERT_EQUAL(""s, diagnostics.render());
        return from(std::move(document));
    }

    void refusesUndeclaredAccess() {
        const Settings settings = fromIni("");
        CPPUNIT_ASSERT(settings.find("plugin.none") == nullptr);
        CPPUNIT_ASSERT_THROW(settings.at("plugin.none"), std::logic_error);
        const config::Section& server = settings.at("server");
        CPPUNIT_ASSERT_THROW(server.text("none"), std::logic_error);
        CPPUNIT_ASSERT_THROW(server.text("loops"), std::logic_error);
        CPPUNIT_ASSERT_THROW(server.integer("idle_timeout"), std::logic_error);
        CPPUNIT_ASSERT_THROW(server.duration("max_body_size"), std::logic_error);
    }

    void printsNoSecrets() {
        const std::string printed =
            config::printIni(fromIni("[plugin.auth]\naccess_secret = hunter2hunter2hunter2hunter2hunter2\n"
                                     "[plugin.database]\nurl = mysql://u:hunter2@h/d?password=hunter2&a=b\n"));
        CPPUNIT_ASSERT_EQUAL(std::string::npos, printed.find("hunter2"));
        CPPUNIT_ASSERT(printed.find("\naccess_secret = [redacted]  # m.ini:2\n") != std::string::npos);
        CPPUNIT_ASSERT(printed.find("\nrefresh_secret =  # default\n") != std::string::npos);
        CPPUNIT_ASSERT(printed.find("\nurl = mysql://u:[redacted]@h/d?password=[redacted]&a=b  # m.ini:4\n") !=
                       std::string::npos);
    }

    void printsWhatCanBeReadAgain() {
        const Settings first =
            fromIni("[server]\nlisten = 0.0.0.0:1, unix:/run/x\nidle_timeout = 90\nmode = development\n"
                    "[plugin.rate-limit]\nfile = \" odd # path \\\"\\\\ \"\nenabled = yes\nfactor = 2.50\n"
                    "[plugin.database]\nurl = \"line\\nbreak\"\n");
        const std::string printed = config::printIni(first);
        CPPUNIT_ASSERT(printed.starts_with("[server]\nlisten = 0.0.0.0:1, unix:/run/x  # m.ini:2\n"
                                           "mode = development  # m.ini:4\nmax_connections = 10000  # default\n"
                                           "max_body_size = 10MiB  # default\nidle_timeout = 90s  # m.ini:3\n"));
        CPPUNIT_ASSERT(first == fromIni(printed));
    }

    void givesTypedValues() {
        const Settings settings =
            fromIni("[server]\nidle_timeout = 2m\n[plugin.rate-limit]\nfactor = 0.5\nenabled = on\n");
        const config::Section& server = settings.at("server");
        CPPUNIT_ASSERT(std::chrono::minutes(2) == server.duration("idle_timeout"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{10 * 1024 * 1024}, server.size("max_body_size"));
        CPPUNIT_ASSERT((server.list("listen") == std::vector<std::string>{"127.0.0.1:8080"}));
        CPPUNIT_ASSERT_EQUAL(0.5, settings.at("plugin.rate-limit").number("factor"));
        CPPUNIT_ASSERT(settings.at("plugin.rate-limit").boolean("enabled"));
        CPPUNIT_ASSERT_EQUAL("fail"s, settings.at("plugin.rate-limit").text("on_error"));
    }

    void comparesValuesNotOrigins() {
        CPPUNIT_ASSERT(fromIni("") == fromIni("[server]\nloops = 0\nidle_timeout = 75000ms\n"));
        const Settings a = fromIni("[server]\nloops = 1\n");
        const Settings b = fromIni("[plugin.auth]\non_error = disable\n[server]\nloops = 1\n");
        CPPUNIT_ASSERT(!(a == b));
        CPPUNIT_ASSERT(a.at("server") == b.at("server"));
        CPPUNIT_ASSERT(!(a.at("plugin.auth") == b.at("plugin.auth")));
    }

    void namesChanges() {
        const auto all = config::changes(fromIni(""), fromIni("[server]\nloops = 2\nmode = development\n"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, all.size());
        CPPUNIT_ASSERT_EQUAL("mode"s, all[0].key);
        CPPUNIT_ASSERT(all[0].reloadable);
        CPPUNIT_ASSERT_EQUAL("server"s, all[1].section);
        CPPUNIT_ASSERT_EQUAL("loops"s, all[1].key);
        CPPUNIT_ASSERT(!all[1].reloadable);
        CPPUNIT_ASSERT(config::changes(fromIni(""), Settings()).empty());
    }

    void iniAndXmlAreEqual() {
        const Settings ini = fromIni(
            "[server]\nlisten = 0.0.0.0:80, [::]:80\nmax_body_size = 1MiB\n"
            "[plugin.rate-limit]\nenabled = true\nmax = 5\n[plugin.database]\n"
            "url = \"mysql://u:<&>@h/d\"\n[plugin.auth]\naccess_secret = \" 0123456789abcdef0123456789abcdef\"\n");
        const Settings xml = fromXml(
            "<mortise><server><listen>\n 0.0.0.0:80,\n [::]:80\n</listen><max_body_size>1024KiB</max_body_size>"
            "</server><plugin name='rate-limit'><enabled>true</enabled><max> 5 </max></plugin><plugin name='database'>"
            "<url>mysql://u:&lt;&amp;&gt;@h/d</url></plugin><plugin name='auth'><access_secret>"
            "<![CDATA[ 0123456789abcdef0123456789abcdef]]></access_secret></plugin></mortise>");
        CPPUNIT_ASSERT(ini == xml);
        CPPUNIT_ASSERT_EQUAL("m.xml:2"s, xml.at("server").at("listen").origin.text().substr(0, 7));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(SettingsTest);
