// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "record_reader.hpp"
#include "transferred_user.hpp"

#include <string>

namespace users {

/// A line of NDJSON or CSV with its line end, as UserImport reads it.
void writeUser(std::string& out, TransferFormat format, const TransferredUser& user);

} // namespace users
