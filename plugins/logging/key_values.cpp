// SPDX-License-Identifier: Apache-2.0
#include "key_values.hpp"

#include "escape.hpp"
#include "numbers.hpp"

namespace mortise::logging {

bool KeyValues::key(std::string_view name) noexcept {
    const std::size_t begin = out_.size();
    if (out_.put(' ') && out_.put(before_) && appendEscaped(out_, name, Quotes::plain) && out_.put('=') &&
        out_.put(after_) && out_.room() >= 32) {
        return true;
    }
    out_.cutAt(begin);
    return false;
}

void KeyValues::text(std::string_view name, std::string_view value) noexcept {
    if (!key(name)) return;
    if (isBareValue(value)) {
        appendEscaped(out_, value, Quotes::plain);
        return;
    }
    out_.put('"');
    appendEscaped(out_, value, Quotes::escaped);
    out_.put('"');
}

void KeyValues::integer(std::string_view name, std::int64_t value) noexcept {
    if (key(name)) appendInteger(out_, value);
}

void KeyValues::number(std::string_view name, double value) noexcept {
    if (key(name)) appendNumber(out_, value);
}

void KeyValues::boolean(std::string_view name, bool value) noexcept {
    if (key(name)) out_.put(value ? "true" : "false");
}

void KeyValues::milliseconds(std::string_view name, std::uint64_t nanoseconds) noexcept {
    if (key(name)) appendMilliseconds(out_, nanoseconds);
}

} // namespace mortise::logging
