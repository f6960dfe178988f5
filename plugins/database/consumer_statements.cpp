// SPDX-License-Identifier: Apache-2.0
#include "consumer_statements.hpp"

#include "statement_registry.hpp"

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
      entries_(std::make_unique<Entry[]>(limit)) {}

ConsumerStatements::~ConsumerStatements() {
    consumers_->end(consumer_);
}

std::uint32_t ConsumerStatements::add(Declared declared) {
    const std::lock_guard lock(mutex_);
    const std::uint32_t count = count_.load(std::memory_order_relaxed);
    const Entry* const end = entries_.get() + count;
    const Entry* const found = std::find_if<const Entry*>(
        entries_.get(), end, [&](const Entry& entry) { return entry.declared() == declared; });
    const auto place = static_cast<std::uint32_t>(found - entries_.get());
    if (found == end) {
        if (count == limit_) throw tooManyStatements(limit_);
        entries_[count].declared_ = std::move(declared);
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
