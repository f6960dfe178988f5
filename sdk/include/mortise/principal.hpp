// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/exchange.h>
#include <mortise/detail/view.hpp>

namespace mortise {
inline namespace v1 {

// Who the caller is; nobody reads as empty. Borrowed from the request.
class Principal {
public:
    explicit Principal(const mortise_principal* raw) noexcept : raw_(raw) {}

    explicit operator bool() const noexcept { return raw_ != nullptr; }
    std::string_view id() const noexcept { return raw_ != nullptr ? text(raw_->id) : std::string_view(); }
    std::string_view name() const noexcept { return raw_ != nullptr ? text(raw_->name) : std::string_view(); }
    std::uint32_t roleCount() const noexcept { return raw_ != nullptr ? raw_->role_count : 0; }
    std::string_view role(std::uint32_t index) const noexcept { return text(raw_->roles[index]); }
    bool hasRole(std::string_view wanted) const noexcept {
        for (std::uint32_t i = 0; i < roleCount(); ++i)
            if (role(i) == wanted) return true;
        return false;
    }

private:
    const mortise_principal* raw_;
};

} // namespace v1
} // namespace mortise
