// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mortise::base {

// Whether what a field or parameter of this name holds is a secret. The name is split into segments at everything that
// is no letter, and at changes of case; digits belong to no segment ("user[pwd]", "HTTPPassword", "pin1"). It is
// sensitive when one of its segments, or a pair of adjacent ones, is in the list, or when a segment holds a word that
// stands in no other ("sslpassword"). Without regard to case. Names of more than 128 bytes are sensitive.
bool isSensitiveName(std::string_view name) noexcept;

} // namespace mortise::base
