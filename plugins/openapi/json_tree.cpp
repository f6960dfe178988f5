// SPDX-License-Identifier: Apache-2.0
#include "json_tree.hpp"

#include <algorithm>
#include <utility>

namespace mortise::openapi {
namespace {

void append(std::string& out, const Json& value) {
    switch (value.kind()) {
    case Json::Kind::null:
        out += "null";
        break;
    case Json::Kind::boolean:
    case Json::Kind::number:
        out += value.text();
        break;
    case Json::Kind::string:
        appendQuoted(out, value.text());
        break;
    case Json::Kind::array:
        out += '[';
        for (const Json& item : value.items()) {
            if (&item != &value.items().front()) out += ',';
            append(out, item);
        }
        out += ']';
        break;
    case Json::Kind::object:
        out += '{';
        for (const Json::Member& member : value.members()) {
            if (&member != &value.members().front()) out += ',';
            appendQuoted(out, member.key);
            out += ':';
            append(out, member.value);
        }
        out += '}';
        break;
    }
}

} // namespace

Json::Json() noexcept = default;
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

bool Json::empty() const noexcept {
    return items_.empty() && members_.empty();
}

Json Json::boolean(bool value) {
    Json made;
    made.kind_ = Kind::boolean;
    made.text_ = value ? "true" : "false";
    return made;
}

Json Json::number(std::string_view digits) {
    Json made;
    made.kind_ = Kind::number;
    made.text_ = digits;
    return made;
}

Json Json::string(std::string_view text) {
    Json made;
    made.kind_ = Kind::string;
    made.text_ = text;
    return made;
}

Json Json::array(std::vector<Json> items) {
    Json made;
    made.kind_ = Kind::array;
    made.items_ = std::move(items);
    return made;
}

Json Json::object() {
    Json made;
    made.kind_ = Kind::object;
    return made;
}

const Json* Json::find(std::string_view key) const noexcept {
    const auto found = std::find_if(members_.begin(), members_.end(), [&](const Member& m) { return m.key == key; });
    return found == members_.end() ? nullptr : &found->value;
}

std::string_view Json::textAt(std::string_view key) const noexcept {
    const Json* const value = find(key);
    return value != nullptr && value->isString() ? std::string_view(value->text()) : std::string_view();
}

Json& Json::set(std::string_view key, Json value) {
    if (kind_ == Kind::null) kind_ = Kind::object;
    const auto found = std::find_if(members_.begin(), members_.end(), [&](const Member& m) { return m.key == key; });
    if (found != members_.end())
        found->value = std::move(value);
    else
        members_.push_back({std::string(key), std::move(value)});
    return *this;
}

Json& Json::setUnlessEmpty(std::string_view key, std::string_view text) {
    return text.empty() ? *this : set(key, text);
}

void Json::erase(std::string_view key) {
    members_.erase(std::remove_if(members_.begin(), members_.end(), [&](const Member& m) { return m.key == key; }),
                   members_.end());
}

Json& Json::push(Json item) {
    if (kind_ == Kind::null) kind_ = Kind::array;
    items_.push_back(std::move(item));
    return *this;
}

bool operator==(const Json& a, const Json& b) {
    return a.kind_ == b.kind_ && a.text_ == b.text_ && a.items_ == b.items_ &&
           std::equal(
               a.members_.begin(), a.members_.end(), b.members_.begin(), b.members_.end(),
               [](const Json::Member& x, const Json::Member& y) { return x.key == y.key && x.value == y.value; });
}

std::string toJson(const Json& value) {
    std::string out;
    append(out, value);
    return out;
}

void appendQuoted(std::string& out, std::string_view text) {
    constexpr char hex[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (byte < 0x20) {
            out += "\\u00";
            out += hex[byte >> 4];
            out += hex[byte & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

} // namespace mortise::openapi
