// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/schema.hpp"
#include "json/tape.hpp"

#include <mortise/abi/types.h>

#include <span>

namespace mortise::dispatch {

// What a route's schema says of header fields and cookies becomes an object; whatever its `properties` and `required`
// do not name is not looked at.

// Names in lower case. Lines of one name are joined by ", " (RFC 9110 section 5.3), and of a name that the schema
// types as an array the elements are taken apart at commas outside of quotes (section 5.6.1). False, and the tape is
// empty: such a field is not UTF-8, or has more elements than a form may have pairs.
bool readHeaders(std::span<const mortise_field> fields, const json::Schema& schema, json::Tape& tape);

// From all Cookie fields. Cookies may come from anyone who can set them for a parent domain: what is not UTF-8 counts
// as not sent.
void readCookies(std::span<const mortise_field> fields, const json::Schema& schema, json::Tape& tape);

} // namespace mortise::dispatch
