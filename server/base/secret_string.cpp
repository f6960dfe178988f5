// SPDX-License-Identifier: Apache-2.0
#include "base/secret_string.hpp"

#include "base/constant_time.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace mortise::base {

SecretString::SecretString(std::string_view text) : bytes_(std::make_unique<char[]>(text.size())), size_(text.size()) {
    std::copy(text.begin(), text.end(), bytes_.get());
}

SecretString::SecretString(const SecretString& other) : SecretString(other.reveal()) {}

SecretString::SecretString(SecretString&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

SecretString& SecretString::operator=(SecretString other) noexcept {
    bytes_.swap(other.bytes_); // `other` clears what was ours
    std::swap(size_, other.size_);
    return *this;
}

SecretString::~SecretString() {
    if (bytes_ != nullptr) OPENSSL_cleanse(bytes_.get(), size_);
}

bool operator==(const SecretString& a, const SecretString& b) noexcept {
    return constantTimeEqual(a.reveal(), b.reveal());
}

} // namespace mortise::base
