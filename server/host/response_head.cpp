// SPDX-License-Identifier: Apache-2.0
#include "host/response_head.hpp"

#include "host/abi_text.hpp"
#include "host/dispatcher.hpp"
#include "host/error_answer.hpp"
#include "host/instance.hpp"
#include "http/field_block.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace mortise::host {
namespace {

ResponseHead& headOf(void* self) noexcept {
    return *static_cast<ResponseHead*>(self);
}

} // namespace

bool ResponseHead::hasMember(std::string_view name, std::string_view member) const noexcept {
    if (!names_.mayHave(name)) return false;
    const auto blocks = added();
    return http::hasMember(exchange_.replyFields(), name, member) ||
           http::hasMember(outgoing_.constantFields, name, member) ||
           std::any_of(blocks.begin(), blocks.end(),
                       [&](const auto* block) { return http::hasMember(block->text(), name, member); });
}

bool ResponseHead::mayTransform() const noexcept {
    if (transformed_ || !state_.transformable || outgoing_.status == 206) return false;
    if (body_ == MORTISE_BODY_WHOLE ? outgoing_.bytes().empty() : body_ != MORTISE_BODY_STREAM) return false;
    if (state_.route != nullptr && (state_.route->flags & MORTISE_ROUTE_NO_TRANSFORM) != 0) return false;
    return field("Content-Encoding").data() == nullptr && !hasMember("Cache-Control", "no-transform");
}

mortise_response ResponseHead::view(const Instance& owner) noexcept {
    owner_ = &owner;
    mortise_response response{};
    response.struct_size = sizeof response;
    response.status = static_cast<std::uint32_t>(outgoing_.status);
    response.context = this;
    response.add_field = addField;
    response.body_kind = body_;
    if (body_ == MORTISE_BODY_WHOLE && !transformed_) {
        response.body = host::view(outgoing_.bytes());
        response.body_size = response.body.size;
    }
    if (body_ == MORTISE_BODY_FILE) response.body_size = outgoing_.fileBody->left;
    response.may_transform = mayTransform() ? 1 : 0;
    response.content_type = host::view(outgoing_.contentType);
    response.field = findField;
    response.set_field = setField;
    response.remove_field = removeField;
    response.replace = replace;
    response.transform = transform;
    response.add_block = addBlock;
    response.refuse = refuse;
    return response;
}

std::string_view ResponseHead::field(std::string_view name) const noexcept {
    if (http::equalsIgnoreCase(name, "Content-Type"))
        return outgoing_.contentType.empty() ? std::string_view() : outgoing_.contentType;
    if (!names_.mayHave(name)) return {};
    std::string_view value = http::findField(exchange_.replyFields(), name);
    if (value.data() == nullptr) value = http::findField(outgoing_.constantFields, name);
    for (std::size_t i = 0; i < blockCount_ && value.data() == nullptr; ++i) value = blocks_[i]->find(name);
    return value;
}

bool ResponseHead::append(std::string_view name, std::string_view value) {
    if (!exchange_.appendReplyField(name, value)) return false;
    names_.add(name);
    return true;
}

void ResponseHead::settle() {
    for (const auto* const block : added()) {
        if (outgoing_.constantFields.empty())
            outgoing_.constantFields = block->text();
        else
            exchange_.replyFields().append(block->text());
    }
    blockCount_ = 0;
}

void ResponseHead::add(const http::ConstantFields& block) {
    const auto blocks = added();
    const bool apart =
        !block.names().mayMeet(names_) ||
        (!block.meets(exchange_.replyFields()) && !block.meets(outgoing_.constantFields) &&
         std::none_of(blocks.begin(), blocks.end(), [&](const auto* other) { return block.meets(*other); }));
    if (apart) {
        names_.add(block.names());
        if (blockCount_ == blocks_.size()) settle();
        blocks_[blockCount_++] = &block;
        return;
    }
    std::string lacking;
    for (const auto& line : block.lines())
        if (field(line.name).data() == nullptr) lacking.append(line.text);
    exchange_.replyFields().append(lacking);
    names_.addBlock(lacking);
}

bool ResponseHead::remove(std::string_view name) {
    if (!names_.mayHave(name)) return false;
    bool found = false;
    const auto blocks = added();
    if (std::any_of(blocks.begin(), blocks.end(), [&](const auto* block) { return block->has(name); })) settle();
    if (http::hasField(exchange_.replyFields(), name)) {
        std::string kept;
        found = http::appendWithout(kept, exchange_.replyFields(), name);
        exchange_.replyFields() = std::move(kept);
    }
    if (http::hasField(outgoing_.constantFields, name)) {
        found = http::appendWithout(exchange_.replyFields(), outgoing_.constantFields, name);
        outgoing_.constantFields = {};
    }
    return found;
}

