// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {

// One failed check of an error answer.
struct Detail {
    std::string in;      // body, query, path, header or cookie
    std::string path;    // JSON pointer
    std::string code;    // the schema's keyword or a word of your own
    std::string message; // "must be a valid email"
};

// What custom checks find; every one becomes a detail of the 400. A check of a struct is a function beside it:
//   void mortiseCheck(const Booking& booking, mortise::Issues& issues);
// It runs when the schema has passed and the struct is decoded, also where the struct stands inside of another one.
class Issues {
public:
    static constexpr std::size_t most = 100; // more are dropped

    explicit Issues(std::string_view in = "body") : in_(in) {}

    // `pointer` leads from the value that is checked to what is wrong ("/end"); empty: the value itself. `message`
    // goes on after the pointer: "must be after /start". Values that are secret have no place in it.
    void add(std::string_view pointer, std::string_view message, std::string_view code = "custom") {
        if (details_.size() < most)
            details_.push_back({in_, path_ + std::string(pointer), std::string(code), std::string(message)});
    }

    bool empty() const noexcept { return details_.empty(); }
    const std::vector<Detail>& details() const noexcept { return details_; }
    std::vector<Detail> take() noexcept { return std::exchange(details_, {}); }

    // What is added meanwhile is said of another place of the request.
    void moveTo(std::string_view in) { in_ = in; }

    // While it lives, pointers lead on from a member or an element.
    class Step {
    public:
        Step(Issues& issues, std::string_view name) : path_(issues.path_), size_(path_.size()) {
            path_.push_back('/');
            for (const char c : name) { // RFC 6901 section 3
                if (c == '~')
                    path_.append("~0");
                else if (c == '/')
                    path_.append("~1");
                else
                    path_.push_back(c);
            }
        }
        Step(Issues& issues, std::size_t index) : Step(issues, std::to_string(index)) {}
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;
        ~Step() { path_.resize(size_); }

    private:
        std::string& path_;
        std::size_t size_;
    };

private:
    std::string in_;
    std::string path_;
    std::vector<Detail> details_;
};

} // namespace v1
} // namespace mortise
