// SPDX-License-Identifier: Apache-2.0
#include "base/clock.hpp"
#include "http/turn.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <thread>

namespace mortise::http {

// Every transition one by one; races as the orders that they can come to, and some for real.
class TurnTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TurnTest);
    CPPUNIT_TEST(handlesHoldTheirParts);
    CPPUNIT_TEST(serialsNeverRestart);
    CPPUNIT_TEST(serialsRunOut);
    CPPUNIT_TEST(belongsFromFirstToCurrent);
    CPPUNIT_TEST(beginsOnTheLoop);
    CPPUNIT_TEST(recordedInTheCall);
    CPPUNIT_TEST(recordedAfterTheCall);
    CPPUNIT_TEST(recordingWhileTheCallReturns);
    CPPUNIT_TEST(recordedBeforeTheCallReturnsPending);
    CPPUNIT_TEST(secondRecord);
    CPPUNIT_TEST(leftInOneStep);
    CPPUNIT_TEST(streamOfAReply);
    CPPUNIT_TEST(claimedStreamEnds);
    CPPUNIT_TEST(droppedPromise);
    CPPUNIT_TEST(staleRecords);
    CPPUNIT_TEST(endOfTheLoops);
    CPPUNIT_TEST(endInTheCall);
    CPPUNIT_TEST(endAfterTheCall);
    CPPUNIT_TEST(endAfterARecord);
    CPPUNIT_TEST(abandonedPromise);
    CPPUNIT_TEST(claimedCommit);
    CPPUNIT_TEST(claimComesTooLate);
    CPPUNIT_TEST(claimStaysWithTheRequest);
    CPPUNIT_TEST(queuedAndStarted);
    CPPUNIT_TEST(queuedAndRefused);
    CPPUNIT_TEST(endWhileQueued);
    CPPUNIT_TEST(endOnAWorker);
    CPPUNIT_TEST(beginsOnAWorker);
    CPPUNIT_TEST(streamPromise);
    CPPUNIT_TEST(endOfAStream);
    CPPUNIT_TEST(abandonedStream);
    CPPUNIT_TEST(publishRacesLeave);
    CPPUNIT_TEST(recordRacesEnd);
    CPPUNIT_TEST(startRacesEnd);
    CPPUNIT_TEST(claimRacesEnd);
    CPPUNIT_TEST_SUITE_END();

    using Holder = Turn::Holder;
    using Record = Turn::Record;
    using End = Turn::End;

    const int plugin_ = 0;
    const int other_ = 0;
    const void* const owner_ = &plugin_;

    std::uint64_t begun(Turn& turn) {
        turn.open();
        return turn.begin(owner_);
    }
    // The call has returned, the promise is open.
    std::uint64_t pending(Turn& turn) {
        const std::uint64_t serial = begun(turn);
        CPPUNIT_ASSERT(turn.leave(true).open());
        return serial;
    }

    // Runs both at about the same time and then `check`, again and again: many times, but not longer than half a
    // second, which is little on a busy machine.
    template<class Prepare, class First, class Second, class Check>
    static void race(Prepare&& prepare, First&& first, Second&& second, Check&& check) {
        constexpr int many = 100'000;
        std::atomic<int> round{0};
        std::atomic<int> done{0};
        std::thread thread([&] {
            for (int i = 1;; ++i) {
                int now = 0;
                while ((now = round.load(std::memory_order_acquire)) != i && now >= 0) std::this_thread::yield();
                if (now < 0) return;
                second();
                done.store(i, std::memory_order_release);
            }
        });
        const std::uint64_t end = base::monotonicNs() + 500'000'000;
        for (int i = 1; i <= many && base::monotonicNs() < end; ++i) {
            prepare();
            round.store(i, std::memory_order_release);
            first();
            while (done.load(std::memory_order_acquire) != i) std::this_thread::yield();
            check();
        }
        round.store(-1, std::memory_order_release);
        thread.join();
    }

