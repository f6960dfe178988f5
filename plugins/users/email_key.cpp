// SPDX-License-Identifier: Apache-2.0
#include "email_key.hpp"

namespace users {

std::string emailKey(std::string_view email) {
    std::string key(email);
    for (char& c : key) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return key;
}

} // namespace users
