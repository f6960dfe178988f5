// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mortise::http {

// A block is "Name: value\r\n" repeated. Thread: any.

// RFC 9110 section 5.6.2.
bool isToken(std::string_view text) noexcept;
// No CR, LF, NUL or other control character but HT (RFC 9110 section 5.5).
bool isFieldValue(std::string_view text) noexcept;
// Fields that this floor writes itself: Connection, Content-Length, Content-Type, Date, Keep-Alive, Proxy-Connection,
// TE, Trailer, Transfer-Encoding, Upgrade, X-Request-Id.
bool isReservedField(std::string_view name) noexcept;

// Appends one line; false, and nothing is appended, when name or value is not allowed or the field is reserved.
bool appendField(std::string& block, std::string_view name, std::string_view value);

// True when every line of `block` could have been appended by appendField. To be asked once, when a block is declared.
bool isFieldBlock(std::string_view block) noexcept;

// Of a block that isFieldBlock() accepted: the value of the first field of that name, in any case; a view without data
// when there is none.
std::string_view findField(std::string_view block, std::string_view name) noexcept;
bool hasField(std::string_view block, std::string_view name) noexcept;
// Calls visit(line, name) for each field: the line without its end, and the name in it.
template<class Visit>
void forEachField(std::string_view block, Visit&& visit) {
    while (!block.empty()) {
        const std::size_t end = block.find("\r\n");
        const std::string_view line = block.substr(0, end);
        visit(line, line.substr(0, line.find(':')));
        block.remove_prefix(end + 2);
    }
}
// `block` without the fields of that name, appended to `out`. True when there was one.
bool appendWithout(std::string& out, std::string_view block, std::string_view name);

bool equalsIgnoreCase(std::string_view a, std::string_view b) noexcept;

} // namespace mortise::http
