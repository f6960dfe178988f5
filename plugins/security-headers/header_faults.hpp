// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mortise::security_headers {

// Why a browser would not do what a value means, for the operator; empty when all is well. None repeats more of the
// value than the word that is wrong. Thread: any.

// Any field value: printable ASCII, without blanks at its ends.
std::string faultOfValue(std::string_view value);
// Content Security Policy Level 3: directives apart by ';', none twice, and the keywords in quotes.
std::string faultOfContentSecurityPolicy(std::string_view value);
// A list with commas of the policies of the Referrer Policy specification; browsers take the last one that they know.
std::string faultOfReferrerPolicy(std::string_view value);
// RFC 6797 section 6.1 and "preload": max-age once, no directive twice.
std::string faultOfStrictTransportSecurity(std::string_view value);

} // namespace mortise::security_headers
