// SPDX-License-Identifier: Apache-2.0
#include "http/proxy_faults.hpp"

#include "http/limits.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

using namespace std::string_literals;

namespace mortise::http {

namespace {

class Records final : public base::Log {
public:
    bool enabled(base::Level, std::string_view) const noexcept override { return true; }
    void write(base::Level level, std::string_view, std::string_view message,
               std::span<const base::LogField> fields) noexcept override {
        CPPUNIT_ASSERT(level == base::Level::warn);
        std::string line(message);
        for (const base::LogField& field : fields)
            line += ' ' + std::string(field.name.text()) + '=' + std::string(std::get<std::string_view>(field.value));
        lines.push_back(line);
    }
    std::vector<std::string> lines;
};

} // namespace

class ProxyFaultsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ProxyFaultsTest);
    CPPUNIT_TEST(oncePerPeer);
    CPPUNIT_TEST(namesPeerAndSetting);
    CPPUNIT_TEST(oneNetworkIsOnePeer);
    CPPUNIT_TEST(aBoundWithALastWord);
    CPPUNIT_TEST(thisMachineAlwaysHasAPlace);
    CPPUNIT_TEST(noneWhereNoneAreWanted);
    CPPUNIT_TEST(forgets);
    CPPUNIT_TEST_SUITE_END();

public:
    void oncePerPeer() {
        for (int i = 0; i < 3; ++i)
            for (const char* peer : {"203.0.113.1", "203.0.113.2", "2001:db8::1"}) report(peer);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, log_.lines.size());
    }
    void namesPeerAndSetting() {
        const auto holds = [](const std::string& line, const std::string& text) {
            CPPUNIT_ASSERT_MESSAGE(line, line.find(text) != line.npos);
        };
        report("203.0.113.1");
        holds(log_.lines.at(0), "peer=203.0.113.1 setting=server.trusted_proxies");
        report("127.0.0.1", ProxyFault::untrustedLocal);
        holds(log_.lines.at(1), "A proxy on this machine");
        holds(log_.lines.at(1), "server.trusted_proxies = loopback");
        report("203.0.113.2", ProxyFault::disagreement);
        holds(log_.lines.at(2), "setting=server.forwarded_header");
        report("203.0.113.3", ProxyFault::otherHeader);
        holds(log_.lines.at(3), "setting=server.forwarded_header");
    }
    void oneNetworkIsOnePeer() {
        for (const char* peer : {"2001:db8:1:200::1", "2001:db8:1:2ff::9", "2001:db8:1:300::1"}) report(peer);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, log_.lines.size());
        settings_.client_ipv6_prefix = 48;
        report("2001:db8:2:1::1");
        report("2001:db8:2:ff00::1");
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, log_.lines.size());
    }
    void aBoundWithALastWord() {
        settings_.proxy_fault_reports = 2;
        for (const char* peer : {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.1"}) report(peer);
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, log_.lines.size());
        CPPUNIT_ASSERT(log_.lines[2].find("peer=10.0.0.3") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL("No more peers are logged for what proxies tell of their clients "
                             "setting=server.proxy_fault_reports"s,
                             log_.lines[3]);
    }
    void thisMachineAlwaysHasAPlace() {
        settings_.proxy_fault_reports = 1;
        for (const char* peer : {"10.0.0.1", "10.0.0.2", "10.0.0.3"}) report(peer);
        const std::size_t before = log_.lines.size();
        report("::1", ProxyFault::untrustedLocal);
        report("127.0.0.1", ProxyFault::untrustedLocal);
        faults_.report(base::IpAddress(), ProxyFault::untrustedLocal, settings_, log_);
        CPPUNIT_ASSERT_EQUAL(before + 1, log_.lines.size());
        CPPUNIT_ASSERT(log_.lines.back().find("peer=::1") != std::string::npos);
    }
    void noneWhereNoneAreWanted() {
        settings_.proxy_fault_reports = 0;
        report("10.0.0.1");
        report("127.0.0.1", ProxyFault::untrustedLocal);
        CPPUNIT_ASSERT(log_.lines.empty());
    }
    void forgets() {
        for (int i = 0; i < 2; ++i) {
            report("10.0.0.1");
            report("127.0.0.1", ProxyFault::untrustedLocal);
            faults_.forget();
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, log_.lines.size());
    }

private:
    void report(const char* peer, ProxyFault fault = ProxyFault::untrusted) {
        faults_.report(*base::IpAddress::parse(peer), fault, settings_, log_);
    }

    ProxyFaults faults_;
    Settings settings_;
    Records log_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProxyFaultsTest);

} // namespace mortise::http
