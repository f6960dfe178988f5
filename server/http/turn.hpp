// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/handle.hpp"

#include <atomic>
#include <cstdint>

namespace mortise::http {

// Who may say how an exchange goes on, at any moment exactly one party: the loop, a task that waits for a worker, a
// worker, or a plugin. One word, changed atomically:
//
//   loop --queue--> queued --start--> worker --begin--> plugin --leave--> worker --giveBack--> loop
//   loop --begin--> plugin --leave--> loop
//
// A plugin's turn has two halves, the call (until it returns: leave) and the promise (until its terminal call: record
// and publish), and is over when both are. What comes from another thread before the call has returned is recorded and
// waits. `end` takes the request from whoever has the turn; a plugin's turn then is an orphan until it is over.
//
// Serials are those of Handle: one per slot, counted up by open() and begin(), never restarted.
// Thread: [loop] the loop of the exchange; [holder] whoever has the turn, loop or worker; [any] as said.
class Turn {
public:
    enum class Holder : std::uint8_t { loop, queued, worker, plugin };

    // What record() came to.
    enum class Record : std::uint8_t {
        mine,   // the caller fills in the record, and publishes
        second, // one was recorded in this turn before; the response becomes a 500
        late,   // the host has ended the request: nothing is recorded, the promise is kept with that
        over,   // likewise, and the turn is over: the caller reports it to the loop
        stale,  // not the turn
    };
    // What end() came to.
    enum class End : std::uint8_t {
        taken,     // nobody else is at it: the loop has it
        orphaned,  // a plugin's turn is open still, and STALE
        recorded,  // a response or verdict is there already, or about to be: it takes effect
        requested, // a worker of the host's has it and gives it back at its next step
        committed, // a commit was claimed, and nobody but the plugin answers
    };
    // What was true when a plugin's call returned.
    class Left {
    public:
        Left() = default;
        // The turn is over, was not ended and has no stream: it went to `next`.
        bool isOver() const noexcept { return (flags_ & (open_bit | ended_bit | wanted_bit | stream_bit)) == 0; }
        // By the host: an orphan, or over unless open().
        bool ended() const noexcept { return (flags_ & ended_bit) != 0; }
        bool open() const noexcept { return (flags_ & open_bit) != 0; } // the promise is not kept yet
        // Something was recorded (or is just being, when open(), too).
        bool recorded() const noexcept { return (flags_ & (recorded_bit | recording_bit)) != 0; }
        bool second() const noexcept { return (flags_ & second_bit) != 0; } // more than once
        bool stream() const noexcept { return (flags_ & stream_bit) != 0; } // was begun
        // The client is gone: the caller leaves the request to the loop.
        bool wanted() const noexcept { return (flags_ & wanted_bit) != 0; }

    private:
        friend class Turn;
        explicit Left(std::uint64_t flags) noexcept : flags_(flags) {}
        std::uint64_t flags_ = 0;
    };

    // `before` is the serial before the first one.
    explicit Turn(std::uint64_t before = 0) noexcept : word_(before << bits) {}

    // [loop] For a new exchange in the slot. Returns the serial of its first handle, which is no plugin's turn.
    std::uint64_t open() noexcept {
        const std::uint64_t serial = serialOf(word_.load(relaxed)) + 1;
        word_.store(serial << bits, std::memory_order_release);
        first_.store(serial, std::memory_order_release);
        return serial;
    }
    // [loop] The exchange is over: no handle is of it any more. No turn may be open.
    void close() noexcept {
        const std::uint64_t serial = serialOf(word_.load(relaxed));
        first_.store(Handle::serial_mask + 1, std::memory_order_release);
        word_.store(serial << bits, std::memory_order_release);
    }
    // [loop] Between open() and close().
    bool isOpened() const noexcept { return first_.load(relaxed) <= Handle::serial_mask; }
    // [loop] Whether `spare` turns more have serials, the last of which is below `end`.
    bool hasSerials(std::uint64_t spare, std::uint64_t end) const noexcept {
        return serialOf(word_.load(relaxed)) + spare < end;
    }

