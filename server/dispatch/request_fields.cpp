// SPDX-License-Identifier: Apache-2.0
#include "dispatch/request_fields.hpp"

#include "base/text.hpp"
#include "dispatch/host_names.hpp"
#include "http/cookies.hpp"
#include "http/field_block.hpp"
#include "json/form.hpp"
#include "json/schema_lookup.hpp"
#include "json/utf8.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::dispatch {
namespace {

// More than browsers keep for a site (180 at most).
constexpr std::size_t most_cookies = 200;

// Elements of a list, without blanks around them; empty ones do not count (RFC 9110 section 5.6.1.2).
void addElements(std::string_view name, std::string_view list, std::vector<json::FormPair>& pairs) {
    std::size_t begin = 0;
    bool quoted = false;
    for (std::size_t at = 0; at <= list.size(); ++at) {
        const char byte = at < list.size() ? list[at] : ',';
        if (byte == '"') quoted = !quoted;
        if (byte == '\\' && quoted && at + 1 < list.size()) ++at;
        if (byte != ',' || (quoted && at < list.size())) continue;
        const std::string_view element = base::trim(list.substr(begin, at - begin));
        if (!element.empty()) pairs.push_back({name, element});
        begin = at + 1;
    }
}

class HeaderReader {
public:
    HeaderReader(std::span<const mortise_field> fields, const json::Schema& schema)
        : fields_(fields), lookup_(schema.program()) {}

    std::vector<json::FormPair> read() {
        for (const mortise_field& field : fields_) {
            lower(text(field.name));
            if (!lookup_.names(json::SchemaLookup::root, name_)) continue;
            const std::uint8_t types = lookup_.types(lookup_.member(json::SchemaLookup::root, name_));
            const bool isList = (types & json::types::array) != 0 && (types & json::types::string) == 0;
            if (isList)
                addElements(keep(name_), text(field.value), pairs_);
            else
                add(text(field.value));
        }
        return std::move(pairs_);
    }

private:
    void lower(std::string_view name) {
        name_.assign(name);
        for (char& byte : name_)
            if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
    }
    void add(std::string_view value) {
        const auto known = std::find_if(pairs_.begin(), pairs_.end(),
                                        [this](const json::FormPair& pair) { return pair.name == name_; });
        if (known == pairs_.end())
            pairs_.push_back({keep(name_), value});
        else
            known->value = keep(std::string(known->value).append(", ").append(value));
    }
    std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }

    std::span<const mortise_field> fields_;
    json::SchemaLookup lookup_;
    std::vector<json::FormPair> pairs_; // views into the request and texts_
    std::deque<std::string> texts_;
    std::string name_;
};

} // namespace

bool readHeaders(std::span<const mortise_field> fields, const json::Schema& schema, json::Tape& tape) {
    HeaderReader reader(fields, schema);
    const std::vector<json::FormPair> pairs = reader.read();
    return !json::readPairs(pairs, &schema, tape);
}

void readCookies(std::span<const mortise_field> fields, const json::Schema& schema, json::Tape& tape) {
    std::vector<http::CookiePair> cookies;
    for (const mortise_field& field : fields)
        if (http::equalsIgnoreCase(text(field.name), "cookie"))
            http::readCookies(text(field.value), cookies, most_cookies);
    const json::SchemaLookup lookup(schema.program());
    std::vector<json::FormPair> pairs;
    for (const http::CookiePair& cookie : cookies)
        if (lookup.names(json::SchemaLookup::root, cookie.name) && json::isUtf8(cookie.value))
            pairs.push_back({cookie.name, cookie.value});
    // UTF-8, and far from any limit.
    (void)json::readPairs(pairs, &schema, tape);
}

} // namespace mortise::dispatch
