// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>
#include <mortise/detail/fixed_array.hpp>

#include <cstddef>
#include <string_view>

namespace mortise {
inline namespace v1 {
namespace detail {

constexpr bool isUpper(char c) {
    return c >= 'A' && c <= 'Z';
}

// Members as header fields: lower case, '_' and camelCase become hyphens; a name that was given is kept but for its
// case.
struct HeaderNames {
    template<class T, std::size_t I>
    static constexpr std::string_view of() {
        return {text<T, I>.data(), text<T, I>.size()};
    }

private:
    static constexpr std::size_t sizeOf(std::string_view name, bool isNamed) {
        std::size_t size = name.size();
        for (std::size_t i = 1; i < name.size() && !isNamed; ++i)
            if (isUpper(name[i])) ++size;
        return size;
    }
    template<class T, std::size_t I>
    static constexpr auto make() {
        constexpr std::string_view name = nth<I>(description<T>).name;
        constexpr bool isNamed = nth<I>(description<T>).isNamed;
        FixedArray<char, sizeOf(name, isNamed)> out{};
        std::size_t at = 0;
        for (std::size_t i = 0; i < name.size(); ++i) {
            const char c = name[i];
            if (isUpper(c) && i != 0 && !isNamed) out[at++] = '-';
            out[at++] = isUpper(c) ? static_cast<char>(c - 'A' + 'a') : c == '_' && !isNamed ? '-' : c;
        }
        return out;
    }
    template<class T, std::size_t I>
    static constexpr auto text = make<T, I>();
};

} // namespace detail
} // namespace v1
} // namespace mortise
