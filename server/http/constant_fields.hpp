// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/name_set.hpp"

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
    const NameSet& names() const noexcept { return names_; }
    // True when a name stands here and in the other one.
    bool meets(std::string_view block) const noexcept;
    bool meets(const ConstantFields& other) const noexcept;

private:
    const std::string text_;
    std::vector<Line> lines_; // into text_
    NameSet names_;           // most questions end with one look at this
};

} // namespace mortise::http
