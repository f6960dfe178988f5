// SPDX-License-Identifier: Apache-2.0
#include "json/equality.hpp"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

namespace mortise::json {
namespace {

__extension__ using Wide = unsigned __int128;

// Folded multiplication, as wyhash does it.
std::uint64_t mix(std::uint64_t left, std::uint64_t right) noexcept {
    const Wide product = static_cast<Wide>(left ^ 0x9e3779b97f4a7c15u) * (right ^ 0xd6e8feb86659fd93u);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t hashBytes(std::string_view bytes, std::uint64_t seed) noexcept {
    std::uint64_t hash = mix(seed, bytes.size());
    while (!bytes.empty()) {
        std::uint64_t word = 0;
        const std::size_t taken = std::min(bytes.size(), sizeof word);
        std::memcpy(&word, bytes.data(), taken);
        hash = mix(hash, word ^ seed);
        bytes.remove_prefix(taken);
    }
    return hash;
}

std::uint64_t hashNumber(const Number& number, std::uint64_t seed) noexcept {
    if (const auto value = number.int64()) return mix(static_cast<std::uint64_t>(*value), seed + 1);
    if (const auto value = number.uint64()) return mix(*value, seed + 1);
    const double value = number.real();
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return mix(bits, seed + 2);
}

std::uint64_t hashOf(Value value, std::uint64_t seed) noexcept {
    switch (value.kind()) {
    case MORTISE_JSON_INTEGER:
    case MORTISE_JSON_NUMBER:
        return hashNumber(value.number(), seed);
    case MORTISE_JSON_STRING:
        return hashBytes(value.bytes(), seed);
    case MORTISE_JSON_ARRAY: {
        std::uint64_t hash = mix(seed, 3);
        for (const Value element : value.elements()) hash = mix(hash, hashOf(element, seed));
        return hash;
    }
    case MORTISE_JSON_OBJECT: {
        std::uint64_t sum = 0; // order does not count
        for (const Member member : value.members()) sum += mix(hashBytes(member.key, seed), hashOf(member.value, seed));
        return mix(sum, seed + 4);
    }
    default:
        return mix(value.kind(), seed + 5);
    }
}

std::vector<Member> sortedMembers(Value object) {
    std::vector<Member> members;
    members.reserve(object.size());
    for (const Member member : object.members()) members.push_back(member);
    std::sort(members.begin(), members.end(),
              [](const Member& left, const Member& right) { return left.key < right.key; });
    return members;
}

bool areEqualObjects(Value left, Value right) {
    const std::vector<Member> ours = sortedMembers(left);
    const std::vector<Member> theirs = sortedMembers(right);
    return std::equal(ours.begin(), ours.end(), theirs.begin(), theirs.end(),
                      [](const Member& a, const Member& b) { return a.key == b.key && areEqual(a.value, b.value); });
}

} // namespace

bool areEqual(Value left, Value right) {
    if (left.isNumber() && right.isNumber()) return left.number().compare(right.number()) == 0;
    if (left.kind() != right.kind() || left.size() != right.size()) return false;
    switch (left.kind()) {
    case MORTISE_JSON_STRING:
        return left.bytes() == right.bytes();
    case MORTISE_JSON_ARRAY: {
        Value::Elements::Iterator other = right.elements().begin();
        for (const Value element : left.elements()) {
            if (!areEqual(element, *other)) return false;
            ++other;
        }
        return true;
    }
    case MORTISE_JSON_OBJECT:
        return areEqualObjects(left, right);
    default:
        return true;
    }
}

bool areAllDifferent(Value array, std::uint64_t seed) {
    struct Item {
        std::uint64_t hash;
        Value value;
    };
    std::vector<Item> items;
    items.reserve(array.size());
    for (const Value element : array.elements()) items.push_back({hashOf(element, seed), element});
    std::sort(items.begin(), items.end(), [](const Item& left, const Item& right) { return left.hash < right.hash; });
    for (std::size_t first = 0; first < items.size(); ++first)
        for (std::size_t other = first + 1; other < items.size() && items[other].hash == items[first].hash; ++other)
            if (areEqual(items[first].value, items[other].value)) return false;
    return true;
}

} // namespace mortise::json
