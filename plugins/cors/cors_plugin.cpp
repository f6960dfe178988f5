// SPDX-License-Identifier: Apache-2.0
#include "cors_settings.hpp"
#include "origin.hpp"

#include <mortise/plugin.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::cors {
namespace {

constexpr std::string_view requestMethod = "Access-Control-Request-Method";
constexpr std::string_view requestHeaders = "Access-Control-Request-Headers";

std::string joined(const std::vector<std::string>& list) {
    std::string text;
    for (const std::string& item : list) text.append(text.empty() ? "" : ",").append(item);
    return text;
}

// The CORS protocol (https://fetch.spec.whatwg.org/#http-cors-protocol). Fields of allowed origins are blocks, one an
// origin; `Vary: Origin` stands on every answer, since every answer depends on it.
class Cors : public Plugin<Settings> {
    struct Allowed {
        std::string origin;
        HeaderBlock plain;
        HeaderBlock preflight;
    };
    // What a filter's slot says: the request is a preflight that is answered here.
    static constexpr std::uint64_t answered = 1;

    void configure(Setup& setup) override {
        if (!check(setup)) return;
        for (const std::string& origin : settings().origin) allowed_.push_back(declare(setup, origin));
        everybody_ = settings().origin.size() == 1 && settings().origin.front() == "*";
        setup.filter("cors")
            .after("security-headers")
            .onRequest(Phase::accept, [this](FilterCall& call) { preflight(call); })
            .onRespond([this](Response& response) { respond(response); });
    }

    bool check(Setup& setup) const {
        const Settings& given = settings();
        bool good = true;
        const auto refuse = [&](std::string_view key, const std::string& why) {
            setup.refuseSetting(key, why);
            good = false;
        };
        for (const std::string& origin : given.origin) {
            if (const std::string fault = originFault(origin); !fault.empty()) refuse("origin", fault);
            if (origin == "*" && given.credentials)
                refuse("origin",
                       "'*' and credentials exclude each other: every site could act for your users; name the "
                       "origins, or set credentials = false");
            if (origin == "*" && given.origin.size() > 1)
                refuse("origin", "'*' is everybody; name no other origin beside it");
        }
        const auto tokens = [&](std::string_view key, const std::vector<std::string>& list) {
            for (const std::string& item : list)
                if (!isToken(item)) refuse(key, "'" + item + "' is no name that HTTP allows there");
        };
        tokens("methods", given.methods);
        tokens("allowed_headers", given.allowedHeaders);
        tokens("exposed_headers", given.exposedHeaders);
        return good;
    }

    // RFC 9110 section 5.6.2
    static bool isToken(std::string_view text) {
        return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
        });
    }

    Allowed declare(Setup& setup, const std::string& origin) const {
        using Fields = std::vector<std::pair<std::string, std::string>>;
        Fields both{{"Access-Control-Allow-Origin", origin}};
        if (settings().credentials) both.emplace_back("Access-Control-Allow-Credentials", "true");
        Fields plain = both;
        if (!settings().exposedHeaders.empty())
            plain.emplace_back("Access-Control-Expose-Headers", joined(settings().exposedHeaders));
        Fields preflight = both;
        preflight.emplace_back("Access-Control-Allow-Methods", joined(settings().methods));
        if (!settings().allowedHeaders.empty())
            preflight.emplace_back("Access-Control-Allow-Headers", joined(settings().allowedHeaders));
        preflight.emplace_back("Access-Control-Max-Age", std::to_string(settings().maxAge.count()));
        return {origin, setup.headerBlock(plain.begin(), plain.end()),
                setup.headerBlock(preflight.begin(), preflight.end())};
    }

    const Allowed* find(std::string_view origin) const noexcept {
        if (everybody_) return &allowed_.front();
        for (const Allowed& one : allowed_)
            if (one.origin == origin) return &one;
        return nullptr;
    }

    // Before any route: a preflight asks about the protocol, not about a resource.
    static void preflight(FilterCall& call) {
        const Request& request = call.request();
        if (request.method() != "OPTIONS" || !request.hasField("Origin") || !request.hasField(requestMethod)) return;
        call.slot() = answered;
        call.reply(Reply::empty(204));
    }

    void respond(Response& response) const {
        const Request& request = response.request();
        const bool preflight = response.slot() == answered;
        const bool reflects = preflight && settings().allowedHeaders.empty();
        if (!everybody_) vary(response, "Origin");
        if (reflects) vary(response, requestHeaders);
        const std::string_view origin = request.field("Origin");
        const Allowed* const allowed = origin.empty() ? nullptr : find(origin);
        if (allowed == nullptr) return;
        response.block(preflight ? allowed->preflight : allowed->plain);
        const std::string_view asked = request.field(requestHeaders);
        if (reflects && !asked.empty()) response.field("Access-Control-Allow-Headers", asked);
    }

    static void vary(Response& response, std::string_view name) {
        const std::optional<std::string_view> current = response.field("Vary");
        if (!current)
            response.field("Vary", name);
        else if (*current != "*" && !listHas(*current, name))
            response.setField("Vary", std::string(*current).append(", ").append(name));
    }

    std::vector<Allowed> allowed_;
    bool everybody_ = false;
};

} // namespace
} // namespace mortise::cors

MORTISE_PLUGIN(mortise::cors::Cors, "org.mortise.cors", "1.0.0")
