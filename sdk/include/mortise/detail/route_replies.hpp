// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/body_field.hpp>
#include <mortise/detail/type_mark.hpp>
#include <mortise/reply.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// What a route documents of its body and its responses, for what its handler makes of a status to be held to it.
// Written by `configure`, read from any thread; lives as long as the instance.
class RouteReplies {
public:
    RouteReplies(std::string route, BodyField fields) : route_(std::move(route)), bodyField_(fields) {}

    // Of its request's body; null: the body is no struct.
    BodyField bodyField() const noexcept { return bodyField_; }

    // `type` null: a body of a media type or range ("image/*"), whatever it is made of.
    void add(std::uint32_t status, const TypeMark* type, std::string_view mediaType) {
        entries_.push_back({status, type, std::string(mediaType)});
    }

    // Of a whole reply, or of a stream's head, whose body is the first piece. True also for a status of which nothing
    // is documented.
    bool allows(const Reply& reply) const {
        bool isDocumented = false;
        for (const Entry& one : entries_) {
            if (one.status != reply.code()) continue;
            if ((one.type != nullptr && one.type == reply.type_) || fits(one, reply)) return true;
            isDocumented = true;
        }
        return !isDocumented;
    }
    // Of a reply that is not allowed, for the log.
    std::string fault(const Reply& reply) const {
        std::string said;
        for (const Entry& one : entries_) {
            if (one.status != reply.code()) continue;
            said.append(said.empty() ? "" : " or ").append(one.type != nullptr ? one.type->name() : one.mediaType);
        }
        const std::string status = std::to_string(reply.code());
        return route_ + " replied " + status + " with " +
               (reply.type_ != nullptr        ? reply.type_->name()
                : reply.contentType().empty() ? std::string("JSON text")
                                              : std::string(reply.contentType())) +
               ", which replies<>(" + status + ") does not say: it says " + said;
    }

private:
    struct Entry {
        std::uint32_t status;
        const TypeMark* type;
        std::string mediaType; // where there is no type
    };

    static bool isJson(std::string_view mediaType) noexcept { return mediaType.find("json") != mediaType.npos; }
    // Without parameters; media types have no case (RFC 9110 section 8.3.1).
    static bool isWithin(std::string_view type, std::string_view range) noexcept {
        for (std::string_view* const one : {&type, &range}) {
            *one = one->substr(0, one->find(';'));
            while (!one->empty() && one->back() == ' ') one->remove_suffix(1);
        }
        if (range == "*/*") return true;
        if (range.size() > 2 && range.substr(range.size() - 2) == "/*") {
            range.remove_suffix(1);
            type = type.substr(0, range.size());
        }
        if (type.size() != range.size()) return false;
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        for (std::size_t i = 0; i < range.size(); ++i)
            if (lower(type[i]) != lower(range[i])) return false;
        return true;
    }
    static bool fits(const Entry& one, const Reply& reply) {
        if (reply.type_ == &noBody) return one.type == nullptr || one.type == &noBody;
        if (reply.type_ != nullptr)
            return one.type != nullptr ? isSameBody(*one.type, *reply.type_) : isJson(one.mediaType);
        if (one.type == nullptr)
            return reply.contentType().empty() || isWithin(reply.contentType(), one.mediaType) ||
                   (isJson(reply.contentType()) && isJson(one.mediaType));
        return one.type != &noBody && (reply.contentType().empty() || isJson(reply.contentType()));
    }

    std::string route_;
    BodyField bodyField_;
    std::vector<Entry> entries_;
};

} // namespace detail
} // namespace v1
} // namespace mortise