    // [any] The serial of the current turn, and the exchange's first one.
    std::uint64_t serial() const noexcept { return serialOf(word_.load(std::memory_order_acquire)); }
    std::uint64_t first() const noexcept { return first_.load(std::memory_order_acquire); }
    // [any] Whether a handle with this serial is of the exchange that is in the slot now.
    bool belongs(std::uint64_t serial) const noexcept { return first() <= serial && serial <= this->serial(); }
    // [any]
    Holder holder() const noexcept { return holderOf(word_.load(std::memory_order_acquire)); }
    bool ended() const noexcept { return (word_.load(std::memory_order_acquire) & ended_bit) != 0; }
    bool claimed() const noexcept { return (word_.load(std::memory_order_acquire) & commit_bit) != 0; }
    // [any] Whose turn it is or was last; compare only.
    const void* owner() const noexcept { return owner_.load(relaxed); }
    // [loop] A plugin's call or promise is open.
    bool isOpen() const noexcept {
        const std::uint64_t word = word_.load(std::memory_order_acquire);
        return holderOf(word) == Holder::plugin && (word & (call_bit | promise_bit | recording_bit)) != 0;
    }
    // [any] The plugin's call has not returned yet.
    bool isInCall() const noexcept { return (word_.load(std::memory_order_acquire) & call_bit) != 0; }

    // [loop] A task for a worker is about to be submitted. Returns the serial that start() wants.
    std::uint64_t queue() noexcept {
        const std::uint64_t word = word_.load(relaxed);
        const std::uint64_t serial = serialOf(word) + 1;
        word_.store(serial << bits | raw(Holder::queued) | (word & commit_bit), std::memory_order_release);
        return serial;
    }
    // [loop] The pool did not take it.
    void unqueue() noexcept { word_.store(word_.load(relaxed) & ~holder_mask, std::memory_order_release); }
    // [worker] False: it was ended, or the exchange is over; nothing may be touched.
    bool start(std::uint64_t serial) noexcept {
        std::uint64_t word = word_.load(std::memory_order_acquire);
        while (serialOf(word) == serial && holderOf(word) == Holder::queued)
            if (weakly(word, (word & ~holder_mask) | raw(Holder::worker))) return true;
        return false;
    }
    // [worker] The loop has it again when this returns; the caller posts what is to be done. True: the host wants the
    // request to be ended.
    bool giveBack() noexcept {
        const std::uint64_t before = word_.fetch_and(~(holder_mask | wanted_bit), std::memory_order_acq_rel);
        return (before & wanted_bit) != 0;
    }
    // [worker] The host wants the request to be ended.
    bool isWanted() const noexcept { return (word_.load(std::memory_order_acquire) & wanted_bit) != 0; }

    // [holder] The one function that begins a plugin's turn. Returns its serial; 0 (on a worker only): the host wants
    // the request to be ended, so giveBack() is due.
    std::uint64_t begin(const void* owner) noexcept {
        std::uint64_t word = word_.load(relaxed);
        owner_.store(owner, relaxed);
        for (;;) {
            if ((word & wanted_bit) != 0) return 0;
            const std::uint64_t serial = serialOf(word) + 1;
            const std::uint64_t next =
                serial << bits | raw(Holder::plugin) | call_bit | promise_bit | (word & commit_bit);
            if (holderOf(word) == Holder::loop) {
                word_.store(next, std::memory_order_release);
                return serial;
            }
            if (word_.compare_exchange_weak(word, next, std::memory_order_acq_rel, relaxed)) return serial;
        }
    }

