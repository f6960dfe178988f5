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
// Whether a field of that name, a comma list, has that member, in any case.
bool hasMember(std::string_view block, std::string_view name, std::string_view member) noexcept;
// `block` without the fields of that name, appended to `out`. True when there was one.
bool appendWithout(std::string& out, std::string_view block, std::string_view name);

// Of lists with commas (RFC 9110 section 5.6.1): all fields of that name joined to `list`; the members of `more` that
// `list` lacks, in any case, put behind it. A list with the member "*" says everything and stays as it is.
void joinValues(std::string& list, std::string_view block, std::string_view name);
void joinList(std::string& list, std::string_view more);
bool listHas(std::string_view list, std::string_view member) noexcept;

bool equalsIgnoreCase(std::string_view a, std::string_view b) noexcept;

} // namespace mortise::http
