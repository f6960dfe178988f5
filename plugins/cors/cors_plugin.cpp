// SPDX-License-Identifier: Apache-2.0
#include "cors_settings.hpp"
#include "origin.hpp"
#include "tokens.hpp"

#include <mortise/filters.hpp>
#include <mortise/plugin.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::cors {
namespace {

constexpr std::string_view requestMethod = "Access-Control-Request-Method";
constexpr std::string_view requestHeaders = "Access-Control-Request-Headers";

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
        everybody_ = settings().origin.size() == 1 && settings().origin.front() == "*";
        if (!everybody_) plainVary_ = "Origin";
        preflightVary_ = plainVary_;
        if (settings().allowedHeaders.empty()) preflightVary_.append(everybody_ ? "" : ", ").append(requestHeaders);
        for (const std::string_view origin : settings().origin) allowed_.push_back(declare(setup, origin));
        foreign_ = {{}, varyBlock(setup, plainVary_), varyBlock(setup, preflightVary_)};
        setup.filter("cors")
            .after("security-headers")
            .before("rate-limit")
            .before("conditional")
            .before("compression")
            .onRequest(
                Phase::accept, [](FilterCall& call) { preflight(call); }, May::reply)
            .onRespond([this](Response& response) { respond(response); });
    }

    bool check(Setup& setup) const {
        const Settings& given = settings();
        bool good = true;
        const auto refuse = [&](std::string_view key, const std::string& why) {
            setup.refuseSetting(key, why);
            good = false;
        };
        for (const std::string_view origin : given.origin) {
            if (const std::string fault = originFault(origin); !fault.empty()) refuse("origin", fault);
            if (origin == "*" && given.credentials)
                refuse("origin",
                       "'*' and credentials exclude each other: every site could act for your users; name the "
                       "origins, or set credentials = false");
            if (origin == "*" && given.origin.size() > 1)
                refuse("origin", "'*' is everybody; name no other origin beside it");
        }
        const auto tokens = [&](std::string_view key, const TextList& list) {
            for (const std::string_view item : list)
                if (!isToken(item)) refuse(key, "'" + std::string(item) + "' is no name that HTTP allows there");
        };
        tokens("methods", given.methods);
        tokens("allowed_headers", given.allowedHeaders);
        tokens("exposed_headers", given.exposedHeaders);
        return good;
    }

    Allowed declare(Setup& setup, std::string_view origin) const {
        using Fields = std::vector<std::pair<std::string, std::string>>;
        Fields both{{"Access-Control-Allow-Origin", std::string(origin)}};
        if (settings().credentials) both.emplace_back("Access-Control-Allow-Credentials", "true");
        Fields plain = both;
        if (!plainVary_.empty()) plain.emplace_back("Vary", plainVary_);
        if (!settings().exposedHeaders.empty())
            plain.emplace_back("Access-Control-Expose-Headers", joined(settings().exposedHeaders));
        Fields preflight = both;
        if (!preflightVary_.empty()) preflight.emplace_back("Vary", preflightVary_);
        preflight.emplace_back("Access-Control-Allow-Methods", joined(settings().methods));
        if (!settings().allowedHeaders.empty())
            preflight.emplace_back("Access-Control-Allow-Headers", joined(settings().allowedHeaders));
        preflight.emplace_back("Access-Control-Max-Age", std::to_string(settings().maxAge.count()));
        return {std::string(origin), setup.headerBlock(plain.begin(), plain.end()),
                setup.headerBlock(preflight.begin(), preflight.end())};
    }

    static HeaderBlock varyBlock(Setup& setup, const std::string& vary) {
        std::vector<std::pair<std::string_view, std::string_view>> fields;
        if (!vary.empty()) fields.emplace_back("Vary", vary);
        return setup.headerBlock(fields.begin(), fields.end());
    }

    const Allowed& find(const Response& response) const noexcept {
        // A plugin that says who may read its answer has said all.
        if (response.field("Access-Control-Allow-Origin")) return foreign_;
        if (everybody_) return allowed_.front();
        const std::string_view origin = response.request().field("Origin");
        if (origin.empty()) return foreign_;
        for (const Allowed& one : allowed_)
            if (one.origin == origin) return one;
        return foreign_;
    }

    // Before any route: a preflight asks about the protocol, not about a resource.
    static void preflight(FilterCall& call) {
        const Request& request = call.request();
        if (request.method() != "OPTIONS" || !request.hasField("Origin") || !request.hasField(requestMethod)) return;
        call.slot() = answered;
        call.reply(Reply::empty(204));
    }

    void respond(Response& response) const {
        const bool preflight = response.slot() == answered;
        // What the answer's own Vary lacks is joined to it; then the block leaves its own out.
        const std::string& vary = preflight ? preflightVary_ : plainVary_;
        if (!vary.empty() && response.field("Vary")) response.field("Vary", vary);
        const Allowed& allowed = find(response);
        response.block(preflight ? allowed.preflight : allowed.plain);
        if (!preflight || &allowed == &foreign_ || !settings().allowedHeaders.empty()) return;
        const std::string_view asked = response.request().field(requestHeaders);
        if (isTokenList(asked)) response.field("Access-Control-Allow-Headers", asked);
    }

    bool everybody_ = false; // from configure on, as all of these
    std::string plainVary_;
    std::string preflightVary_;
    std::vector<Allowed> allowed_;
    Allowed foreign_; // also of requests that name no origin
};

} // namespace
} // namespace mortise::cors

MORTISE_PLUGIN(mortise::cors::Cors, "org.mortise.cors", "1.0.0", licence("Apache-2.0"), filters("cors"), inExample())
