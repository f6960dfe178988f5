// SPDX-License-Identifier: Apache-2.0
#include "consumer_statements.hpp"

#include "database_error.hpp"

#include <algorithm>
#include <utility>

namespace mortise::database {

namespace {

constexpr unsigned consumerShift = 16;

} // namespace

ConsumerStatements::ConsumerStatements(std::shared_ptr<Consumers> consumers, std::string name, std::size_t limit)
    : consumers_(std::move(consumers)),
      name_(std::move(name)),
      limit_(limit),
      consumer_(consumers_->begin(name_)),
      first_(std::uint32_t{consumer_} << consumerShift),
      statements_(std::make_unique<std::uint32_t[]>(limit)) {}

ConsumerStatements::~ConsumerStatements() {
    consumers_->end(consumer_);
}

std::uint32_t ConsumerStatements::add(std::uint32_t statement) {
    const std::lock_guard lock(mutex_);
    const std::uint32_t count = count_.load(std::memory_order_relaxed);
    const std::uint32_t* const end = statements_.get() + count;
    const std::uint32_t* const found = std::find<const std::uint32_t*>(statements_.get(), end, statement);
    const auto place = static_cast<std::uint32_t>(found - statements_.get());
    if (found == end) {
        if (count == limit_)
            throw DatabaseError(DatabaseError::Kind::failed,
                                "more than " + std::to_string(limit_) + " statements of one plugin");
        statements_[count] = statement;
        count_.store(count + 1, std::memory_order_release);
    }
    return first_ + place;
}

void ConsumerStatements::refuse(std::uint32_t number) const {
    std::string message = "plugin '" + name_ + "' uses statement " + std::to_string(number);
    const auto owner = static_cast<std::uint16_t>(number >> consumerShift);
    if (number == 0) {
        message += ", which is none: a statement is registered in start, and used by the number that this returns";
    } else if (owner == consumer_) {
        message += ", which was never registered";
    } else if (const std::optional<std::string> other = consumers_->name(owner)) {
        message += *other == name_ ? ", which belongs to another instance of this plugin"
                                   : ", which belongs to plugin '" + *other + "'";
    } else {
        message += ", which was never registered, or by an instance that is gone";
    }
    throw DatabaseError(DatabaseError::Kind::invalid, message);
}

} // namespace mortise::database
