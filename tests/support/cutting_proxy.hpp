// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "served_script.hpp"

#include <cstddef>
#include <string>

namespace mortise::tests {

// A network that fails where a test wants it to, by tests/support/cutting_proxy.py (`script`), which says how.
class CuttingProxy {
public:
    CuttingProxy(const std::string& python, const std::string& script, unsigned serverPort)
        : script_(python, script, {std::to_string(serverPort)}), port_(std::stoul(script_.member("port"))) {}

    unsigned port() const noexcept { return static_cast<unsigned>(port_); }

    void forward() { script_.command("forward"); }
    void stall() { script_.command("stall"); }
    // Of what the server sends.
    void cutAfter(std::size_t count) { script_.command("cut_after " + std::to_string(count)); }
    void cutRequestAfter(std::size_t count) {
        script_.command("cut_after " + std::to_string(count) + ", \"from_client\"");
    }
    void stallAfter(std::size_t count) { script_.command("stall_after " + std::to_string(count)); }
    // `text` is without quotes.
    void cutAt(const std::string& text) { script_.command("cut_at \"" + text + '"'); }
    void cutReply(const std::string& text) { script_.command("cut_reply \"" + text + '"'); }
    void waitForCuts(unsigned count) { script_.command("wait_for_cuts " + std::to_string(count)); }

private:
    ServedScript script_;
    unsigned long port_;
};

} // namespace mortise::tests
