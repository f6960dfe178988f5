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
    // False: `lender` is never called again.
    using MayCall = bool (*)(const void* lender) noexcept;

    BorrowedBytes() noexcept = default;
    // `lender` is who has to get them back before it ends.
    BorrowedBytes(std::string_view bytes, Release release, void* context, const void* lender, MayCall mayCall) noexcept
        : bytes_(bytes), release_(release), context_(context), lender_(lender), mayCall_(mayCall) {}
    BorrowedBytes(BorrowedBytes&& other) noexcept
        : bytes_(std::exchange(other.bytes_, {})),
          release_(std::exchange(other.release_, nullptr)),
          context_(other.context_),
          lender_(std::exchange(other.lender_, nullptr)),
          mayCall_(other.mayCall_) {}
    BorrowedBytes& operator=(BorrowedBytes&& other) noexcept {
        if (this == &other) return *this;
        reset();
        bytes_ = std::exchange(other.bytes_, {});
        release_ = std::exchange(other.release_, nullptr);
        context_ = other.context_;
        lender_ = std::exchange(other.lender_, nullptr);
        mayCall_ = other.mayCall_;
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
        const void* const lender = std::exchange(lender_, nullptr);
        const Release release = std::exchange(release_, nullptr);
        if (release != nullptr && mayCall_(lender)) release(context_);
    }

private:
    std::string_view bytes_;
    Release release_ = nullptr;
    void* context_ = nullptr;
    const void* lender_ = nullptr;
    MayCall mayCall_ = nullptr;
};

} // namespace mortise::http
