// SPDX-License-Identifier: Apache-2.0
// A LoopServer in a thread with a small handler. For the tests of this folder.
#pragma once

#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "http/exchange.hpp"
#include "http/handler.hpp"
#include "http/http1/loop_server.hpp"
#include "http/http1/shared_state.hpp"
#include "tests/unit/http/test_client.hpp"

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/mman.h>

namespace mortise::http::http1 {

class QuietLog final : public base::Log {
public:
    bool enabled(base::Level, std::string_view) const noexcept override { return true; }
    void write(base::Level, std::string_view, std::string_view message,
               std::span<const base::LogField>) noexcept override {
        const std::lock_guard lock(mutex_);
        last_ = std::string(message);
        ++count_;
    }
    std::string last() {
        const std::lock_guard lock(mutex_);
        return last_;
    }
    int count() {
        const std::lock_guard lock(mutex_);
        return count_;
    }

private:
    std::mutex mutex_;
    std::string last_;
    int count_ = 0;
};

// A file in memory whose every byte tells where it stands.
class TestFile {
public:
    TestFile() = default;
    explicit TestFile(std::size_t size) : file_(::memfd_create("test", MFD_CLOEXEC)), bytes_(size, '\0') {
        for (std::size_t i = 0; i < size; ++i) bytes_[i] = static_cast<char>('a' + (i / 251 + i) % 26);
        CPPUNIT_ASSERT_EQUAL(static_cast<ssize_t>(size), ::write(file_.get(), bytes_.data(), size));
    }
    base::UniqueFd take() const { return base::UniqueFd(::dup(file_.get())); }
    const std::string& bytes() const { return bytes_; }

private:
    base::UniqueFd file_;
    std::string bytes_;
};

// What became of an exchange.
struct Outcome {
    int status = 0;          // of the response; 0 when none was made
    std::uint64_t bytes = 0; // of head and body
    bool cut = false;        // the client was gone before, or the response was cut off
};

// What it does depends on the path; see onHead. Its table grows by single slots. Thread: the loop's, but what is atomic
// or says [any].
class TestHandler final : public Handler {
public:
    explicit TestHandler(BodyBudget& budget) : budget_(budget) {}

    struct Slot final : Attachment {
        bool waits = false;    // nobody's but the test's, until release()
        bool finished = false; // but a turn is open
        std::uint64_t bytes = 0;
    };

    Exchange* acquire() noexcept override {
        ++used_;
        if (free_.empty()) {
            const std::lock_guard lock(mutex_);
            free_.push_back(static_cast<std::uint32_t>(slots_.size()));
            slots_.emplace_back().place(loop, free_.back(), budget_, std::make_unique<Slot>());
            ++attachments;
        }
        Exchange& exchange = slots_[free_.back()];
        free_.pop_back();
        CPPUNIT_ASSERT(exchange.stage() == Exchange::Stage::free);
        return &exchange;
    }

    void release(Exchange& exchange) noexcept override {
        CPPUNIT_ASSERT(exchange.stage() == Exchange::Stage::free);
        ++released;
        giveBack(exchange);
    }