    // [any] The right to make the terminal call or verdict of the turn `serial`, as `owner`.
    Record record(std::uint64_t serial, const void* owner) noexcept {
        std::uint64_t word = word_.load(std::memory_order_acquire);
        for (;;) {
            if (serialOf(word) != serial || holderOf(word) != Holder::plugin) return Record::stale;
            if (owner_.load(relaxed) != owner) return Record::stale;
            if ((word & ended_bit) != 0) {
                if ((word & promise_bit) == 0) return Record::stale;
                if (!weakly(word, word & ~promise_bit)) continue;
                return (word & call_bit) != 0 ? Record::late : Record::over;
            }
            if ((word & (recording_bit | recorded_bit | stream_bit)) != 0) {
                if (!weakly(word, word | second_bit)) continue;
                return Record::second;
            }
            if ((word & promise_bit) == 0) return Record::stale;
            if (weakly(word, word | recording_bit)) return Record::mine;
        }
    }
    // [any] After `mine`: the record is complete. With `stream` the promise stays open until endPromise(). True: the
    // call has returned, so the caller reports it to the loop.
    bool publish(bool stream = false) noexcept {
        std::uint64_t word = word_.load(relaxed);
        for (;;) {
            const std::uint64_t next =
                (word & ~(recording_bit | (stream ? 0 : promise_bit))) | (stream ? stream_bit : recorded_bit);
            if (word_.compare_exchange_weak(word, next, std::memory_order_acq_rel, relaxed))
                return (word & call_bit) == 0;
        }
    }
    // [any] The stream of turn `serial` has ended. stale: it had before, or is none. over: the call has returned, too.
    Record endPromise(std::uint64_t serial, const void* owner) noexcept {
        std::uint64_t word = word_.load(std::memory_order_acquire);
        for (;;) {
            if (serialOf(word) != serial || holderOf(word) != Holder::plugin || owner_.load(relaxed) != owner ||
                (word & (stream_bit | promise_bit)) != (stream_bit | promise_bit))
                return Record::stale;
            if (!weakly(word, word & ~promise_bit)) continue;
            return (word & call_bit) != 0 ? Record::late : Record::over;
        }
    }
    // [any] Whether `serial` is a turn of `owner` that nothing was recorded in yet.
    bool isOpenFor(std::uint64_t serial, const void* owner) const noexcept {
        const std::uint64_t word = word_.load(std::memory_order_acquire);
        return serialOf(word) == serial && holderOf(word) == Holder::plugin && owner_.load(relaxed) == owner &&
               (word & (promise_bit | recording_bit | recorded_bit | stream_bit | ended_bit)) == promise_bit;
    }
    // [any] The turn has a stream, ended by its plugin or not.
    bool hasStream() const noexcept { return (word_.load(std::memory_order_acquire) & stream_bit) != 0; }
    // [any] Whether `serial` is the turn and has a stream that its plugin has not ended.
    bool isStreaming(std::uint64_t serial, const void* owner) const noexcept {
        const std::uint64_t word = word_.load(std::memory_order_acquire);
        return serialOf(word) == serial && holderOf(word) == Holder::plugin && owner_.load(relaxed) == owner &&
               (word & (stream_bit | promise_bit)) == (stream_bit | promise_bit);
    }

    // [any] The right to end the request, for a commit. False: STALE.
    bool claim(std::uint64_t serial) noexcept {
        std::uint64_t word = word_.load(std::memory_order_acquire);
        for (;;) {
            if (serialOf(word) != serial || holderOf(word) != Holder::plugin) return false;
            if ((word & (ended_bit | recording_bit | recorded_bit)) != 0 || (word & promise_bit) == 0) return false;
            if ((word & commit_bit) != 0 || weakly(word, word | commit_bit)) return true;
        }
    }

    // [holder of the call] The plugin's call has returned. `keeps`: what is promised stays so (it returned PENDING, or
    // REPLIED of a stream that goes on); otherwise that is over as well. A turn that is over now, was not ended and has
    // no stream goes to `next` in the same step, so that nobody ends it in between; with Holder::plugin settle() is
    // due.
    Left leave(bool keeps, Holder next = Holder::plugin, bool replied = false) noexcept {
        std::uint64_t word = word_.load(std::memory_order_acquire);
        for (;;) {
            std::uint64_t after = word & ~call_bit;
            const bool streams = replied && (word & stream_bit) != 0;
            // What another thread is just recording comes; a promise that nobody will keep is dropped.
            if (!keeps && !streams && (word & recording_bit) == 0) after &= ~promise_bit;
            const bool open = (after & (promise_bit | recording_bit)) != 0;
            if (next != Holder::plugin && !open && (word & (ended_bit | wanted_bit | stream_bit)) == 0)
                after = serialOf(word) << bits | raw(next) | (word & commit_bit);
            if (!weakly(word, after)) continue;
            return Left((word & ~open_bit) | (open ? open_bit : 0));
        }
    }
    // [loop or the worker of the call] A plugin's turn is over and was not ended: the caller has the turn from here on.
    // The commit's claim stays with the request.
    void settle(Holder next) noexcept {
        const std::uint64_t word = word_.load(relaxed);
        word_.store(serialOf(word) << bits | raw(next) | (word & commit_bit), std::memory_order_release);
    }
    // [loop] What is recorded now, of a turn whose call has returned or not.
    bool isRecorded() const noexcept { return (word_.load(std::memory_order_acquire) & recorded_bit) != 0; }
    bool isSecond() const noexcept { return (word_.load(std::memory_order_acquire) & second_bit) != 0; }

