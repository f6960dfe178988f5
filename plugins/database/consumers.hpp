// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace mortise::database {

// Who uses the database, by a number each from 1 to 65535. A number that was given back comes again last of all.
// Thread-safe.
class Consumers {
public:
    // Throws DatabaseError when every number is taken.
    std::uint16_t begin(std::string name);
    void end(std::uint16_t number);
    // Nothing: nobody has that number now.
    std::optional<std::string> name(std::uint16_t number) const;

private:
    mutable std::mutex mutex_;
    std::map<std::uint16_t, std::string> names_;
    std::uint16_t last_ = 0;
};

} // namespace mortise::database
