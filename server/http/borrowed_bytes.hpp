// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <utility>

namespace mortise::http {

// Bytes of somebody else's that are sent from where they are. Whoever lent them hears exactly once that they are needed
// no longer. Move-only. Thread: any, one at a time; `release` must be callable on any.
class BorrowedBytes {
public:
    using Release = void (*)(void* context);

    BorrowedBytes() noexcept = default;
    // `lender` is who has to get them back before it ends; compare only.
    BorrowedBytes(std::string_view bytes, Release release, void* context, const void* lender) noexcept
        : bytes_(bytes), release_(release), context_(context), lender_(lender) {}
    BorrowedBytes(BorrowedBytes&& other) noexcept
        : bytes_(std::exchange(other.bytes_, {})),
          release_(std::exchange(other.release_, nullptr)),
          context_(other.context_),
          lender_(std::exchange(other.lender_, nullptr)) {}
    BorrowedBytes& operator=(BorrowedBytes&& other) noexcept {
        if (this == &other) return *this;
        reset();
        bytes_ = std::exchange(other.bytes_, {});
        release_ = std::exchange(other.release_, nullptr);
        context_ = other.context_;
        lender_ = std::exchange(other.lender_, nullptr);
        return *this;
    }
    BorrowedBytes(const BorrowedBytes&) = delete;
    BorrowedBytes& operator=(const BorrowedBytes&) = delete;
    ~BorrowedBytes() { reset(); }

    std::string_view bytes() const noexcept { return bytes_; }
    bool empty() const noexcept { return bytes_.empty(); }
    const void* lender() const noexcept { return lender_; }
    void reset() noexcept {
        bytes_ = {};
        lender_ = nullptr;
        if (release_ != nullptr) std::exchange(release_, nullptr)(context_);
    }

private:
    std::string_view bytes_;
    Release release_ = nullptr;
    void* context_ = nullptr;
    const void* lender_ = nullptr;
};

} // namespace mortise::http
