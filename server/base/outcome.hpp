// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace mortise::base {

// Why something expected to fail now and then did: one sentence for an operator, without a trailing newline. It names
// the file or the system call; the caller adds which plugin or setting it was about.
struct Fault {
    std::string text;
};

// A value or a fault. For work whose failure is an ordinary answer (a damaged file, a full disk); exceptions stay for
// broken promises. Reading the side that is not there throws std::bad_variant_access.
template<class T>
class [[nodiscard]] Outcome {
public:
    Outcome(T value) : held_(std::in_place_index<0>, std::move(value)) {}
    Outcome(Fault fault) : held_(std::in_place_index<1>, std::move(fault)) {}

    explicit operator bool() const noexcept { return held_.index() == 0; }
    T& value() & { return std::get<0>(held_); }
    const T& value() const& { return std::get<0>(held_); }
    T&& value() && { return std::get<0>(std::move(held_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    const std::string& fault() const { return std::get<1>(held_).text; }

private:
    std::variant<T, Fault> held_;
};

} // namespace mortise::base