    void onHead(Exchange& exchange) noexcept override {
        CPPUNIT_ASSERT(exchange.stage() == Exchange::Stage::open && exchange.isCarried());
        const std::string_view path = exchange.path();
        Response& response = exchange.response();
        response.contentType = "text/plain";
        if (path == "/echo" || path == "/turn") {
            CPPUNIT_ASSERT(exchange.readBody());
            CPPUNIT_ASSERT(!exchange.readBody());
        } else if (path == "/small") {
            exchange.readBody(4);
        } else if (path == "/pieces" || path == "/pause" || path == "/refuse") {
            pieces.clear();
            CPPUNIT_ASSERT(exchange.readBodyInPieces(2'000'000));
            CPPUNIT_ASSERT(!exchange.readBodyInPieces(1));
        } else if (path == "/wait") {
            slotOf(exchange).waits = true;
            wait(exchange.handle());
        } else if (path == "/early") {
            reply(exchange, 401, "no");
        } else if (path == "/early-turn") {
            orphan(exchange);
        } else if (path == "/close") {
            response.closes = true;
            reply(exchange, 200, "bye");
        } else if (path == "/none") {
            reply(exchange, 204, "");
        } else if (path == "/large") {
            reply(exchange, 200, std::string(3'000'000, 'L'));
        } else if (path == "/constant") {
            static const std::string body(100'000, 'C');
            response.body = Response::Body::constant;
            response.constant = body;
            respond(exchange, 200);
        } else if (path == "/borrowed" || path == "/borrowed-none") {
            response.body = Response::Body::borrowed;
            response.borrowed = BorrowedBytes(
                lent, [](void* self) { ++static_cast<TestHandler*>(self)->given_back; }, this, &lent,
                [](const void*) noexcept { return true; });
            respond(exchange, path == "/borrowed" ? 200 : 304);
        } else if (path == "/file") {
            response.body = Response::Body::file;
            response.file = FileRange{file.take(), file_offset, file_left};
            respond(exchange, 200);
        } else if (path == "/unsized") {
            response.sized = false;
            reply(exchange, 200, "of unknown size");
        } else if (path == "/stream" || path == "/abort") {
            begin(exchange);
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, exchange.write("").value());
            write(exchange, "one");
            write(exchange, "two");
            if (path == "/abort") {
                exchange.cut();
                CPPUNIT_ASSERT(!exchange.isCarried());
                finish(exchange, 200, true);
            } else {
                end(exchange);
            }
        } else if (path == "/fails") {
            // No string has room for that: of what was appended before it nothing may be sent.
            const std::string_view impossible("x", ~std::size_t{0} / 2);
            if (exchange.query() == "body") {
                response.status = 200;
                response.constant = impossible;
                response.body = Response::Body::constant;
                CPPUNIT_ASSERT_THROW(exchange.respond(), std::length_error);
            } else if (exchange.query() == "head") {
                response.status = 200;
                response.constantFields = impossible;
                CPPUNIT_ASSERT_THROW(exchange.beginStream(), std::length_error);
            } else {
                begin(exchange);
                CPPUNIT_ASSERT_THROW(exchange.write(impossible), std::length_error);
            }
            CPPUNIT_ASSERT(!exchange.isCarried());
            finish(exchange, 0, true);
        } else if (path == "/cut") {
            exchange.cut();
            finish(exchange, 0, true);
        } else if (path == "/flood") {
            begin(exchange);
            flood(exchange);
        } else if (path == "/info") {
            const std::string text = std::string(exchange.clientText()) + " " + std::string(exchange.scheme()) + " " +
                                     std::string(exchange.host()) + " " + std::string(exchange.requestId()) + " " +
                                     exchange.peer().text();
            reply(exchange, 200, text);
        } else if (path == "/fields") {
            response.fields = "X-Good: yes\r\n";
            response.constantFields = "X-Constant: 1\r\n";
            reply(exchange, 299, "");
        } else {
            reply(exchange, 200, "hello " + std::string(exchange.target()));
        }
    }

    void onBodyPiece(Exchange& exchange, std::string_view piece) noexcept override {
        CPPUNIT_ASSERT(!piece.empty());
        pieces += piece;
        CPPUNIT_ASSERT(exchange.bodyBytes() == pieces.size() && exchange.body().empty());
        if (exchange.path() == "/refuse") return reply(exchange, 400, "enough");
        if (exchange.path() != "/pause") return;
        exchange.pauseBody();
        wait(exchange.handle());
    }

    void onBody(Exchange& exchange) noexcept override {
        if (exchange.path() == "/turn") return orphan(exchange);
        reply(exchange, 200, "body " + (pieces.empty() ? std::string(exchange.body()) : std::exchange(pieces, {})));
    }

    void onMalformed(Exchange& exchange, const Fault& fault) noexcept override {
        CPPUNIT_ASSERT(!exchange.readBody());
        if (fault.status == 503) exchange.response().fields = "Retry-After: 1\r\n";
        reply(exchange, fault.status, std::string(fault.code));
    }

    void onLost(Exchange& exchange) noexcept override {
        CPPUNIT_ASSERT(exchange.isLost() && !exchange.isCarried());
        ++lost;
        if (!slotOf(exchange).waits) finish(exchange, 0, true);
    }

    void onWritable(Exchange& exchange) noexcept override {
        ++writable;
        flood(exchange);
    }

    // [any] The slot that `handle` names, whoever is in it now; null when there is none such.
    Exchange* find(Handle handle) {
        const std::lock_guard lock(mutex_);
        return handle.loop() == loop && handle.slot() < slots_.size() ? &slots_[handle.slot()] : nullptr;
    }
    std::size_t used() const { return used_; } // slots

    std::vector<Handle> waiting() { // [any]
        const std::lock_guard lock(mutex_);
        return waiting_;
    }
    Outcome lastOutcome() { // [any]
        const std::lock_guard lock(mutex_);
        return last_;
    }
    std::string lastTarget() { // [any]
        const std::lock_guard lock(mutex_);
        return last_target_;
    }

    void reply(Exchange& exchange, int status, std::string body) {
        exchange.response().setBytes(std::move(body));
        respond(exchange, status);
    }

    // The late call of the turn that an orphan left.
    void endTurn(Handle handle) {
        Exchange& exchange = *find(handle);
        CPPUNIT_ASSERT(exchange.turn().record(handle.serial(), this) == Turn::Record::over);
        CPPUNIT_ASSERT(!exchange.turn().isOpen());
        if (slotOf(exchange).finished) close(exchange);
    }

    std::uint32_t loop = 0;
    std::string pieces; // of the last body that was read so
    std::atomic<int> attachments{0};
    std::atomic<int> released{0};
    std::atomic<int> lost{0};
    std::atomic<int> finished{0};
    std::atomic<int> writable{0};
    std::atomic<int> given_back{0};
    std::atomic<std::size_t> flooded{0};
    // Set between requests.
    std::string lent; // of "/borrowed"
    TestFile file;    // of "/file"
    std::uint64_t file_offset = 0, file_left = 0;

