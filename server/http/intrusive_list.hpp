// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace mortise::http {

template<class Tag>
class IntrusiveList;

// A place in one IntrusiveList. `Tag` tells apart the lists one object can be in.
template<class Tag>
class ListHook {
public:
    ListHook() noexcept = default;
    ListHook(const ListHook&) = delete;
    ListHook& operator=(const ListHook&) = delete;
    bool linked() const noexcept { return next_ != nullptr; }
    void unlink() noexcept {
        if (next_ == nullptr) return;
        next_->previous_ = previous_;
        previous_->next_ = next_;
        next_ = nullptr;
        previous_ = nullptr;
    }

private:
    template<class>
    friend class IntrusiveList;
    ListHook* next_ = nullptr;
    ListHook* previous_ = nullptr;
};

// Doubly linked, circular, owns nothing, never allocates. Objects derive from ListHook<Tag>.
template<class Tag>
class IntrusiveList {
public:
    using Hook = ListHook<Tag>;

    IntrusiveList() noexcept {
        end_.next_ = &end_;
        end_.previous_ = &end_;
    }
    IntrusiveList(const IntrusiveList&) = delete;
    IntrusiveList& operator=(const IntrusiveList&) = delete;

    bool empty() const noexcept { return end_.next_ == &end_; }
    Hook* front() noexcept { return empty() ? nullptr : end_.next_; }
    // The one behind `hook`, null at the end.
    Hook* after(Hook& hook) noexcept { return hook.next_ == &end_ ? nullptr : hook.next_; }
    void pushBack(Hook& hook) noexcept {
        hook.previous_ = end_.previous_;
        hook.next_ = &end_;
        end_.previous_->next_ = &hook;
        end_.previous_ = &hook;
    }
    // Moves all of `other` to the end of this list.
    void splice(IntrusiveList& other) noexcept {
        while (Hook* const hook = other.front()) {
            hook->unlink();
            pushBack(*hook);
        }
    }

private:
    Hook end_;
};

} // namespace mortise::http
