// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace mortise::http::http1 {

// A loop's store of objects that few connections need at a time, last in, first out; at most `kept_objects` wait in it.
// They come out as they were released. Thread: the loop's.
template<class T>
class Pool {
public:
    Pool() { free_.reserve(kept_objects); }

    std::unique_ptr<T> acquire() {
        if (free_.empty()) return std::make_unique<T>();
        std::unique_ptr<T> object = std::move(free_.back());
        free_.pop_back();
        return object;
    }
    void release(std::unique_ptr<T> object) noexcept {
        if (free_.size() < kept_objects) free_.push_back(std::move(object));
    }

private:
    static constexpr std::size_t kept_objects = 256;
    std::vector<std::unique_ptr<T>> free_;
};

} // namespace mortise::http::http1
