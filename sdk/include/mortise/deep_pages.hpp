// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/pages.hpp>
#include <mortise/tasks.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace mortise {
inline namespace v1 {

// Lets some pages that are deep in a list be read at a time: each passes over more than deepOffset rows, and many at
// once would take the workers and readers that others need. The rest wait without a worker, in the order in which they
// came, no longer than their requests. Thread-safe.
class DeepPages {
public:
    // Past so many that wait it is Busy.
    static constexpr std::size_t maxWaiting = 256;

    // [control] In `start`. `atOnce`: how many are read at the same time, at least 1.
    void open(Tasks tasks, Loops loops, std::size_t atOnce) {
        tasks_.emplace(tasks);
        loops_.emplace(loops);
        atOnce_ = atOnce;
    }

    // Whether run() is for that page here. On an event loop it is not: readPage() throws there.
    bool takes(const PageQuery& query) const noexcept { return query.offset() > deepOffset && loops_->current() == 0; }
    // [worker] What read(Turn) replies with, at once where there is room for it, else later. `read` is copied and holds
    // no view but of the request.
    template<class Read>
    Reply run(Request& request, Read read) {
        std::unique_lock<std::mutex> lock(mutex_);
        if (hasEntered(lock)) {
            const Place place{*this};
            return read(Turn(request));
        }
        requireRoom();
        const auto later = std::make_shared<Deferred>(request.defer());
        waiting_.push_back(
            std::make_shared<Page>(Page{[later] { return later->cancelled(); },
                                        [later, read] { later->answer([&] { return read(Turn(*later)); }); },
                                        [later](const std::exception_ptr& why) {
                                            later->answer([&]() -> Reply { std::rethrow_exception(why); });
                                        }}));
        return Reply::later();
    }
    // [worker] The same for who waits without a Request, such as a field of GraphQL. True: read(turn) has been called,
    // and what it throws comes out here. False: it is called later, on another worker; where it never can be, or throws
    // there, refuse(std::exception_ptr) is called instead, on a thread of any kind. isOver(): nobody waits for it any
    // more. All three are copied and hold no view that ends before that.
    template<class Read, class Refuse, class IsOver>
    bool run(Turn turn, Read read, Refuse refuse, IsOver isOver) {
        std::unique_lock<std::mutex> lock(mutex_);
        if (hasEntered(lock)) {
            const Place place{*this};
            read(turn);
            return true;
        }
        requireRoom();
        waiting_.push_back(
            std::make_shared<Page>(Page{std::move(isOver), [turn, read] { read(turn); }, std::move(refuse)}));
        return false;
    }

private:
    struct Page {
        std::function<bool()> isOver;
        std::function<void()> read;
        std::function<void(std::exception_ptr)> refuse;
    };
    // Of one that is read.
    struct Place {
        DeepPages& pages;
        ~Place() { pages.leave(); }
    };

    // Unlocks where there is room.
    bool hasEntered(std::unique_lock<std::mutex>& lock) noexcept {
        if (reading_ >= atOnce_) return false;
        ++reading_;
        lock.unlock();
        return true;
    }
    void requireRoom() const {
        if (waiting_.size() >= maxWaiting) throw Busy("too many pages that are deep in a list wait to be read");
    }
    // Gives the place to the next one.
    void leave() noexcept {
        while (const std::shared_ptr<Page> next = takeNext()) {
            try {
                if (next->isOver()) throw Busy("the request has ended");
                tasks_->run([this, next] {
                    const Place place{*this};
                    try {
                        next->read();
                    } catch (...) {
                        refuse(*next);
                    }
                });
                return;
            } catch (...) {
                refuse(*next);
            }
        }
    }
    // None: the place is free.
    std::shared_ptr<Page> takeNext() noexcept {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (waiting_.empty()) {
            --reading_;
            return nullptr;
        }
        std::shared_ptr<Page> next = std::move(waiting_.front());
        waiting_.pop_front();
        return next;
    }
    // In a catch block.
    static void refuse(const Page& page) noexcept {
        try {
            page.refuse(std::current_exception());
        } catch (...) { // without memory: the turn has ended all the same
        }
    }

    std::optional<Tasks> tasks_;
    std::optional<Loops> loops_;
    std::size_t atOnce_ = 1;
    std::mutex mutex_;
    std::size_t reading_ = 0;
    std::deque<std::shared_ptr<Page>> waiting_;
};

} // namespace v1
} // namespace mortise
