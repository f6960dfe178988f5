// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <utility>

namespace mortise {
inline namespace v1 {

// A member of a document that changes another (PATCH): absent leaves what is there, null takes it away, a value puts
// itself there. Never required; null is always accepted. (An std::optional tells no absence from null.)
template<class T>
class Patch {
public:
    using value_type = T;

    Patch() = default;
    Patch(T value) : value_(std::move(value)), present_(true) {}
    Patch(std::nullptr_t) : present_(true) {}

    bool isAbsent() const noexcept { return !present_; }
    bool isNull() const noexcept { return present_ && !value_; }
    bool hasValue() const noexcept { return value_.has_value(); }
    explicit operator bool() const noexcept { return hasValue(); }
    // Precondition: hasValue().
    const T& operator*() const noexcept { return *value_; }
    const T* operator->() const noexcept { return &*value_; }

    // Makes it a value, to be written.
    T& emplace() {
        present_ = true;
        return value_.emplace();
    }
    void setNull() noexcept {
        present_ = true;
        value_.reset();
    }

    // What this makes of a member that may be missing.
    void applyTo(std::optional<T>& target) const {
        if (present_) target = value_;
    }
    // What it makes of one that may not: null leaves it, so that it is the caller's to refuse.
    void applyTo(T& target) const {
        if (value_) target = *value_;
    }

private:
    std::optional<T> value_;
    bool present_ = false;
};

} // namespace v1
} // namespace mortise
