// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>

#include <cstddef>
#include <memory>
#include <utility>

namespace mortise::base {

// Room for a signal handler on the calling thread, so that an overflown stack can be reported too. Destroyed on the
// same thread, which then has back what it had before.
class AlternateStack {
public:
    using Bytes = std::unique_ptr<std::byte[]>;

    // Throws std::bad_alloc; where that must not happen on the thread itself, the bytes are made before.
    static Bytes allocate() { return std::make_unique_for_overwrite<std::byte[]>(size); }
    explicit AlternateStack(Bytes bytes = allocate()) noexcept : bytes_(std::move(bytes)) {
        stack_t stack{};
        stack.ss_sp = bytes_.get();
        stack.ss_size = size;
        set_ = sigaltstack(&stack, &before_) == 0;
    }
    ~AlternateStack() {
        if (set_) sigaltstack(&before_, nullptr);
    }
    AlternateStack(const AlternateStack&) = delete;
    AlternateStack& operator=(const AlternateStack&) = delete;

private:
    // The frame the kernel pushes has up to 12 KiB of registers (AVX-512, AMX); sanitizers' handlers need more.
    static constexpr std::size_t size = 64 * 1024;
    Bytes bytes_;
    stack_t before_{};
    bool set_ = false;
};

} // namespace mortise::base