public:
    void handlesHoldTheirParts() {
        const Handle last = Handle::of(255, (1U << 18) - 1, Handle::serial_mask);
        CPPUNIT_ASSERT_EQUAL(~std::uint64_t{0}, last.value);
        CPPUNIT_ASSERT_EQUAL(255U, last.loop());
        CPPUNIT_ASSERT_EQUAL((1U << 18) - 1, last.slot());
        CPPUNIT_ASSERT_EQUAL((std::uint64_t{1} << 38) - 1, last.serial());
        const Handle some = Handle::of(3, 70'000, 0x2012345678);
        CPPUNIT_ASSERT_EQUAL(3U, some.loop());
        CPPUNIT_ASSERT_EQUAL(70'000U, some.slot());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0x2012345678}, some.serial());
        CPPUNIT_ASSERT(some == Handle::of(3, 70'000, 0x2012345678) && !(some == last));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, Handle{}.serial());
    }

    void serialsNeverRestart() {
        Turn turn;
        std::uint64_t before = 0;
        for (int i = 0; i < 100; ++i) {
            const std::uint64_t first = turn.open();
            CPPUNIT_ASSERT_EQUAL(before + 1, first);
            CPPUNIT_ASSERT_EQUAL(first, turn.first());
            const std::uint64_t serial = turn.begin(owner_);
            CPPUNIT_ASSERT_EQUAL(first + 1, serial);
            CPPUNIT_ASSERT(!turn.leave(false).open());
            turn.settle(Holder::loop);
            before = turn.queue();
            CPPUNIT_ASSERT_EQUAL(serial + 1, before);
            turn.unqueue();
            turn.close();
            CPPUNIT_ASSERT_EQUAL(before, turn.serial());
        }
    }

    void serialsRunOut() {
        Turn turn;
        CPPUNIT_ASSERT(turn.hasSerials(0, Handle::serial_mask));
        CPPUNIT_ASSERT(turn.hasSerials(Handle::serial_mask - 1, Handle::serial_mask));
        CPPUNIT_ASSERT(!turn.hasSerials(Handle::serial_mask, Handle::serial_mask));
        turn.open();
        CPPUNIT_ASSERT(!turn.hasSerials(Handle::serial_mask - 1, Handle::serial_mask));
    }

    void belongsFromFirstToCurrent() {
        Turn turn;
        CPPUNIT_ASSERT(!turn.belongs(0) && !turn.belongs(1));
        const std::uint64_t first = turn.open();
        CPPUNIT_ASSERT(turn.belongs(first) && !turn.belongs(first - 1) && !turn.belongs(first + 1));
        const std::uint64_t second = turn.begin(owner_);
        CPPUNIT_ASSERT(turn.belongs(first) && turn.belongs(second) && !turn.belongs(second + 1));
        turn.leave(false);
        turn.settle(Holder::loop);
        turn.close();
        CPPUNIT_ASSERT(!turn.belongs(first) && !turn.belongs(second) && !turn.belongs(second + 1));
        const std::uint64_t next = turn.open();
        CPPUNIT_ASSERT(!turn.belongs(second) && turn.belongs(next));
    }

    void beginsOnTheLoop() {
        Turn turn;
        turn.open();
        CPPUNIT_ASSERT(turn.holder() == Holder::loop && !turn.isOpen() && !turn.isInCall());
        const std::uint64_t serial = turn.begin(owner_);
        CPPUNIT_ASSERT(serial != 0 && serial == turn.serial());
        CPPUNIT_ASSERT(turn.holder() == Holder::plugin && turn.isOpen() && turn.isInCall());
        CPPUNIT_ASSERT(turn.owner() == owner_);
        CPPUNIT_ASSERT(!turn.ended() && !turn.claimed() && !turn.isRecorded() && !turn.isSecond());
    }

    void recordedInTheCall() {
        Turn turn;
        const std::uint64_t serial = begun(turn);
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::mine);
        CPPUNIT_ASSERT(!turn.publish());
        CPPUNIT_ASSERT(turn.isRecorded() && turn.isOpen());
        const Turn::Left left = turn.leave(false);
        CPPUNIT_ASSERT(left.recorded() && !left.open() && !left.ended() && !left.second() && !left.stream());
        CPPUNIT_ASSERT(!turn.isOpen());
        turn.settle(Holder::loop);
        CPPUNIT_ASSERT(turn.holder() == Holder::loop && !turn.isRecorded());
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::stale);
    }

    void recordedAfterTheCall() {
        Turn turn;
        const std::uint64_t serial = pending(turn);
        CPPUNIT_ASSERT(turn.isOpen() && !turn.isInCall());
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::mine);
        CPPUNIT_ASSERT(turn.isOpen());
        CPPUNIT_ASSERT(turn.publish());
        CPPUNIT_ASSERT(!turn.isOpen() && turn.isRecorded());
    }

    void recordingWhileTheCallReturns() {
        for (const bool keeps : {true, false}) {
            Turn turn;
            const std::uint64_t serial = begun(turn);
            CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::mine);
            const Turn::Left left = turn.leave(keeps);
            CPPUNIT_ASSERT(left.open() && left.recorded());
            CPPUNIT_ASSERT(turn.publish());
            CPPUNIT_ASSERT(!turn.isOpen() && turn.isRecorded());
        }
    }

    void recordedBeforeTheCallReturnsPending() {
        Turn turn;
        const std::uint64_t serial = begun(turn);
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::mine);
        CPPUNIT_ASSERT(!turn.publish());
        const Turn::Left left = turn.leave(true);
        CPPUNIT_ASSERT(left.recorded() && !left.open());
    }

    void secondRecord() {
        Turn turn;
        const std::uint64_t serial = begun(turn);
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::mine);
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::second); // while the first is being made
        CPPUNIT_ASSERT(!turn.publish());
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::second); // and after
        const Turn::Left left = turn.leave(false);
        CPPUNIT_ASSERT(left.recorded() && left.second() && !left.open());
        CPPUNIT_ASSERT(turn.isSecond());
        turn.settle(Holder::loop);
        CPPUNIT_ASSERT(!turn.isSecond());
    }

    // Nobody ends the turn between the return of its call and the host's going on.
    void leftInOneStep() {
        for (const Holder next : {Holder::loop, Holder::worker}) {
            Turn turn;
            begun(turn);
            const Turn::Left left = turn.leave(false, next);
            CPPUNIT_ASSERT(!left.open() && !left.ended() && !left.wanted());
            CPPUNIT_ASSERT(turn.holder() == next);
        }
        Turn ended;
        begun(ended);
        CPPUNIT_ASSERT(ended.end() == End::orphaned);
        CPPUNIT_ASSERT(ended.leave(false, Holder::worker).ended() && ended.holder() == Holder::plugin);
        Turn lost;
        begun(lost);
        CPPUNIT_ASSERT(lost.lose() == End::orphaned);
        CPPUNIT_ASSERT(lost.leave(false, Holder::worker).wanted() && lost.holder() == Holder::plugin);
        Turn open;
        begun(open);
        CPPUNIT_ASSERT(open.leave(true, Holder::worker).open() && open.holder() == Holder::plugin);
    }

    // A stream that goes on outlives the call that says it replied; another promise does not.
    void streamOfAReply() {
        Turn turn;
        const std::uint64_t serial = begun(turn);
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::mine);
        turn.publish(true);
        CPPUNIT_ASSERT(turn.leave(false, Holder::worker, true).open());
        CPPUNIT_ASSERT(turn.endPromise(serial, owner_) == Record::over);
        Turn none;
        begun(none);
        CPPUNIT_ASSERT(!none.leave(false, Holder::worker, true).open());
    }

    // Once the head of a stream is out, a claim keeps nobody from ending it.
    void claimedStreamEnds() {
        Turn turn;
        const std::uint64_t serial = begun(turn);
        CPPUNIT_ASSERT(turn.claim(serial));
        CPPUNIT_ASSERT(turn.end() == End::committed);
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::mine);
        turn.publish(true);
        CPPUNIT_ASSERT(turn.end() == End::orphaned);
    }

    void droppedPromise() {
        Turn turn;
        const std::uint64_t serial = begun(turn);
        const Turn::Left left = turn.leave(false);
        CPPUNIT_ASSERT(!left.open() && !left.recorded() && !left.ended());
        CPPUNIT_ASSERT(!turn.isOpen());
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::stale);
    }

    void staleRecords() {
        Turn turn;
        const std::uint64_t first = turn.open();
        CPPUNIT_ASSERT(turn.record(first, owner_) == Record::stale); // nobody's turn
        const std::uint64_t serial = turn.begin(owner_);
        CPPUNIT_ASSERT(turn.record(first, owner_) == Record::stale);
        CPPUNIT_ASSERT(turn.record(serial + 1, owner_) == Record::stale);
        CPPUNIT_ASSERT(turn.record(serial, &other_) == Record::stale);
        CPPUNIT_ASSERT(turn.endPromise(serial, owner_) == Record::stale); // no stream
        turn.leave(false);
        turn.settle(Holder::loop);
        const std::uint64_t next = turn.begin(&other_);
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::stale);
        CPPUNIT_ASSERT(turn.record(next, &other_) == Record::mine);
    }

    void endOfTheLoops() {
        Turn turn;
        turn.open();
        CPPUNIT_ASSERT(turn.end() == End::taken);
        CPPUNIT_ASSERT(turn.end() == End::taken);
        CPPUNIT_ASSERT(!turn.ended());
    }

    void endInTheCall() {
        Turn turn;
        const std::uint64_t serial = begun(turn);
        CPPUNIT_ASSERT(turn.end() == End::orphaned);
        CPPUNIT_ASSERT(turn.end() == End::orphaned);
        CPPUNIT_ASSERT(turn.ended() && turn.isOpen());
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::late);
        CPPUNIT_ASSERT(turn.isOpen()); // the call
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::stale);
        const Turn::Left left = turn.leave(false);
        CPPUNIT_ASSERT(left.ended() && !left.open() && !left.recorded());
        CPPUNIT_ASSERT(!turn.isOpen());
    }

    void endAfterTheCall() {
        Turn turn;
        const std::uint64_t serial = pending(turn);
        CPPUNIT_ASSERT(turn.end() == End::orphaned);
        CPPUNIT_ASSERT(turn.isOpen());
        CPPUNIT_ASSERT(turn.record(serial, &other_) == Record::stale);
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::over);
        CPPUNIT_ASSERT(!turn.isOpen());
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::stale);
        // The other order: ended in the call, which returns pending.
        Turn second;
        const std::uint64_t in_call = begun(second);
        CPPUNIT_ASSERT(second.end() == End::orphaned);
        const Turn::Left left = second.leave(true);
        CPPUNIT_ASSERT(left.ended() && left.open());
        CPPUNIT_ASSERT(second.record(in_call, owner_) == Record::over);
    }

    void endAfterARecord() {
        Turn turn;
        const std::uint64_t serial = pending(turn);
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::mine);
        CPPUNIT_ASSERT(turn.end() == End::recorded); // is being made
        CPPUNIT_ASSERT(turn.publish());
        CPPUNIT_ASSERT(turn.end() == End::recorded);
        CPPUNIT_ASSERT(turn.end(true) == End::recorded);
        CPPUNIT_ASSERT(!turn.ended());
    }

    void abandonedPromise() {
        Turn turn;
        const std::uint64_t serial = pending(turn);
        CPPUNIT_ASSERT(turn.end() == End::orphaned);
        CPPUNIT_ASSERT(turn.abandonPromise());
        CPPUNIT_ASSERT(!turn.isOpen());
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::stale);
        Turn in_call;
        begun(in_call);
        CPPUNIT_ASSERT(in_call.end() == End::orphaned);
        CPPUNIT_ASSERT(!in_call.abandonPromise());
        CPPUNIT_ASSERT(!in_call.leave(true).open());
    }

    void claimedCommit() {
        Turn turn;
        const std::uint64_t serial = pending(turn);
        CPPUNIT_ASSERT(!turn.claim(serial - 1) && !turn.claim(serial + 1));
        CPPUNIT_ASSERT(turn.claim(serial));
        CPPUNIT_ASSERT(turn.claim(serial)); // as often as it likes
        CPPUNIT_ASSERT(turn.claimed());
        CPPUNIT_ASSERT(turn.end() == End::committed);
        CPPUNIT_ASSERT(!turn.ended());
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::mine);
        CPPUNIT_ASSERT(turn.publish());
        Turn cut;
        const std::uint64_t other = pending(cut);
        CPPUNIT_ASSERT(cut.claim(other));
        CPPUNIT_ASSERT(cut.end(true) == End::orphaned);
        CPPUNIT_ASSERT(cut.record(other, owner_) == Record::over);
    }

    void claimComesTooLate() {
        Turn ended;
        const std::uint64_t first = pending(ended);
        CPPUNIT_ASSERT(ended.end() == End::orphaned);
        CPPUNIT_ASSERT(!ended.claim(first));
        Turn recorded;
        const std::uint64_t second = pending(recorded);
        CPPUNIT_ASSERT(recorded.record(second, owner_) == Record::mine);
        CPPUNIT_ASSERT(!recorded.claim(second));
        recorded.publish();
        CPPUNIT_ASSERT(!recorded.claim(second));
        Turn dropped;
        const std::uint64_t third = begun(dropped);
        dropped.leave(false);
        CPPUNIT_ASSERT(!dropped.claim(third));
        Turn nobodys;
        CPPUNIT_ASSERT(!nobodys.claim(nobodys.open()));
    }

    void claimStaysWithTheRequest() {
        Turn turn;
        const std::uint64_t serial = begun(turn);
        CPPUNIT_ASSERT(turn.claim(serial));
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::mine);
        turn.publish();
        turn.leave(false);
        turn.settle(Holder::loop);
        CPPUNIT_ASSERT(turn.claimed());
        CPPUNIT_ASSERT(turn.start(turn.queue()));
        CPPUNIT_ASSERT(turn.claimed());
        turn.begin(&other_);
        CPPUNIT_ASSERT(turn.end() == End::committed);
        turn.leave(false);
        turn.settle(Holder::loop);
        turn.close();
        CPPUNIT_ASSERT(!turn.claimed());
        turn.open();
        CPPUNIT_ASSERT(!turn.claimed());
    }

    void queuedAndStarted() {
        Turn turn;
        turn.open();
        const std::uint64_t serial = turn.queue();
        CPPUNIT_ASSERT(turn.holder() == Holder::queued && !turn.isOpen());
        CPPUNIT_ASSERT(turn.belongs(serial));
        CPPUNIT_ASSERT(!turn.start(serial - 1));
        CPPUNIT_ASSERT(turn.start(serial));
        CPPUNIT_ASSERT(turn.holder() == Holder::worker);
        CPPUNIT_ASSERT(!turn.start(serial)); // once
        CPPUNIT_ASSERT(!turn.giveBack());
        CPPUNIT_ASSERT(turn.holder() == Holder::loop);
        CPPUNIT_ASSERT(!turn.start(serial));
    }

    void queuedAndRefused() {
        Turn turn;
        turn.open();
        const std::uint64_t serial = turn.queue();
        turn.unqueue();
        CPPUNIT_ASSERT(turn.holder() == Holder::loop);
        CPPUNIT_ASSERT(!turn.start(serial));
    }

    void endWhileQueued() {
        Turn turn;
        turn.open();
        const std::uint64_t serial = turn.queue();
        CPPUNIT_ASSERT(turn.end() == End::taken);
        CPPUNIT_ASSERT(turn.holder() == Holder::loop);
        CPPUNIT_ASSERT(!turn.start(serial));
        turn.close();
        turn.open();
        CPPUNIT_ASSERT(!turn.start(serial));
    }

    void endOnAWorker() {
        Turn turn;
        turn.open();
        CPPUNIT_ASSERT(turn.start(turn.queue()));
        CPPUNIT_ASSERT(!turn.isWanted());
        CPPUNIT_ASSERT(turn.end() == End::requested);
        CPPUNIT_ASSERT(turn.end() == End::requested);
        CPPUNIT_ASSERT(turn.isWanted());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, turn.begin(owner_));
        CPPUNIT_ASSERT(turn.holder() == Holder::worker);
        CPPUNIT_ASSERT(turn.giveBack());
        CPPUNIT_ASSERT(!turn.isWanted());
        CPPUNIT_ASSERT(turn.end() == End::taken);
    }

    void beginsOnAWorker() {
        Turn turn;
        turn.open();
        CPPUNIT_ASSERT(turn.start(turn.queue()));
        const std::uint64_t serial = turn.begin(owner_);
        CPPUNIT_ASSERT(serial != 0 && turn.holder() == Holder::plugin);
        CPPUNIT_ASSERT(!turn.isWanted());
        turn.leave(false);
        turn.settle(Holder::worker);
        CPPUNIT_ASSERT(turn.holder() == Holder::worker && !turn.isOpen());
        CPPUNIT_ASSERT(turn.begin(&other_) == serial + 1);
        CPPUNIT_ASSERT(turn.end() == End::orphaned);
        CPPUNIT_ASSERT(turn.leave(true).ended());
    }

    void streamPromise() {
        Turn turn;
        const std::uint64_t serial = begun(turn);
        CPPUNIT_ASSERT(!turn.isStreaming(serial, owner_));
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::mine);
        CPPUNIT_ASSERT(!turn.publish(true));
        CPPUNIT_ASSERT(turn.isStreaming(serial, owner_) && !turn.isStreaming(serial, &other_));
        CPPUNIT_ASSERT(!turn.isRecorded());
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::second);
        const Turn::Left left = turn.leave(true);
        CPPUNIT_ASSERT(left.stream() && left.open() && !left.recorded());
        CPPUNIT_ASSERT(turn.endPromise(serial, &other_) == Record::stale);
        CPPUNIT_ASSERT(turn.endPromise(serial, owner_) == Record::over);
        CPPUNIT_ASSERT(!turn.isOpen() && !turn.isStreaming(serial, owner_));
        CPPUNIT_ASSERT(turn.endPromise(serial, owner_) == Record::stale);
        // begun after the call, ended in it
        Turn later;
        const std::uint64_t second = pending(later);
        CPPUNIT_ASSERT(later.record(second, owner_) == Record::mine);
        CPPUNIT_ASSERT(later.publish(true));
        CPPUNIT_ASSERT(later.endPromise(second, owner_) == Record::over);
        Turn in_call;
        const std::uint64_t third = begun(in_call);
        CPPUNIT_ASSERT(in_call.record(third, owner_) == Record::mine);
        in_call.publish(true);
        CPPUNIT_ASSERT(in_call.endPromise(third, owner_) == Record::late);
        CPPUNIT_ASSERT(in_call.isOpen());
        const Turn::Left after = in_call.leave(false);
        CPPUNIT_ASSERT(after.stream() && !after.open());
    }

    void endOfAStream() {
        Turn turn;
        const std::uint64_t serial = pending(turn);
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::mine);
        turn.publish(true);
        CPPUNIT_ASSERT(turn.end() == End::orphaned);
        CPPUNIT_ASSERT(turn.isOpen());
        CPPUNIT_ASSERT(turn.endPromise(serial, owner_) == Record::over);
        CPPUNIT_ASSERT(!turn.isOpen());
    }

    void abandonedStream() {
        Turn turn;
        const std::uint64_t serial = pending(turn);
        CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::mine);
        turn.publish(true);
        CPPUNIT_ASSERT(turn.end() == End::orphaned);
        CPPUNIT_ASSERT(turn.abandonPromise());
        CPPUNIT_ASSERT(turn.endPromise(serial, owner_) == Record::stale);
    }

    void publishRacesLeave() {
        Turn turn;
        std::uint64_t serial = 0;
        bool published = false;
        Turn::Left left;
        race([&] { serial = begun(turn); }, [&] { left = turn.leave(true); },
             [&] {
                 CPPUNIT_ASSERT(turn.record(serial, owner_) == Record::mine);
                 published = turn.publish();
             },
             [&] {
                 CPPUNIT_ASSERT(published != !left.open()); // exactly one of them completes it
                 CPPUNIT_ASSERT(turn.isRecorded() && !turn.isOpen());
                 turn.settle(Holder::loop);
                 turn.close();
             });
    }

    void recordRacesEnd() {
        Turn turn;
        std::uint64_t serial = 0;
        Record record{};
        End end{};
        race([&] { serial = pending(turn); }, [&] { end = turn.end(); },
             [&] {
                 record = turn.record(serial, owner_);
                 if (record == Record::mine) CPPUNIT_ASSERT(turn.publish());
             },
             [&] {
                 CPPUNIT_ASSERT(record == Record::mine ? end == End::recorded : record == Record::over);
                 CPPUNIT_ASSERT((end == End::orphaned) == (record == Record::over));
                 CPPUNIT_ASSERT(!turn.isOpen());
                 turn.settle(Holder::loop);
                 turn.close();
             });
    }

    void startRacesEnd() {
        Turn turn;
        std::uint64_t serial = 0;
        bool started = false;
        bool wanted = false;
        End end{};
        race(
            [&] {
                turn.open();
                serial = turn.queue();
            },
            [&] { end = turn.end(); },
            [&] {
                started = turn.start(serial);
                wanted = started && turn.giveBack();
            },
            [&] {
                // Taken before it started, or after it was given back; else it heard of it.
                CPPUNIT_ASSERT(started || end == End::taken);
                CPPUNIT_ASSERT(wanted == (end == End::requested));
                CPPUNIT_ASSERT(turn.holder() == Holder::loop);
                turn.close();
            });
    }

    void claimRacesEnd() {
        Turn turn;
        std::uint64_t serial = 0;
        bool claimed = false;
        End end{};
        race([&] { serial = pending(turn); }, [&] { end = turn.end(); }, [&] { claimed = turn.claim(serial); },
             [&] {
                 CPPUNIT_ASSERT(end == (claimed ? End::committed : End::orphaned));
                 CPPUNIT_ASSERT(turn.record(serial, owner_) == (claimed ? Record::mine : Record::over));
                 if (claimed) turn.publish();
                 turn.settle(Holder::loop);
                 turn.close();
             });
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TurnTest);

} // namespace mortise::http
