// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <type_traits>

namespace mortise::json {

// Room for trivial elements, without a size of its own and without initialising: the owner counts what is used.
template<class T>
class Buffer {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    T* data() noexcept { return data_.get(); }
    const T* data() const noexcept { return data_.get(); }
    std::size_t capacity() const noexcept { return capacity_; }

    // Room for at least `wanted`, the first `keep` elements kept. Grows by half at least.
    void reserve(std::size_t wanted, std::size_t keep) {
        if (wanted <= capacity_) return;
        const std::size_t grown = std::max(wanted, capacity_ + capacity_ / 2);
        std::unique_ptr<T[]> data(new T[grown]);
        std::copy_n(data_.get(), keep, data.get());
        data_ = std::move(data);
        capacity_ = grown;
    }
    // Room for exactly `size`, all of which is kept.
    void fit(std::size_t size) {
        std::unique_ptr<T[]> data(new T[size]);
        std::copy_n(data_.get(), size, data.get());
        data_ = std::move(data);
        capacity_ = size;
    }
    void release() noexcept {
        data_.reset();
        capacity_ = 0;
    }
    void swap(Buffer& other) noexcept {
        data_.swap(other.data_);
        std::swap(capacity_, other.capacity_);
    }

private:
    std::unique_ptr<T[]> data_;
    std::size_t capacity_ = 0;
};

} // namespace mortise::json
