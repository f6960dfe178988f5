// SPDX-License-Identifier: Apache-2.0
#include "http/http1/loop_resources.hpp"

#include "base/given_back.hpp"

#include <cstring>
#include <utility>

namespace mortise::http::http1 {

namespace {

constexpr std::size_t kept_outputs = 64;
constexpr std::size_t kept_output_bytes = base::keptBytes(64 * 1024);

} // namespace

std::string LoopResources::acquireOutput() noexcept {
    if (outputs_.empty()) return {};
    std::string output = std::move(outputs_.back());
    outputs_.pop_back();
    return output;
}

void LoopResources::releaseOutput(std::string&& output) noexcept {
    if (output.capacity() < 64 || output.capacity() > kept_output_bytes || outputs_.size() >= kept_outputs) {
        output = std::string();
        return;
    }
    output.clear();
    outputs_.push_back(std::move(output));
}

std::string_view LoopResources::dateLine(std::int64_t wall_ms) noexcept {
    const std::int64_t second = wall_ms / 1000;
    if (second != date_second_) {
        date_second_ = second;
        std::memcpy(date_line_.data(), "Date: ", 6);
        base::formatHttpDate(second, date_line_.data() + 6);
        std::memcpy(date_line_.data() + 6 + base::httpDateSize, "\r\n", 2);
    }
    return {date_line_.data(), date_line_.size()};
}

} // namespace mortise::http::http1
