// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/http1/parser.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http1 {

struct Message {
    std::string method;
    std::string target;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;
    bool complete = false;
    bool keep_alive = false;

    bool operator==(const Message&) const = default;
};

// What http1::Parser makes of a connection's bytes, as a connection uses it: request after request up to a fault or to
// one that ends the connection. The bytes move between two calls, into memory of exactly their size, so that a
// sanitizer sees every step beyond them.
class Reading {
public:
    explicit Reading(const mortise::http::Limits& limits = {}) : limits_(limits) { begin(); }

    void feed(std::string_view piece) {
        std::vector<char> grown;
        grown.reserve(pending_.size() + piece.size());
        grown.insert(grown.end(), pending_.begin(), pending_.end());
        grown.insert(grown.end(), piece.begin(), piece.end());
        pending_.swap(grown);
        while (!ended() && !pending_.empty() && (in_body_ ? readBody() : readHead())) {
        }
    }

    // Those whose head was accepted; the last may be incomplete.
    const std::vector<Message>& messages() const { return messages_; }
    const mortise::http::Fault* fault() const { return fault_; }
    // Nothing is read any more: a fault, or a request that was the connection's last.
    bool ended() const {
        return fault_ != nullptr || (!in_body_ && !messages_.empty() && !messages_.back().keep_alive);
    }
    std::size_t pendingBytes() const { return pending_.size(); }

    // Same outcome; `said` names the first difference.
    bool sameAs(const Reading& other, std::string& said) const {
        if (fault_ != other.fault_) {
            said = std::string("fault: ") + code() + " or " + other.code();
        } else if (messages_ != other.messages_) {
            said = "messages: " + std::to_string(messages_.size()) + " and " + std::to_string(other.messages_.size());
        } else if (fault_ == nullptr && pending_.size() != other.pending_.size()) {
            said = "bytes left: " + std::to_string(pending_.size()) + " and " + std::to_string(other.pending_.size());
        } else {
            return true;
        }
        return false;
    }
    std::string code() const { return fault_ != nullptr ? std::string(fault_->code) : "none"; }

private:
    using Result = mortise::http::http1::Parser::Result;

    void begin() {
        in_body_ = false;
        parser_.begin(head_, limits_);
    }

    bool readHead() {
        const Result result = parser_.parseHead(pending_.data(), pending_.size());
        if (result == Result::fault) fault_ = &parser_.fault();
        if (result != Result::complete) return false;
        const char* const message = pending_.data() + parser_.skippedBytes();
        Message& made = messages_.emplace_back();
        made.method.assign(message, head_.method_size);
        made.target = head_.target.in(message);
        for (const auto& field : head_.fields)
            made.fields.emplace_back(field.name.in(message), field.value.in(message));
        made.keep_alive = head_.keep_alive;
        const auto size = static_cast<std::ptrdiff_t>(parser_.skippedBytes() + parser_.headBytes());
        std::vector<char>(pending_.begin() + size, pending_.end()).swap(pending_);
        in_body_ = head_.hasBody();
        if (!in_body_) return finish();
        if (parser_.beginBody(limits_.body_bytes) != Result::fault) return true;
        fault_ = &parser_.fault();
        return false;
    }

    bool readBody() {
        std::size_t taken = 0;
        std::size_t made = 0;
        std::vector<char> out(pending_.size());
        const Result result = parser_.parseBody(pending_.data(), pending_.size(), out.data(), taken, made);
        messages_.back().body.append(out.data(), made);
        if (result == Result::fault) fault_ = &parser_.fault();
        if (result == Result::fault) return false;
        std::vector<char>(pending_.begin() + static_cast<std::ptrdiff_t>(taken), pending_.end()).swap(pending_);
        return result == Result::complete && finish();
    }

    bool finish() {
        messages_.back().complete = true;
        const bool more = messages_.back().keep_alive;
        begin();
        return more;
    }

    mortise::http::Limits limits_;
    mortise::http::RequestHead head_;
    mortise::http::http1::Parser parser_;
    std::vector<char> pending_;
    std::vector<Message> messages_;
    const mortise::http::Fault* fault_ = nullptr;
    bool in_body_ = false;
};

} // namespace http1
