// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// One address a type in a plugin's file.
template<class T>
inline constexpr char graphQlMark = 0;

// GraphQL, October 2021, section 2.1.9; names that begin with two underscores are introspection's (section 4.1).
inline bool isGraphQlName(std::string_view name) noexcept {
    if (name.empty() || name.substr(0, 2) == "__" || (name[0] >= '0' && name[0] <= '9')) return false;
    for (const char c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
    return true;
}

enum class GraphQlUse { outgoing, incoming };

// What the C++ types of one contribution are called. Written by `configure`, read from any thread.
class GraphQlNames {
public:
    // A described member as operations select it, and which members are read for it.
    struct Selected {
        std::string name;
        std::uint64_t columns = 0; // bits, see Columns
    };

    // False: this C++ type has a name already.
    bool add(GraphQlUse use, const char* mark, std::string_view name) {
        if (!find(use, mark).empty()) return false;
        named_.push_back({use, mark, std::string(name), 0});
        return true;
    }
    // Of a union or an interface, whose alternatives stand in a row in the type names.
    void setFirst(const char* mark, std::uint32_t first) {
        for (Named& one : named_)
            if (one.mark == mark) one.first = first;
    }
    std::string_view find(GraphQlUse use, const char* mark) const noexcept {
        for (const Named& one : named_)
            if (one.use == use && one.mark == mark) return one.name;
        return {};
    }
    std::uint32_t first(const char* mark) const noexcept {
        for (const Named& one : named_)
            if (one.mark == mark) return one.first;
        return 0;
    }

    // What to read of the rows of an object type. `always`: whatever is selected.
    void setSelected(const char* mark, std::vector<Selected> fields, std::uint64_t always) {
        rows_.push_back({mark, std::move(fields), always});
    }
    void addSelected(const char* mark, std::string_view name, std::uint64_t columns) {
        for (Rows& rows : rows_)
            if (rows.mark == mark) rows.fields.push_back({std::string(name), columns});
    }
    // Calls isSelected(name) to find out; 0: it is no object type of this contribution.
    template<class IsSelected>
    std::uint64_t columns(const char* mark, IsSelected&& isSelected) const {
        for (const Rows& rows : rows_) {
            if (rows.mark != mark) continue;
            std::uint64_t bits = rows.always;
            for (const Selected& one : rows.fields)
                if ((bits & one.columns) != one.columns && isSelected(std::string_view(one.name))) bits |= one.columns;
            return bits;
        }
        return 0;
    }

private:
    struct Named {
        GraphQlUse use;
        const char* mark;
        std::string name;
        std::uint32_t first;
    };
    struct Rows {
        const char* mark;
        std::vector<Selected> fields;
        std::uint64_t always;
    };
    std::vector<Named> named_;
    std::vector<Rows> rows_;
};

} // namespace detail
} // namespace v1
} // namespace mortise
