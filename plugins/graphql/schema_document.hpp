// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/plugin.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace mortise::graphql {

class Schema;

// The schema of a generation as SDL, printed when it is first asked for. Any thread.
class SchemaDocument {
public:
    // [worker] `schema` is the one of the request's generation.
    Reply reply(const Request& request, const Schema& schema);

private:
    struct Printed {
        std::uint64_t generation = 0;
        std::string text;
        std::string tag;
    };

    std::shared_ptr<const Printed> printed(std::uint64_t generation, const Schema& schema);

    std::mutex mutex_;
    std::shared_ptr<const Printed> newest_; // of the newest generation that asked; under mutex_
};

} // namespace mortise::graphql
