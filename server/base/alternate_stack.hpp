// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>

#include <cstddef>
#include <memory>

namespace mortise::base {

// Room for a signal handler on the calling thread, so that an overflown stack can be reported too. Destroyed on the
// same thread, which then has back what it had before.
class AlternateStack {
public:
    AlternateStack() : bytes_(std::make_unique<std::byte[]>(size)) {
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
    std::unique_ptr<std::byte[]> bytes_;
    stack_t before_{};
    bool set_ = false;
};

} // namespace mortise::base
