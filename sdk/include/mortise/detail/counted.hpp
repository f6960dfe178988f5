// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

// What <atomic> would be included for: a word that several threads change. Sequentially consistent.
template<class T>
class Word {
public:
    constexpr explicit Word(T value) noexcept : value_(value) {}
    Word(const Word&) = delete;
    Word& operator=(const Word&) = delete;

    T load() const noexcept { return __atomic_load_n(&value_, __ATOMIC_SEQ_CST); }
    void store(T value) noexcept { __atomic_store_n(&value_, value, __ATOMIC_SEQ_CST); }
    T exchange(T value) noexcept { return __atomic_exchange_n(&value_, value, __ATOMIC_SEQ_CST); }
    // `expected` becomes what was there.
    bool compareExchange(T& expected, T wanted) noexcept {
        return __atomic_compare_exchange_n(&value_, &expected, wanted, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    }
    T add(T value) noexcept { return __atomic_add_fetch(&value_, value, __ATOMIC_SEQ_CST); }

private:
    T value_;
};

// Shared ownership of a T; copies of one may be made and destroyed on any thread.
template<class T>
class Shared {
public:
    Shared() noexcept = default;
    Shared(std::nullptr_t) noexcept {}
    Shared(const Shared& other) noexcept : box_(other.box_) {
        if (box_ != nullptr) box_->count.add(1);
    }
    Shared(Shared&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
    Shared& operator=(Shared other) noexcept {
        std::swap(box_, other.box_);
        return *this;
    }
    ~Shared() {
        // The analyzer does not follow the count. NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDelete)
        if (box_ != nullptr && box_->count.add(-1) == 0) delete box_;
    }

    template<class... Arguments>
    static Shared make(Arguments&&... arguments) {
        Shared made;
        made.box_ = new Box(std::forward<Arguments>(arguments)...);
        return made;
    }

    T* get() const noexcept { return box_ == nullptr ? nullptr : &box_->value; }
    T* operator->() const noexcept { return &box_->value; }
    T& operator*() const noexcept { return box_->value; }
    explicit operator bool() const noexcept { return box_ != nullptr; }
    friend bool operator==(const Shared& left, std::nullptr_t) noexcept { return left.box_ == nullptr; }
    friend bool operator!=(const Shared& left, std::nullptr_t) noexcept { return left.box_ != nullptr; }

private:
    struct Box {
        template<class... Arguments>
        explicit Box(Arguments&&... arguments) : value(std::forward<Arguments>(arguments)...) {}

        T value;
        Word<long> count{1};
    };

    Box* box_ = nullptr;
};

// Something of the host's that is given back by `free(self, handle)`.
template<class Handle>
class HostHandle {
public:
    using Free = void (*)(void* self, Handle* handle);

    HostHandle(Handle* handle, Free free, void* self) noexcept : handle_(handle), free_(free), self_(self) {}
    HostHandle(const HostHandle&) = delete;
    HostHandle& operator=(const HostHandle&) = delete;
    ~HostHandle() { free_(self_, handle_); }

    Handle* get() const noexcept { return handle_; }

private:
    Handle* handle_;
    Free free_;
    void* self_;
};

} // namespace detail
} // namespace v1
} // namespace mortise
