// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mortise::graphql {

// What a string means that was written between quotes and that the lexer has accepted.
std::string resolveEscapes(std::string_view written);

// What a block string means: its lines joined by LF, without the common indentation and blank lines around (October
// 2021, section 2.9.4, BlockStringValue).
std::string dedentBlockString(std::string_view written);

// A text as a string literal, as graphql-js's printString writes it.
std::string printString(std::string_view text);

// A text as a block string, as graphql-js's printBlockString writes it: not every text can be one.
std::string printBlockString(std::string_view text);

// Whether a block string reads back as this text (graphql-js's isPrintableAsBlockString).
bool isPrintableAsBlockString(std::string_view text);

} // namespace mortise::graphql