    static constexpr std::size_t flood_bytes = 8'000'000;

private:
    static Slot& slotOf(Exchange& exchange) { return static_cast<Slot&>(*exchange.attachment()); }

    void wait(Handle handle) {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(handle);
    }

    void respond(Exchange& exchange, int status) {
        exchange.response().status = status;
        const bool carried = exchange.isCarried();
        slotOf(exchange).bytes += exchange.respond();
        finish(exchange, status, !carried);
    }

    void begin(Exchange& exchange) { slotOf(exchange).bytes += exchange.beginStream(); }
    bool write(Exchange& exchange, std::string_view data) {
        const auto bytes = exchange.write(data);
        slotOf(exchange).bytes += bytes.value_or(0);
        return bytes.has_value();
    }
    void end(Exchange& exchange) {
        slotOf(exchange).bytes += exchange.endStream();
        finish(exchange, 200, false);
    }
    void flood(Exchange& exchange) {
        const std::string piece(10'000, 'f');
        while (flooded < flood_bytes) {
            if (!write(exchange, piece)) return;
            flooded += piece.size();
        }
        end(exchange);
    }

    // A plugin's turn that the host takes the request from: the response goes out while it is open.
    void orphan(Exchange& exchange) {
        const std::uint64_t serial = exchange.turn().begin(this);
        CPPUNIT_ASSERT(exchange.keepsViews());
        CPPUNIT_ASSERT(exchange.turn().leave(true).open());
        CPPUNIT_ASSERT(exchange.turn().end() == Turn::End::orphaned);
        const Handle handle = exchange.handle(serial);
        reply(exchange, 503, "late");
        wait(handle);
    }

    void finish(Exchange& exchange, int status, bool cut) {
        Slot& slot = slotOf(exchange);
        slot.waits = false;
        {
            const std::lock_guard lock(mutex_);
            last_ = Outcome{status, std::exchange(slot.bytes, 0), cut};
            last_target_ = std::string(exchange.target()); // views are there until close()
        }
        slot.finished = true;
        if (!exchange.turn().isOpen()) close(exchange);
        ++finished;
    }
    void close(Exchange& exchange) {
        slotOf(exchange).finished = false;
        exchange.close();
        giveBack(exchange);
    }
    void giveBack(Exchange& exchange) {
        free_.push_back(exchange.slot());
        --used_;
    }

    BodyBudget& budget_;
    std::vector<std::uint32_t> free_;
    std::atomic<std::size_t> used_{0};
    std::mutex mutex_;
    std::deque<Exchange> slots_; // grows under mutex_
    std::vector<Handle> waiting_;
    Outcome last_;
    std::string last_target_;
};

inline std::shared_ptr<Settings> testSettings() {
    auto settings = std::make_shared<Settings>();
    settings->limits.body_bytes = 1024 * 1024;
    return settings;
}

class TestServer {
public:
    explicit TestServer(std::shared_ptr<const Settings> settings = testSettings(),
                        const std::string& listen = "127.0.0.1:0")
        : handler(shared.bodies()), server(loop, shared, handler, log, std::move(settings)) {
        handler.loop = server.index();
        std::string why;
        const auto address = ListenAddress::parse(listen, why);
        CPPUNIT_ASSERT_MESSAGE(why, address.has_value());
        listener = std::make_shared<Listener>(Listener::open(*address, ListenOptions{}));
        CPPUNIT_ASSERT(server.addListener(listener));
        thread_ = std::thread([this] { loop.run(); });
    }
    ~TestServer() {
        loop.stop();
        thread_.join();
    }

    // Runs `fn` on the loop and waits for it.
    void onLoop(const std::function<void()>& fn) {
        std::atomic<bool> done{false};
        CPPUNIT_ASSERT(loop.post([&] {
            fn();
            done = true;
        }));
        eventually("the loop runs a task", [&] { return done.load(); });
    }
    // The exchange that `handle` names; fails when it is over.
    Exchange& at(Handle handle) {
        Exchange* const exchange = handler.find(handle);
        CPPUNIT_ASSERT(exchange != nullptr && exchange->belongs(handle));
        return *exchange;
    }
    // Responds to a request of "/wait".
    void release(Handle handle, const std::string& body) {
        onLoop([&] { handler.reply(at(handle), 200, body); });
    }
    Handle waitFor(std::size_t count) {
        eventually("an exchange waits", [&] { return handler.waiting().size() >= count; });
        return handler.waiting()[count - 1];
    }

    QuietLog log;
    base::EventLoop loop;
    SharedState shared;
    TestHandler handler;
    LoopServer server;
    std::shared_ptr<Listener> listener;

private:
    std::thread thread_;
};

class Client : public http::Client {
public:
    using http::Client::Client;
    explicit Client(const TestServer& server) : http::Client(*server.listener) {}
};

} // namespace mortise::http::http1