bool ResponseHead::replaceField(std::string_view name, std::string_view value) {
    std::string line;
    if (!http::appendField(line, name, value)) return false;
    remove(name);
    exchange_.replyFields().append(line);
    names_.add(name);
    return true;
}

bool ResponseHead::joinVary(std::string_view value) {
    constexpr std::string_view name = "Vary";
    if (field(name).data() == nullptr) return append(name, value);
    std::string list;
    http::joinValues(list, exchange_.replyFields(), name);
    http::joinValues(list, outgoing_.constantFields, name);
    for (const auto* const block : added()) http::joinValues(list, block->text(), name);
    const std::size_t before = list.size();
    http::joinList(list, value);
    return list.size() == before || replaceField(name, list);
}

mortise_status ResponseHead::addField(void* self, mortise_view name, mortise_view value) noexcept {
    try {
        if (http::equalsIgnoreCase(text(name), "Vary"))
            return headOf(self).joinVary(text(value)) ? MORTISE_OK : MORTISE_INVALID;
        return headOf(self).append(text(name), text(value)) ? MORTISE_OK : MORTISE_INVALID;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

mortise_view ResponseHead::findField(void* self, mortise_view name) noexcept {
    return host::view(headOf(self).field(text(name)));
}

mortise_status ResponseHead::setField(void* self, mortise_view name, mortise_view value) noexcept {
    try {
        return headOf(self).replaceField(text(name), text(value)) ? MORTISE_OK : MORTISE_INVALID;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

mortise_status ResponseHead::removeField(void* self, mortise_view name) noexcept {
    try {
        return headOf(self).remove(text(name)) ? MORTISE_OK : MORTISE_ABSENT;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

mortise_status ResponseHead::replace(void* self, std::uint32_t status) noexcept {
    ResponseHead& head = headOf(self);
    if (status < 200 || status > 599) return MORTISE_INVALID;
    if (head.body_ == MORTISE_BODY_STREAM) return MORTISE_UNSUPPORTED;
    head.outgoing_.status = static_cast<int>(status);
    head.outgoing_.contentType = {};
    head.outgoing_.body = {};
    head.outgoing_.ownedBody = nullptr;
    head.outgoing_.fileBody = nullptr;
    head.outgoing_.sized = true;
    if (head.state_.transformation != nullptr) std::exchange(head.state_.transformation, nullptr)->abandon();
    head.body_ = MORTISE_BODY_NONE;
    return MORTISE_OK;
}

mortise_status ResponseHead::refuse(void* self, std::uint32_t status, mortise_view sentence) noexcept {
    ResponseHead& head = headOf(self);
    if (status < 400) return MORTISE_INVALID;
    try {
        // Before anything changes: the sentence may be a part of the answer.
        const ErrorFormat format = errorFormat(head.exchange_);
        std::string body;
        writeError(body, {{static_cast<int>(status), {}, text(sentence)}}, head.exchange_.requestId(), format);
        if (format == ErrorFormat::problem) head.joinVary("Accept");
        const mortise_status replaced = replace(self, status);
        if (replaced != MORTISE_OK) return replaced;
        head.state_.answer.body = std::move(body);
        head.outgoing_.ownedBody = &head.state_.answer.body;
        head.outgoing_.contentType = mediaType(format);
        head.body_ = MORTISE_BODY_WHOLE;
        head.transformed_ = false;
        return MORTISE_OK;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

mortise_status ResponseHead::addBlock(void* self, std::uint64_t number) noexcept {
    ResponseHead& head = headOf(self);
    const http::ConstantFields* const block = head.owner_->headerBlock(number);
    if (block == nullptr) return MORTISE_INVALID;
    try {
        head.add(*block);
        return MORTISE_OK;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

mortise_status ResponseHead::transform(void* self, const mortise_transformer* transformer) noexcept {
    ResponseHead& head = headOf(self);
    const mortise_transformer given = readStruct(*transformer);
    if (!head.mayTransform() || given.chunk == nullptr) return MORTISE_INVALID;
    const mortise_status status =
        head.state_.dispatcher->transform(head.exchange_, head.state_, head.outgoing_, given, *head.owner_);
    if (status != MORTISE_OK) return status;
    head.transformed_ = true;
    // Ranges are of other bytes.
    removeField(self, host::view("Accept-Ranges"));
    return MORTISE_OK;
}

} // namespace mortise::host
