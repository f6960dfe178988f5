// SPDX-License-Identifier: Apache-2.0
// A LoopServer in a thread with a small handler, and a client on a real socket. For the tests of this folder.
#pragma once

#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "base/unique_fd.hpp"
#include "http/exchange.hpp"
#include "http/handler.hpp"
#include "http/listener.hpp"
#include "http/loop_server.hpp"
#include "http/shared_state.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <condition_variable>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace mortise::http {

constexpr int patience_ms = 5000;

// Fails the test when `ready` does not become true in time.
inline void eventually(const std::string& what, const std::function<bool()>& ready) {
    const std::uint64_t end = base::monotonicNs() + patience_ms * 1'000'000ULL;
    while (!ready()) {
        CPPUNIT_ASSERT_MESSAGE("never: " + what, base::monotonicNs() < end);
        ::poll(nullptr, 0, 1);
    }
}

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

// What it does is told by the path; see onHead.
class TestHandler final : public Handler {
public:
    struct Slot final : Attachment {};

    std::unique_ptr<Attachment> makeAttachment() override {
        ++attachments;
        return std::make_unique<Slot>();
    }

    void onHead(Exchange& exchange) noexcept override {
        const std::string_view path = exchange.path();
        if (path == "/echo") {
            CPPUNIT_ASSERT(exchange.readBody());
            CPPUNIT_ASSERT(!exchange.readBody());
        } else if (path == "/small") {
            exchange.readBody(4);
        } else if (path == "/pieces" || path == "/pause" || path == "/refuse") {
            pieces.clear();
            CPPUNIT_ASSERT(exchange.readBodyInPieces(2'000'000));
            CPPUNIT_ASSERT(!exchange.readBodyInPieces(1));
        } else if (path == "/wait") {
            const std::lock_guard lock(mutex_);
            waiting_.push_back(exchange.id());
        } else if (path == "/early") {
            reply(exchange, 401, "no");
        } else if (path == "/close") {
            exchange.closeAfter();
            reply(exchange, 200, "bye");
        } else if (path == "/none") {
            reply(exchange, 204, "");
        } else if (path == "/large") {
            CPPUNIT_ASSERT(exchange.claim(exchange.id()));
            exchange.respond(ReplyHead{200, "text/plain", {}}, std::string(3'000'000, 'L'));
        } else if (path == "/file") {
            CPPUNIT_ASSERT(exchange.claim(exchange.id()));
            exchange.respond(ReplyHead{200, "text/plain", {}}, FileRange{file.take(), file_offset, file_left});
        } else if (path == "/stream" || path == "/abort") {
            CPPUNIT_ASSERT(exchange.claim(exchange.id()));
            CPPUNIT_ASSERT(exchange.beginStream(ReplyHead{200, "text/plain", {}}));
            CPPUNIT_ASSERT(!exchange.respond(ReplyHead{}, "second"));
            CPPUNIT_ASSERT(exchange.write("one").has_value());
            CPPUNIT_ASSERT(exchange.write("").has_value());
            CPPUNIT_ASSERT(exchange.write("two").has_value());
            CPPUNIT_ASSERT(path == "/stream" ? exchange.endStream() : exchange.abortStream());
        } else if (path == "/flood") {
            CPPUNIT_ASSERT(exchange.claim(exchange.id()));
            exchange.beginStream(ReplyHead{200, {}, {}});
            flood(exchange);
        } else if (path == "/info") {
            const std::string text = std::string(exchange.clientText()) + " " + std::string(exchange.scheme()) + " " +
                                     std::string(exchange.host()) + " " + std::string(exchange.requestId()) + " " +
                                     exchange.peer().text();
            reply(exchange, 200, text);
        } else if (path == "/fields") {
            CPPUNIT_ASSERT(!exchange.appendReplyField("X-Bad", "a\r\nInjected: 1"));
            CPPUNIT_ASSERT(!exchange.appendReplyField("Content-Length", "1"));
            CPPUNIT_ASSERT(!exchange.appendReplyField("connection", "close"));
            CPPUNIT_ASSERT(exchange.appendReplyField("X-Good", "yes"));
            CPPUNIT_ASSERT(exchange.claim(exchange.id()));
            CPPUNIT_ASSERT(!exchange.respond(ReplyHead{99, "text/plain", {}}, ""));
            CPPUNIT_ASSERT(!exchange.respond(ReplyHead{1000, "text/plain", {}}, ""));
            CPPUNIT_ASSERT(exchange.respond(ReplyHead{299, "text/plain", "X-Constant: 1\r\n"}, ""));
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
        const std::lock_guard lock(mutex_);
        waiting_.push_back(exchange.id());
    }

    void onBody(Exchange& exchange) noexcept override {
        reply(exchange, 200, "body " + (pieces.empty() ? std::string(exchange.body()) : std::exchange(pieces, {})));
    }

    void onMalformed(Exchange& exchange, const Fault& fault) noexcept override {
        CPPUNIT_ASSERT(!exchange.readBody());
        if (fault.status == 503) exchange.appendReplyField("Retry-After", "1");
        reply(exchange, fault.status, fault.code);
    }

    void onCancelled(Exchange& exchange) noexcept override {
        const std::lock_guard lock(mutex_);
        ++cancelled;
        cancelled_target = std::string(exchange.target());
    }

    void onWritable(Exchange& exchange) noexcept override {
        ++writable;
        flood(exchange);
    }

    void onFinished(Exchange& exchange, const Outcome& outcome) noexcept override {
        const std::lock_guard lock(mutex_);
        ++finished;
        last = outcome;
        last_target = std::string(exchange.target());
        last_method = std::string(exchange.methodText());
    }

    std::vector<ExchangeId> waiting() {
        const std::lock_guard lock(mutex_);
        return waiting_;
    }
    Outcome lastOutcome() {
        const std::lock_guard lock(mutex_);
        return last;
    }
    std::string lastTarget() {
        const std::lock_guard lock(mutex_);
        return last_target;
    }

    static void reply(Exchange& exchange, int status, std::string_view body) {
        CPPUNIT_ASSERT(exchange.claim(exchange.id()));
        CPPUNIT_ASSERT(!exchange.claim(exchange.id()));
        CPPUNIT_ASSERT(exchange.respond(ReplyHead{status, "text/plain", {}}, body));
    }

    std::string pieces; // the loop's: of the last body that was read so
    std::atomic<int> attachments{0};
    std::atomic<int> cancelled{0};
    std::atomic<int> finished{0};
    std::atomic<int> writable{0};
    std::atomic<std::size_t> flooded{0};
    std::string cancelled_target; // under mutex_
    std::string last_method;      // under mutex_

    static constexpr std::size_t flood_bytes = 8'000'000;

private:
    void flood(Exchange& exchange) {
        const std::string piece(10'000, 'f');
        while (flooded < flood_bytes) {
            if (!exchange.write(piece)) return;
            flooded += piece.size();
        }
        exchange.endStream();
    }

    std::mutex mutex_;
    std::vector<ExchangeId> waiting_;
    Outcome last;
    std::string last_target;

public:
    // Of "/file"; set between requests.
    TestFile file;
    std::uint64_t file_offset = 0, file_left = 0;
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
        : server(loop, shared, handler, log, std::move(settings)) {
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
    // Answers an exchange of "/wait".
    void release(ExchangeId id, const std::string& body) {
        onLoop([&] {
            Exchange* const exchange = shared.find(id);
            CPPUNIT_ASSERT(exchange != nullptr);
            CPPUNIT_ASSERT(exchange->claim(id));
            CPPUNIT_ASSERT(exchange->respond(ReplyHead{200, "text/plain", {}}, body));
        });
    }
    ExchangeId waitFor(std::size_t count) {
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

class Client {
public:
    explicit Client(const Listener& listener) {
        if (listener.isLocal()) {
            fd_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
            sockaddr_un address{};
            address.sun_family = AF_UNIX;
            const std::string path = listener.text().substr(5);
            std::memcpy(address.sun_path, path.data(), path.size());
            CPPUNIT_ASSERT_EQUAL(0, ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
            return;
        }
        fd_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(listener.port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        CPPUNIT_ASSERT_EQUAL(0, ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
    }
    explicit Client(const TestServer& server) : Client(*server.listener) {}

    int fd() const { return fd_.get(); }
    Client& send(std::string_view data) {
        while (!data.empty()) {
            const ssize_t sent = ::send(fd_.get(), data.data(), data.size(), MSG_NOSIGNAL);
            CPPUNIT_ASSERT_MESSAGE(std::strerror(errno), sent > 0);
            data.remove_prefix(static_cast<std::size_t>(sent));
        }
        return *this;
    }
    // Like send, but a peer that has closed is fine.
    void trySend(std::string_view data) {
        static_cast<void>(!::send(fd_.get(), data.data(), data.size(), MSG_NOSIGNAL));
    }
    Client& get(const std::string& target, const std::string& fields = {}) {
        return send("GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    }
    void shutdownWrite() { ::shutdown(fd_.get(), SHUT_WR); }
    void close() { fd_.reset(); }
    void reset() {
        const linger at_once{1, 0};
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        fd_.reset();
    }

    // One answer, by its own framing. `head_only` for answers to HEAD.
    std::string answer(bool head_only = false) {
        while (buffer_.find("\r\n\r\n") == std::string::npos) CPPUNIT_ASSERT_MESSAGE("no answer: " + buffer_, more());
        const std::size_t head = buffer_.find("\r\n\r\n") + 4;
        std::size_t size = head;
        const std::size_t length = buffer_.substr(0, head).find("Content-Length: ");
        if (!head_only && length != std::string::npos) size += std::stoul(buffer_.substr(length + 16));
        if (!head_only && buffer_.substr(0, head).find("Transfer-Encoding: chunked") != std::string::npos) {
            while (buffer_.find("0\r\n\r\n", head) == std::string::npos) CPPUNIT_ASSERT(more());
            size = buffer_.find("0\r\n\r\n", head) + 5;
        }
        while (buffer_.size() < size) CPPUNIT_ASSERT(more());
        std::string result = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return result;
    }
    std::string body(bool head_only = false) {
        const std::string text = answer(head_only);
        return text.substr(text.find("\r\n\r\n") + 4);
    }
    int status() { return std::stoi(answer().substr(9, 3)); }
    // Everything until the server's FIN. A reset, or no FIN in time, fails.
    std::string untilClosed() {
        while (more()) {
        }
        return std::exchange(buffer_, {});
    }
    bool more() {
        pollfd poll{fd_.get(), POLLIN, 0};
        CPPUNIT_ASSERT_MESSAGE("the server is silent after: " + buffer_.substr(0, 200),
                               ::poll(&poll, 1, patience_ms) == 1);
        char data[65536];
        const ssize_t size = ::recv(fd_.get(), data, sizeof data, 0);
        CPPUNIT_ASSERT_MESSAGE(std::string("receive: ") + std::strerror(errno), size >= 0);
        buffer_.append(data, static_cast<std::size_t>(size));
        return size > 0;
    }
    bool wasReset() {
        pollfd poll{fd_.get(), POLLIN, 0};
        CPPUNIT_ASSERT(::poll(&poll, 1, patience_ms) == 1);
        char data[65536];
        ssize_t size = 0;
        while ((size = ::recv(fd_.get(), data, sizeof data, 0)) > 0) {
        }
        return size < 0 && errno == ECONNRESET;
    }

private:
    base::UniqueFd fd_;
    std::string buffer_;
};

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace mortise::http
