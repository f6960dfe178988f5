// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mortise::openapi {

// A JSON value that is built and taken apart; members keep their order. Numbers are text, as they were written.
class Json {
public:
    enum class Kind { null, boolean, number, string, array, object };
    struct Member;

    Json() noexcept; // null
    Json(const Json& other);
    Json(Json&& other) noexcept;
    Json& operator=(const Json& other);
    Json& operator=(Json&& other) noexcept;
    ~Json();
    static Json boolean(bool value);
    static Json number(std::string_view digits);
    static Json string(std::string_view text);
    static Json array(std::vector<Json> items = {});
    static Json object();

    Kind kind() const noexcept { return kind_; }
    bool isObject() const noexcept { return kind_ == Kind::object; }
    bool isString() const noexcept { return kind_ == Kind::string; }
    bool isTrue() const noexcept { return kind_ == Kind::boolean && text_ == "true"; }
    // Of a string its text, of a number its digits, of a boolean its word.
    const std::string& text() const noexcept { return text_; }
    const std::vector<Json>& items() const noexcept { return items_; }
    std::vector<Json>& items() noexcept { return items_; }
    const std::vector<Member>& members() const noexcept { return members_; }
    std::vector<Member>& members() noexcept { return members_; }
    bool empty() const noexcept;

    // The member's value, or nullptr; also when this is no object.
    const Json* find(std::string_view key) const noexcept;
    // The text of a string member, or empty.
    std::string_view textAt(std::string_view key) const noexcept;
    // Replaces the member or appends it; makes an object of null.
    Json& set(std::string_view key, Json value);
    Json& set(std::string_view key, std::string_view text) { return set(key, string(text)); }
    Json& set(std::string_view key, const char* text) { return set(key, string(text)); }
    // Appends the member unless the text is empty.
    Json& setUnlessEmpty(std::string_view key, std::string_view text);
    void erase(std::string_view key);
    Json& push(Json item); // makes an array of null

    friend bool operator==(const Json& a, const Json& b);

private:
    Kind kind_ = Kind::null;
    std::string text_;
    std::vector<Json> items_;
    std::vector<Member> members_;
};

struct Json::Member {
    std::string key;
    Json value;
};

// Without white space.
std::string toJson(const Json& value);
// Appends the text as a JSON string.
void appendQuoted(std::string& out, std::string_view text);

} // namespace mortise::openapi
