// SPDX-License-Identifier: Apache-2.0
#include "host/response_head.hpp"

#include "host/abi_text.hpp"
#include "host/instance.hpp"
#include "http/field_block.hpp"

#include <exception>
#include <string>

namespace mortise::host {
namespace {

ResponseHead& headOf(void* self) noexcept {
    return *static_cast<ResponseHead*>(self);
}

} // namespace

mortise_response ResponseHead::view(const Instance& owner) noexcept {
    owner_ = &owner;
    mortise_response response{};
    response.struct_size = sizeof response;
    response.status = static_cast<std::uint32_t>(outgoing_.status);
    response.context = this;
    response.add_field = addField;
    response.body_kind = body_;
    if (body_ == MORTISE_BODY_WHOLE) {
        response.body = host::view(outgoing_.bytes());
        response.body_size = response.body.size;
    }
    if (body_ == MORTISE_BODY_FILE) response.body_size = outgoing_.fileBody->left;
    response.content_type = host::view(outgoing_.contentType);
    response.field = findField;
    response.set_field = setField;
    response.remove_field = removeField;
    response.replace = replace;
    response.transform = transform;
    response.add_block = addBlock;
    return response;
}

std::string_view ResponseHead::field(std::string_view name) const noexcept {
    if (http::equalsIgnoreCase(name, "Content-Type"))
        return outgoing_.contentType.empty() ? std::string_view() : outgoing_.contentType;
    const std::string_view value = http::findField(exchange_.replyFields(), name);
    return value.data() != nullptr ? value : http::findField(outgoing_.constantFields, name);
}

bool ResponseHead::remove(std::string_view name) {
    bool found = false;
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

mortise_status ResponseHead::addField(void* self, mortise_view name, mortise_view value) noexcept {
    try {
        return headOf(self).exchange_.appendReplyField(text(name), text(value)) ? MORTISE_OK : MORTISE_INVALID;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

mortise_view ResponseHead::findField(void* self, mortise_view name) noexcept {
    return host::view(headOf(self).field(text(name)));
}

mortise_status ResponseHead::setField(void* self, mortise_view name, mortise_view value) noexcept {
    try {
        ResponseHead& head = headOf(self);
        std::string line;
        if (!http::appendField(line, text(name), text(value))) return MORTISE_INVALID;
        head.remove(text(name));
        head.exchange_.replyFields().append(line);
        return MORTISE_OK;
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
    head.body_ = MORTISE_BODY_NONE;
    return MORTISE_OK;
}

mortise_status ResponseHead::addBlock(void* self, std::uint64_t number) noexcept {
    try {
        ResponseHead& head = headOf(self);
        const std::string_view block = head.owner_->headerBlock(number);
        if (block.empty()) return MORTISE_INVALID;
        std::string& fields = head.exchange_.replyFields();
        const std::string_view constant = head.outgoing_.constantFields;
        if (fields.empty() && constant.empty()) {
            fields.append(block);
            return MORTISE_OK;
        }
        const std::size_t before = fields.size();
        http::forEachField(block, [&](std::string_view line, std::string_view name) {
            if (http::hasField(std::string_view(fields).substr(0, before), name) || http::hasField(constant, name))
                return;
            fields.append(line).append("\r\n");
        });
        return MORTISE_OK;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

mortise_status ResponseHead::transform(void*, const mortise_transformer*) noexcept {
    return MORTISE_INVALID;
}

} // namespace mortise::host
