// SPDX-License-Identifier: Apache-2.0
#include "readiness_result.hpp"

namespace mortise::health {

namespace {

// Names and ids are printable ASCII by the host's rules; anything else must not break the JSON.
void appendString(std::string& out, std::string_view text) {
    out += '"';
    for (const char byte : text) {
        const bool plain = byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
        out += plain ? byte : '?';
    }
    out += '"';
}

void appendChecks(std::string& out, const ReadinessResult& result) {
    out += ",\"checks\":{";
    bool first = true;
    for (const CheckOutcome& check : result.checks) {
        if (!first) out += ',';
        first = false;
        appendString(out, check.name);
        out += check.ready ? ":\"ok\"" : ":\"failed\"";
    }
    out += '}';
}

} // namespace

ReadinessResult overdueResult() {
    return {false, {{"deadline", false, "the checks did not end in time"}}};
}

std::string readyBody(const ReadinessResult& result, bool names) {
    std::string body = "{\"status\":\"ready\"";
    if (names) appendChecks(body, result);
    body += '}';
    return body;
}

std::string notReadyBody(const ReadinessResult& result, bool names, std::string_view request_id) {
    std::string body = "{\"error\":\"Not ready\"";
    if (names) appendChecks(body, result);
    body += ",\"requestId\":";
    appendString(body, request_id);
    body += '}';
    return body;
}

} // namespace mortise::health
