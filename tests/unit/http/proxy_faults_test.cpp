// SPDX-License-Identifier: Apache-2.0
#include "http/proxy_faults.hpp"

#include "http/limits.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <set>
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
    CPPUNIT_TEST(exactlyTheBoundAndALastWord);
    CPPUNIT_TEST(theInternetLeavesPlaces);
    CPPUNIT_TEST(noFaultHidesAnother);
    CPPUNIT_TEST(thisMachineAlwaysHasAPlace);
    CPPUNIT_TEST(aConnectionReportsAgainInAnotherEpoch);
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
    void exactlyTheBoundAndALastWord() {
        for (const std::size_t places : {1, 2, 5}) {
            faults_.forget();
            log_.lines.clear();
            settings_.proxy_fault_reports = places;
            for (std::size_t i = 0; i < places; ++i) report(("10.0.0." + std::to_string(i)).c_str());
            CPPUNIT_ASSERT_EQUAL(places, log_.lines.size());
            for (const char* peer : {"10.0.0.77", "10.0.0.78", "203.0.113.1", "10.0.0.0"}) report(peer);
            CPPUNIT_ASSERT_EQUAL(places + 1, log_.lines.size());
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, log_.lines.back().find("Faults of further proxies are not logged "
                                                                        "setting=server.proxy_fault_reports reason="));
        }
    }
    void theInternetLeavesPlaces() {
        settings_.proxy_fault_reports = 8;
        for (int i = 0; i < 100; ++i)
            report(("203.0.113." + std::to_string(i)).c_str(),
                   i % 2 == 0 ? ProxyFault::untrusted : ProxyFault::untrustedRealIp);
        for (const char* peer : {"172.32.0.1", "192.169.0.1", "100.128.0.1", "2001:db8::1", "11.0.0.1", "fb00::1"})
            report(peer);
        CPPUNIT_ASSERT_EQUAL(std::size_t{5}, log_.lines.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{0},
                             log_.lines.back().find("Faults of further proxies outside of private networks "
                                                    "are not logged setting=server.proxy_fault_reports"));
        for (const char* peer : {"10.1.2.3", "172.31.255.1", "192.168.0.1"}) report(peer);
        report("198.51.100.1", ProxyFault::disagreement); // of a trusted proxy: not everybody can bring it about
        CPPUNIT_ASSERT_EQUAL(std::size_t{9}, log_.lines.size());
        for (const char* first :
             {"172.16.0.1", "100.64.0.1", "100.127.255.1", "fc00::1", "fdff::1", "fe80::1", "169.254.1.1"}) {
            faults_.forget();
            log_.lines.clear();
            for (int i = 0; i < 100; ++i) report(("203.0.113." + std::to_string(i)).c_str());
            report(first);
            CPPUNIT_ASSERT_MESSAGE(first, log_.lines.back().find("peer="s + first) != std::string::npos);
        }
    }
    void noFaultHidesAnother() {
        for (int i = 0; i < 2; ++i)
            for (const char* peer : {"127.0.0.1", "10.0.0.1"})
                for (const ProxyFault fault :
                     {ProxyFault::untrustedLocal, ProxyFault::untrusted, ProxyFault::disagreement,
                      ProxyFault::otherHeader, ProxyFault::unusableXForwardedFor, ProxyFault::unusableForwarded,
                      ProxyFault::noHeader, ProxyFault::untrustedRealIp})
                    report(peer, fault);
        CPPUNIT_ASSERT_EQUAL(std::size_t{16}, log_.lines.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{16}, std::set<std::string>(log_.lines.begin(), log_.lines.end()).size());
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
    void aConnectionReportsAgainInAnotherEpoch() {
        ReportedProxyFaults reported;
        for (int i = 0; i < 3; ++i) {
            CPPUNIT_ASSERT(reported.add(ProxyFault::untrusted, faults_.epoch()));
            CPPUNIT_ASSERT(!reported.add(ProxyFault::untrusted, faults_.epoch()));
            CPPUNIT_ASSERT(reported.add(ProxyFault::untrustedRealIp, faults_.epoch()));
            CPPUNIT_ASSERT(!reported.add(ProxyFault::untrusted, faults_.epoch()));
            faults_.forget();
        }
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
