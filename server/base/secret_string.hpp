// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string_view>

namespace mortise::base {

// Bytes that must not show up in logs or in freed memory: cleared before they are given back (also when moved from),
// compared in constant time, and not streamable. Reading takes the word `reveal`, so that every place can be found.
class SecretString {
public:
    SecretString() noexcept = default;
    explicit SecretString(std::string_view text);
    SecretString(const SecretString& other);
    SecretString(SecretString&& other) noexcept;
    SecretString& operator=(SecretString other) noexcept;
    ~SecretString();

    // Valid until this object is changed or destroyed.
    std::string_view reveal() const noexcept { return {bytes_.get(), size_}; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }

    friend bool operator==(const SecretString& a, const SecretString& b) noexcept;
    friend std::ostream& operator<<(std::ostream&, const SecretString&) = delete;

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
};

} // namespace mortise::base
