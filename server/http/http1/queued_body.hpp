// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/borrowed_bytes.hpp"
#include "http/file_range.hpp"
#include "http/intrusive_list.hpp"

#include <cstddef>
#include <new>
#include <string>
#include <string_view>

namespace mortise::http::http1 {

class Connection;
struct BorrowedTag;

// A response's body that is sent from where it is, behind the connection's output: nothing is appended there meanwhile.
// One of the three kinds. While it is borrowed, it is in LoopResources::borrowed.
struct QueuedBody : ListHook<BorrowedTag> {
    std::string bytes;
    BorrowedBytes borrowed;
    FileRange file;
    std::size_t sent = 0; // not of the file
    Connection* connection = nullptr;

    std::string_view unsent() const noexcept {
        return (borrowed.empty() ? std::string_view(bytes) : borrowed.bytes()).substr(sent);
    }
    std::size_t left() const noexcept { return unsent().size() + static_cast<std::size_t>(file.left); }
    // The unsent rest becomes the connection's own. False, and nothing is changed: there is no memory.
    bool copyBorrowed() noexcept {
        try {
            bytes.assign(unsent());
        } catch (const std::bad_alloc&) {
            return false;
        }
        sent = 0;
        giveBackBorrowed();
        return true;
    }
    void giveBackBorrowed() noexcept {
        unlink();
        borrowed.reset();
    }
    void clear() noexcept {
        giveBackBorrowed();
        bytes = std::string();
        file = {};
        sent = 0;
        connection = nullptr;
    }
};

} // namespace mortise::http::http1
