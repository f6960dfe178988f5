// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/for_each.hpp>
#include <mortise/detail/setting_values.hpp>

// MORTISE_SETTINGS(Type, field(member).min(1).text("…"), …)
//
// The settings of a plugin: checked, printed and documented by the host before the plugin sees them. A key is the
// member's name in snake_case unless .key() says otherwise; the default is the member's value in a default-constructed
// Type.
//   bool, integers, double                         yes/no, number
//   std::string_view                               text (a choice with .choices())
//   std::chrono durations                          500ms, 30s, 5m, 2h, 7d
//   mortise::Bytes                                 64KiB, 10MiB
//   mortise::TextList, mortise::Path               a comma list, a path
// Texts and lists are the plugin's as long as it lives. Where every member is of these types, the manifest has the
// defaults; with a std::string or a std::vector<std::string>, which work as well, only the plugin's code knows them.
#define MORTISE_SETTINGS(Type, ...)                                                                        \
    [[maybe_unused]] constexpr auto mortiseSettings(::mortise::detail::Tag<Type>) {                        \
        using MortiseSubject = Type;                                                                       \
        return ::mortise::detail::makeTuple(MORTISE_EACH(__VA_ARGS__)(MORTISE_SETTINGS_ONE, __VA_ARGS__)); \
    }
#define MORTISE_SETTINGS_ONE(x) MORTISE_SETTING_OF_##x
#define MORTISE_SETTING_OF_field(member) ::mortise::detail::makeSetting(&MortiseSubject::member, #member)

namespace mortise {
inline namespace v1 {

// For plugins without settings.
struct NoSettings {};
[[maybe_unused]] constexpr detail::Tuple<> mortiseSettings(detail::Tag<NoSettings>) {
    return {};
}

} // namespace v1
} // namespace mortise
