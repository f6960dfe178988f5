// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace mortise::base {

// A move-only callable `void()` stored in place: six words, never an allocation. A callable that is too large does not
// compile; capture a pointer or a shared_ptr instead.
// Calling it must not throw: a task is the end of the line, an exception ends the process.
class Task {
public:
    static constexpr std::size_t capacityBytes = 6 * sizeof(void*);

    Task() noexcept = default;

    template<class Callable, class = std::enable_if_t<!std::is_same_v<std::decay_t<Callable>, Task>>>
    Task(Callable&& callable) noexcept(std::is_nothrow_constructible_v<std::decay_t<Callable>, Callable>) {
        using Stored = std::decay_t<Callable>;
        static_assert(std::is_invocable_v<Stored&>, "a task is called without arguments");
        static_assert(sizeof(Stored) <= capacityBytes && alignof(Stored) <= alignof(void*),
                      "a task holds at most six words: capture less");
        static_assert(std::is_nothrow_move_constructible_v<Stored>, "tasks are moved inside locks");
        ::new (static_cast<void*>(storage_)) Stored(std::forward<Callable>(callable));
        table_ = &tableOf<Stored>;
    }
    Task(Task&& other) noexcept { take(other); }
    Task& operator=(Task&& other) noexcept {
        if (this != &other) {
            reset();
            take(other);
        }
        return *this;
    }
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    ~Task() { reset(); }

    explicit operator bool() const noexcept { return table_ != nullptr; }
    // Precondition: not empty. The callable stays and may be called again.
    void operator()() noexcept { table_->call(storage_); }
    void reset() noexcept {
        if (table_ != nullptr) std::exchange(table_, nullptr)->destroy(storage_);
    }

private:
    struct Table {
        void (*call)(void*);
        void (*move)(void* from, void* to) noexcept; // leaves `from` destroyed
        void (*destroy)(void*) noexcept;
    };

    template<class Stored>
    static constexpr Table tableOf{
        [](void* self) { (*static_cast<Stored*>(self))(); },
        [](void* from, void* to) noexcept {
            ::new (to) Stored(std::move(*static_cast<Stored*>(from)));
            static_cast<Stored*>(from)->~Stored();
        },
        [](void* self) noexcept { static_cast<Stored*>(self)->~Stored(); },
    };

    void take(Task& other) noexcept {
        if (other.table_ == nullptr) return;
        other.table_->move(other.storage_, storage_);
        table_ = std::exchange(other.table_, nullptr);
    }

    const Table* table_ = nullptr;
    alignas(void*) std::byte storage_[capacityBytes];
};

} // namespace mortise::base
