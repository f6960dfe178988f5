// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/view.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace mortise {
inline namespace v1 {

// An object of a type that has keys, whoever contributed it; which type the field says by of("User").
struct GraphQlKey {
    std::string key;
};

// The keys of the parents of a field, or those whose objects are wanted: texts, borrowed until the field is complete.
class GraphQlKeys {
public:
    class Iterator {
    public:
        using iterator_category = std::random_access_iterator_tag;
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;
        using pointer = const std::string_view*;
        using reference = std::string_view;

        explicit Iterator(const mortise_view* at) noexcept : at_(at) {}
        std::string_view operator*() const noexcept { return text(*at_); }
        std::string_view operator[](difference_type n) const noexcept { return text(at_[n]); }
        Iterator& operator++() noexcept { return ++at_, *this; }
        Iterator operator++(int) noexcept { return Iterator(at_++); }
        Iterator& operator--() noexcept { return --at_, *this; }
        Iterator& operator+=(difference_type n) noexcept { return at_ += n, *this; }
        friend Iterator operator+(Iterator it, difference_type n) noexcept { return Iterator(it.at_ + n); }
        friend Iterator operator-(Iterator it, difference_type n) noexcept { return Iterator(it.at_ - n); }
        friend difference_type operator-(Iterator a, Iterator b) noexcept { return a.at_ - b.at_; }
        friend bool operator==(Iterator a, Iterator b) noexcept { return a.at_ == b.at_; }
        friend bool operator!=(Iterator a, Iterator b) noexcept { return a.at_ != b.at_; }
        friend bool operator<(Iterator a, Iterator b) noexcept { return a.at_ < b.at_; }

    private:
        const mortise_view* at_;
    };

    GraphQlKeys(const mortise_view* first, std::uint32_t count) noexcept : first_(first), count_(count) {}

    std::size_t size() const noexcept { return count_; }
    std::string_view operator[](std::size_t place) const noexcept { return text(first_[place]); }
    Iterator begin() const noexcept { return Iterator(first_); }
    Iterator end() const noexcept { return Iterator(first_ + count_); }

private:
    const mortise_view* first_;
    std::size_t count_;
};

// The rows behind the parents of a field of one's own type, in their order; borrowed until the operation has ended.
template<class T>
class GraphQlRows {
public:
    GraphQlRows(const std::uint64_t* handles, std::uint32_t count) noexcept : handles_(handles), count_(count) {}

    std::size_t size() const noexcept { return count_; }
    const T& operator[](std::size_t place) const noexcept {
        // A handle of ours is the address of a row, which detail/graphql_write.hpp made it of.
        // NOLINTNEXTLINE(performance-no-int-to-ptr)
        return *reinterpret_cast<const T*>(static_cast<std::uintptr_t>(handles_[place]));
    }

private:
    const std::uint64_t* handles_;
    std::size_t count_;
};

} // namespace v1
} // namespace mortise
