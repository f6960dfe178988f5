// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "http/http1/message.hpp"
#include "http/http1/pool.hpp"
#include "http/http1/queued_body.hpp"
#include "http/input_buffer.hpp"
#include "http/intrusive_list.hpp"
#include "http/limits.hpp"
#include "http/request_ids.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::http::http1 {

// What the connections of one loop use in turn: memory, the date, request ids. Thread: the loop's.
class LoopResources {
public:
    explicit LoopResources(std::shared_ptr<const Settings> first) : settings(std::move(first)) {}
    LoopResources(const LoopResources&) = delete;
    LoopResources& operator=(const LoopResources&) = delete;

    std::string acquireOutput() noexcept;
    void releaseOutput(std::string&& output) noexcept;
    // "Date: ...\r\n" of that Unix time.
    std::string_view dateLine(std::int64_t wall_ms) noexcept;

    std::shared_ptr<const Settings> settings; // for what comes from now on
    InputBufferPool buffers;
    Pool<Message> messages;
    Pool<QueuedBody> bodies;
    IntrusiveList<BorrowedTag> borrowed; // queued bodies with unsent borrowed bytes
    RequestIds ids;
    std::array<char, 16384> scratch; // for what is received and not kept where it lands

private:
    std::vector<std::string> outputs_;
    std::int64_t date_second_ = -1;
    std::array<char, 6 + base::httpDateSize + 2> date_line_;
};

} // namespace mortise::http::http1
