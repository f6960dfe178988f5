// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mortise::base {

inline constexpr std::string_view redactedText = "[redacted]";

// What goes to a log, a message or --print-config. Both return the given text itself when there is nothing to hide,
// else a copy in `storage`; "[redacted]" alone when there is no memory for it. Where a secret ends is in doubt, more is
// hidden. A value is a secret by isSensitiveName() of its name, with escapes ("user%5Bpwd%5D=", "%253D") as what they
// stand for.

// A request target as it was received, also a refused or a cut one: user information, and the values of parameters in
// its query, its fragment and its path (behind '/', ';' and ','), JSON in a query as well. Documents of GraphQL and
// their variables go whole.
std::string_view redactTarget(std::string_view target, std::string& storage) noexcept;

// Any text: passwords of "scheme://user:password@host" and "user:password@host", a user alone that looks like a token,
// the values of "name=value" wherever they stand, of members of JSON, of header fields ("Cookie: ...") and of
// "name: value" where the value is one word and the name has no '.': "plugin.x.token: is empty" is a message. A text
// without blanks that begins with '/' is taken for a target.
std::string_view redactText(std::string_view text, std::string& storage) noexcept;
std::string redactText(std::string_view text);

} // namespace mortise::base
