// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

namespace mortise::host {

class Generation;
class Instance;

// Whoever serves requests by generations: what GenerationKeeper asks of it when one ends. Thread: one at a time, never
// a loop; calls return when every loop has done it.
class Serving {
public:
    virtual ~Serving() = default;

    // The time of a generation's requests is over: those that are open are ended, but for those whose commit was
    // claimed. With `commits` those as well, by cutting the connection without a response.
    virtual void endRequests(const Generation& generation, bool commits) = 0;
    // Bytes of the instance's that are not sent yet are copied, or their connections cut: it is about to be stopped.
    virtual void returnBorrowed(const Instance& instance) = 0;
    // The instance's `stop` has returned: what it still holds of requests is nobody's any more.
    virtual void endTurns(const Instance& instance) = 0;
    // Requests from now on get 503. `empty` has no plugins; it takes the place of the generation that served.
    virtual void close(std::shared_ptr<Generation> empty) = 0;
};

} // namespace mortise::host
