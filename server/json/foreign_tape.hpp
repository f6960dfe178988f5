// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/tape.hpp"

#include <mortise/abi/json_node.h>

namespace mortise::json {

// Copies a tape that a plugin made. False unless it is what abi/json_node.h describes: one root, counts and skips that
// agree, text in bounds and UTF-8, numbers that the parser takes, keys that are unique, no more than 64 containers
// inside each other. Then `to` holds anything. Only `nodes` and `text` themselves are believed, as far as their counts
// go. Marks of uploaded files are dropped: they are places in a request. Time: linear, but for the sorting of keys.
// Throws std::bad_alloc, and std::length_error past 4 GiB of text.
bool copyForeign(const mortise_json_tape& from, Tape& to);

} // namespace mortise::json
