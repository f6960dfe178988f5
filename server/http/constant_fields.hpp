// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::http {

// Fields that are checked once and go into many answers, where they are compared by name. Immutable. Thread: any.
class ConstantFields {
public:
    struct Line {
        std::string_view name;
        std::string_view text; // the whole of it, with its end
    };

    explicit ConstantFields(std::string block); // one that isFieldBlock() accepts
    ConstantFields(const ConstantFields&) = delete;
    ConstantFields& operator=(const ConstantFields&) = delete;

    std::string_view text() const noexcept { return text_; }
    const std::vector<Line>& lines() const noexcept { return lines_; }
    bool has(std::string_view name) const noexcept;
    // The value of the first field of that name; without data when there is none.
    std::string_view find(std::string_view name) const noexcept;
    // True when a name stands here and in the other one.
    bool meets(std::string_view block) const noexcept;
    bool meets(const ConstantFields& other) const noexcept;

private:
    // Names of different lengths are different: most questions end with one look at this.
    static std::uint64_t bitOf(std::string_view name) noexcept { return std::uint64_t{1} << (name.size() & 63); }

    const std::string text_;
    std::vector<Line> lines_; // into text_
    std::uint64_t lengths_ = 0;
};

} // namespace mortise::http