    // [loop] The one function that takes a request from whoever is at it. With `commits` also where a commit was
    // claimed.
    End end(bool commits = false) noexcept {
        std::uint64_t word = word_.load(std::memory_order_acquire);
        for (;;) {
            if ((word & commit_bit) != 0 && !commits && (word & (recorded_bit | stream_bit)) == 0)
                return End::committed;
            switch (holderOf(word)) {
            case Holder::loop:
                return End::taken;
            case Holder::queued:
                if (weakly(word, word & ~holder_mask)) return End::taken;
                break;
            case Holder::worker:
                if (weakly(word, word | wanted_bit)) return End::requested;
                break;
            case Holder::plugin:
                if ((word & ended_bit) != 0) return End::orphaned;
                if ((word & (recording_bit | recorded_bit)) != 0) return End::recorded;
                // What ends here is the host's answer's to give: a plugin that has let go already (a stream's end) is
                // none.
                if (weakly(word, word | ended_bit)) return End::orphaned;
                break;
            }
        }
    }
    // [loop] The client is gone. What end() would take is taken; a plugin's turn is not ended, but what it comes to is
    // left to the loop (orphaned stands for that here).
    End lose() noexcept {
        std::uint64_t word = word_.load(std::memory_order_acquire);
        while (holderOf(word) == Holder::plugin)
            if (weakly(word, word | wanted_bit)) return End::orphaned;
        return end(true);
    }
    // [loop] After End::recorded: what was recorded is complete, its call has not returned, and the host goes on
    // without that. False: it is not complete yet, or the call has returned (and reports it).
    bool takeRecorded() noexcept {
        std::uint64_t word = word_.load(std::memory_order_acquire);
        while ((word & (recorded_bit | call_bit | ended_bit)) == (recorded_bit | call_bit))
            if (weakly(word, word | ended_bit)) return true;
        return false;
    }
    // [loop] The instance's `stop` has returned: the promise is nobody's any more. True: the turn is over.
    bool abandonPromise() noexcept {
        const std::uint64_t before = word_.fetch_and(~promise_bit, std::memory_order_acq_rel);
        return (before & (call_bit | recording_bit)) == 0;
    }

private:
    static constexpr auto relaxed = std::memory_order_relaxed;
    static constexpr unsigned bits = 16; // below the serial
    static constexpr std::uint64_t holder_mask = 3;
    static constexpr std::uint64_t call_bit = 1 << 2;
    static constexpr std::uint64_t promise_bit = 1 << 3;
    static constexpr std::uint64_t recording_bit = 1 << 4;
    static constexpr std::uint64_t recorded_bit = 1 << 5;
    static constexpr std::uint64_t stream_bit = 1 << 6;
    static constexpr std::uint64_t second_bit = 1 << 7;
    static constexpr std::uint64_t commit_bit = 1 << 8;
    static constexpr std::uint64_t ended_bit = 1 << 9;
    static constexpr std::uint64_t wanted_bit = 1 << 10;
    static constexpr std::uint64_t open_bit = 1 << 11; // of Left only

    static constexpr std::uint64_t serialOf(std::uint64_t word) noexcept { return word >> bits; }
    static constexpr Holder holderOf(std::uint64_t word) noexcept { return static_cast<Holder>(word & holder_mask); }
    static constexpr std::uint64_t raw(Holder holder) noexcept { return static_cast<std::uint64_t>(holder); }
    bool weakly(std::uint64_t& word, std::uint64_t next) noexcept {
        return word_.compare_exchange_weak(word, next, std::memory_order_acq_rel, std::memory_order_acquire);
    }

    std::atomic<std::uint64_t> word_; // serial << bits | flags
    std::atomic<std::uint64_t> first_{Handle::serial_mask + 1};
    std::atomic<const void*> owner_{nullptr};
};

} // namespace mortise::http
