// SPDX-License-Identifier: Apache-2.0
// Who has the turn x what ends the request: what the client reads, what the plugin is told, what is given back and
// when.
#include "dispatch_fixture.hpp"
#include "turn_cells.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <sstream>
#include <thread>

namespace mortise::dispatch {

namespace {

using namespace tests;

bool isFilter(Who who) {
    return who <= Who::handleFilter;
}
bool respondsNow(Who who) {
    return who == Who::respondFilter || who == Who::respondStream || who == Who::respondWorker;
}
// It has no other function than on_respond.
bool onlyResponds(Who who) {
    return who == Who::respondWorker || who == Who::respondQueued;
}
bool hasHandle(Who who) {
    return isFilter(who) || respondsNow(who) || who == Who::authenticatorPending || who == Who::authenticatorCall ||
           who == Who::handlerCall || who == Who::handlerPending || who == Who::streamCall ||
           who == Who::streamPending || who == Who::orphan;
}

const std::string big(20'000, 'b');

// One cell, played.
class Play {
public:
    explicit Play(const Cell& cell) : cell_(cell), f_(makeFixture()) {}
    ~Play() {
        gate_.open();
        if (worker_.joinable()) worker_.join();
    }

    void run() {
        hold();
        check("before: watch had on_finish", f_->watch->finished.size(), cell_.who == Who::orphan ? 1 : 0);
        if (cell_.who != Who::orphan) check("before: lease free", f_->isIdle(), false);
        end();
        check("now", clientHas(), cell_.now);
        check("on_finish", finishedOf(*f_->watch), cell_.finished);
        check("lease free", f_->isIdle(), cell_.free);
        if ((isFilter(cell_.who) || respondsNow(cell_.who)) && cell_.call == MORTISE_STALE) {
            check("own on_respond", f_->turn->responds.size(), isFilter(cell_.who) ? 0 : 1);
            check("own on_finish before its turn is over", f_->turn->finished.size(), 0);
        }
        letGo();
        check("call", call_, cell_.call);
        check("in the end", clientHas(), cell_.status);
        check("on_finish in the end", finishedOf(*f_->watch), cell_.last);
        // With the loop, the word that its turn is over gets lost.
        const bool silent = cell_.ender == Ender::quarantine || onlyResponds(cell_.who) ||
                            (cell_.ender == Ender::shutdown && (isFilter(cell_.who) || respondsNow(cell_.who)));
        check("own on_finish in the end", finishedOf(*f_->turn), silent ? no : cell_.last);
        if (cell_.ender == Ender::shutdown) f_->dispatcher.reset(); // with whatever is open
        // Nothing of a plugin in quarantine is called.
        check("released", f_->app.released.load(), cell_.ender == Ender::quarantine ? 0 : replies_);
        check("freed transformers", freed_.load(), cell_.who == Who::transformer ? 1 : 0);
        if (cell_.ender == Ender::shutdown) return;
        check("open", f_->dispatcher->open(), 0);
        check("idle", f_->isIdle(), true);
        check("bodies", f_->bodies.used(), 0);
        f_->reload();
        check("leases", f_->lease.expired(), true);
        if (handle_ != 0) check("a handle of before", f_->app.reply(handle_), MORTISE_STALE);
    }

private:
    static std::unique_ptr<DispatchFixture> makeFixture() { return std::make_unique<DispatchFixture>(); }
    template<class A, class B>
    void check(const char* what, A is, B should) {
        std::ostringstream text;
        text << whoNames[static_cast<int>(cell_.who)] << " x " << enderNames[static_cast<int>(cell_.ender)] << ": "
             << what << " is " << is << ", should be " << should;
        CPPUNIT_ASSERT_MESSAGE(text.str(), static_cast<long>(is) == static_cast<long>(should));
    }
    int finishedOf(const tests::FilterScript& script) const {
        check("calls of on_finish at most 1", script.finished.size() > 1, false);
        return script.finished.empty() ? no : static_cast<int>(script.finished.front());
    }
    template<class A, class B>
    void check(const char* what, A is, B should) const {
        const_cast<Play*>(this)->check(what, is, should);
    }
    int clientHas() const { return f_->client->sent().cut ? cut : f_->client->sent().status; }

    void take(mortise_exchange handle, const mortise_request& request) {
        handle_ = handle;
        request_ = &request;
        views_ = tests::readViews(request);
    }
    mortise_status reply() {
        ++replies_;
        return f_->app.reply(handle_);
    }

    // Brings the request to whoever has the turn.
    void hold() {
        DispatchFixture& f = *f_;
        const auto pending = [this](mortise_exchange handle, const mortise_request& request) {
            take(handle, request);
            return MORTISE_PENDING;
        };
        if (isFilter(cell_.who)) {
            f.turn->acts = 1u << static_cast<unsigned>(cell_.who);
            f.turn->act = pending;
            f.serve();
            f.get("/loop?q=1");
            return;
        }
        switch (cell_.who) {
        case Who::queued:
            f.app.handler = [this](mortise_exchange handle, const mortise_request& request) {
                take(handle, request);
                reply();
                return MORTISE_REPLIED;
            };
            f.serve();
            f.get("/worker");
            return;
        case Who::givenBack:
            f.app.authenticatorPlacement = MORTISE_PLACEMENT_WORKER;
            f.app.handler = [this](mortise_exchange handle, const mortise_request&) {
                ++replies_;
                f_->app.reply(handle);
                return MORTISE_REPLIED;
            };
            f.serve();
            f.get("/private");
            f.environment.runTask();
            return;
        case Who::givenBackResponse:
            ++replies_;
            f.serve();
            f.get("/worker");
            f.environment.runTask();
            return;
        case Who::authenticatorCall:
            f.app.authenticatorPlacement = MORTISE_PLACEMENT_WORKER;
            f.app.authenticate = [this](mortise_exchange handle, const mortise_request& request) {
                take(handle, request);
                gate_.pass();
                check("views", tests::readViews(request) == views_, true);
                call_ = f_->app.reject(handle);
                return MORTISE_OK;
            };
            f.serve();
            f.get("/private");
            return enter();
        case Who::authenticatorPending:
            f.app.authenticate = pending;
            f.serve();
            f.get("/private");
            return;
        case Who::respondFilter:
        case Who::respondStream:
        case Who::respondWorker:
        case Who::respondQueued:
            return holdResponse();
        case Who::handlerCall:
            f.app.handler = [this](mortise_exchange handle, const mortise_request& request) {
                take(handle, request);
                gate_.pass();
                check("views", tests::readViews(request) == views_, true);
                call_ = reply();
                return MORTISE_REPLIED;
            };
            f.serve();
            f.get("/worker");
            return enter();
        case Who::handlerPending:
        case Who::orphan:
            f.app.handler = pending;
            f.serve();
            f.get("/loop");
            if (cell_.who == Who::orphan) f.environment.advance(1200);
            return;
        case Who::streamCall:
            f.app.handler = [this](mortise_exchange handle, const mortise_request& request) {
                take(handle, request);
                f_->app.beginStream(handle);
                f_->app.write(handle, "one");
                gate_.pass();
                check("views", tests::readViews(request) == views_, true);
                call_ = f_->app.write(handle, "two");
                endCall_ = f_->app.endStream(handle);
                return MORTISE_REPLIED;
            };
            f.serve();
            f.get("/worker");
            enter();
            f.environment.runPosted();
            return;
        case Who::streamPending:
            f.app.handler = [this](mortise_exchange handle, const mortise_request& request) {
                take(handle, request);
                f_->app.beginStream(handle);
                f_->app.write(handle, "one");
                return MORTISE_PENDING;
            };
            f.serve();
            f.get("/loop");
            f.environment.runPosted();
            return;
        case Who::transformer:
            f.watch->onRespond = [this](mortise_response& response) {
                if (response.may_transform == 0) return;
                mortise_transformer made{};
                made.struct_size = sizeof made;
                made.context = this;
                made.chunk = [](void*, mortise_view, std::uint32_t, std::uint32_t, mortise_emit emit, void* sink) {
                    emit(sink, host::view("less"));
                    return MORTISE_OK;
                };
                made.release = [](void* self) { ++static_cast<Play*>(self)->freed_; };
                response.transform(response.context, &made);
            };
            f.app.handler = [this](mortise_exchange handle, const mortise_request&) {
                ++replies_;
                f_->app.reply(handle, 209, big);
                return MORTISE_REPLIED;
            };
            f.serve();
            f.get("/loop");
            return;
        case Who::upload:
        case Who::pieces: {
            f.serve();
            body_ = "--B\r\nContent-Disposition: form-data; name=f; filename=\"a\"\r\n\r\n" +
                    std::string(100'000, 'x') + "\r\n--B--\r\n";
            f.connect().post("/upload", body_.size(), "Content-Type: multipart/form-data; boundary=B\r\n");
            sent_ = cell_.who == Who::pieces ? 1000 : 90'000;
            f.client->piece(std::string_view(body_).substr(0, sent_));
            check("batches", f.environment.uploads(), cell_.who == Who::pieces ? 0 : 1);
            replies_ = 0;
            return;
        }
        case Who::wholeBody:
            f.serve();
            f.connect().post("/body", 10);
            f.client->piece("01234");
            return;
        case Who::sending:
            f.app.handler = [this](mortise_exchange handle, const mortise_request&) {
                f_->client->fill();
                f_->app.beginStream(handle);
                f_->app.write(handle, "one");
                f_->app.endStream(handle);
                return MORTISE_REPLIED;
            };
            f.serve();
            f.get("/loop");
            f.environment.runPosted();
            return;
        default:
            CPPUNIT_FAIL("who?");
        }
    }
    void holdResponse() {
        DispatchFixture& f = *f_;
        f.turn->flags = mayAll | MORTISE_FILTER_MAY_WAIT_RESPOND;
        if (onlyResponds(cell_.who)) {
            f.turn->phases = MORTISE_PHASE_RESPOND;
            f.turn->placement = MORTISE_PLACEMENT_WORKER;
        }
        f.turn->respond = [this](mortise_exchange handle, mortise_response& response) {
            if (cell_.who == Who::respondQueued) return MORTISE_OK;
            check("may wait", response.may_wait, 1);
            take(handle, *f_->turn->request);
            if (cell_.who != Who::respondWorker) return MORTISE_PENDING;
            const std::string body(host::text(response.body));
            gate_.pass();
            check("views", tests::readViews(*request_) == views_, true);
            check("body", body == host::text(response.body), true);
            response.add_field(response.context, host::view("X-Late"), host::view("1"));
            call_ = f_->app.resume(handle_);
            return MORTISE_PENDING;
        };
        f.app.handler = [this](mortise_exchange handle, const mortise_request&) {
            if (cell_.who == Who::respondStream) {
                stream_ = handle;
                f_->app.beginStream(handle);
                f_->app.write(handle, "one");
                return MORTISE_PENDING;
            }
            ++replies_;
            f_->app.reply(handle);
            return MORTISE_REPLIED;
        };
        f.serve();
        f.get("/loop");
        f.environment.runPosted();
        if (cell_.who == Who::respondWorker) enter();
    }
    // A worker takes it, up to the gate.
    void enter() {
        worker_ = f_->environment.startTask();
        gate_.awaitInside();
    }

    void end() {
        DispatchFixture& f = *f_;
        switch (cell_.ender) {
        case Ender::answer:
            letGo();
            call_ = cell_.who == Who::orphan ? call_ : noCall;
            return;
        case Ender::lost:
            f.client->lose();
            return;
        case Ender::deadline:
            f.environment.advance(1200);
            return;
        case Ender::committedReload:
            check("claim", f.app.beginCommit(handle_), MORTISE_OK);
            [[fallthrough]];
        case Ender::reload:
            f.reload();
            f.dispatcher->endRequests(*f.first, false);
            return;
        case Ender::committedStop:
            check("claim", f.app.beginCommit(handle_), MORTISE_OK);
            [[fallthrough]];
        case Ender::stop:
            f.close();
            f.dispatcher->endRequests(*f.first, false);
            f.dispatcher->endRequests(*f.first, true);
            return;
        case Ender::quarantine:
            f.quarantine("app");
            f.environment.runPosted();
            return;
        case Ender::shutdown:
            f.environment.end();
            f.client->lose();
            return;
        }
    }

    // Whoever is still at it does what it does.
    void letGo() {
        if (std::exchange(letGo_, true)) return;
        DispatchFixture& f = *f_;
        if (worker_.joinable()) {
            gate_.open();
            worker_.join();
            if (cell_.who == Who::streamCall) check("end_stream", endCall_, MORTISE_OK);
        } else if (cell_.who == Who::streamPending) {
            check("views", tests::readViews(*request_) == views_, true);
            call_ = f.app.write(handle_, "two");
            check("end_stream", f.app.endStream(handle_), MORTISE_OK);
        } else if (hasHandle(cell_.who)) {
            check("views", tests::readViews(*request_) == views_, true);
            const bool ended = cell_.now == 503 || cell_.now == cut || cell_.last == 499;
            check("cancelled", f.app.cancelled(handle_), ended);
            call_ = respondsNow(cell_.who)                   ? f.app.resume(handle_)
                    : cell_.who == Who::authenticatorPending ? f.app.reject(handle_)
                                                             : reply();
            if (respondsNow(cell_.who)) {
                f.environment.runPosted();
                check("resumed again", f.app.resume(handle_), MORTISE_STALE);
            }
            if (stream_ != 0) check("end_stream", f.app.endStream(stream_), MORTISE_OK);
        } else if (cell_.who == Who::sending) {
            f.client->drain();
        } else if (cell_.who == Who::upload || cell_.who == Who::pieces) {
            if (f.environment.uploads() != 0) f.environment.startUpload().join();
            f.environment.runPosted();
            if (f.client->wantsBody()) f.client->body(std::string_view(body_).substr(sent_));
            while (f.environment.uploads() != 0) {
                f.environment.startUpload().join();
                f.environment.runPosted();
            }
            replies_ = f.client->sent().status == 209 ? 1 : 0;
        } else if (cell_.who == Who::wholeBody) {
            f.client->body("56789");
            replies_ = f.client->sent().status == 209 ? 1 : 0;
        }
        while (f.environment.tasks() != 0) {
            f.environment.runTask();
            f.environment.runPosted();
        }
        f.environment.runPosted();
    }

    const Cell cell_;
    Gate gate_;
    std::unique_ptr<DispatchFixture> f_;
    std::thread worker_;
    mortise_exchange handle_ = 0;
    mortise_exchange stream_ = 0; // the handler's, while a filter has the response
    const mortise_request* request_ = nullptr;
    std::string views_;
    std::string body_;
    std::size_t sent_ = 0;
    int call_ = noCall;
    int endCall_ = noCall;
    int replies_ = 0; // with bytes to release
    std::atomic<int> freed_{0};
    bool letGo_ = false;
};

} // namespace

class DispatcherTableTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DispatcherTableTest);
    CPPUNIT_TEST(filters);
    CPPUNIT_TEST(everybodyElse);
    CPPUNIT_TEST_SUITE_END();

    // Every cell is played, whatever the others do.
    static void play(const Cell& cell, std::string& failures) {
        try {
            Play(cell).run();
        } catch (const CppUnit::Exception& failure) {
            failures.append(failure.what()).push_back('\n');
        }
    }

public:
    void filters() {
        std::string failures;
        for (int who = 0; who <= static_cast<int>(Who::handleFilter); ++who)
            for (Cell cell : filterCells) {
                cell.who = static_cast<Who>(who);
                play(cell, failures);
            }
        CPPUNIT_ASSERT_MESSAGE(failures, failures.empty());
    }
    void everybodyElse() {
        std::string failures;
        for (const Cell& cell : cells) play(cell, failures);
        CPPUNIT_ASSERT_MESSAGE(failures, failures.empty());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DispatcherTableTest);

} // namespace mortise::dispatch
