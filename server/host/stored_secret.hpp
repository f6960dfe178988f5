// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/secret_string.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace mortise::host {

// The secret `<stateDirectory>/secrets/<plugin>.<name>` of exactly `size` bytes; made from random bytes when it is not
// there yet, durable and mode 0600 before it is returned. Throws std::invalid_argument for a bad name or size, and
// std::runtime_error with a message that names the file: not readable, readable by others, another size.
base::SecretString storedSecret(const std::string& stateDirectory, std::string_view plugin, std::string_view name,
                                std::size_t size);

} // namespace mortise::host
