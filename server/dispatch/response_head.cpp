// SPDX-License-Identifier: Apache-2.0
#include "dispatch/response_head.hpp"

#include "dispatch/dispatcher.hpp"
#include "dispatch/error_response.hpp"
#include "host/inputs.hpp"
#include "http/field_block.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace mortise::dispatch {
namespace {

ResponseHead& headOf(void* self) noexcept {
    return *static_cast<ResponseHead*>(self);
}

// What a filter was shown of a field (mortise_response.field) goes when the fields change.
bool isOf(std::string_view part, const std::string& whole) noexcept {
    return reinterpret_cast<std::uintptr_t>(part.data()) - reinterpret_cast<std::uintptr_t>(whole.data()) <=
           whole.size();
}

// Fields that may say that the bytes stay as they are: without one of these names nothing more is to be asked.
constexpr http::NameSet keepingNames = [] {
    http::NameSet names;
    names.add("Content-Encoding");
    names.add("Cache-Control");
    return names;
}();

} // namespace

void ResponseHead::begin(std::uint32_t body) noexcept {
    body_ = body;
    names_ = {};
    names_.addBlock(response_.fields);
    names_.addBlock(response_.constantFields);
    blockCount_ = 0;
    transformed_ = dropped_ = false;
}

void ResponseHead::take(const ResponseHead& other) noexcept {
    body_ = other.body_;
    names_ = other.names_;
    blocks_ = other.blocks_;
    blockCount_ = other.blockCount_;
    transformed_ = other.transformed_;
    if (other.dropped_) dropTransformation();
}

void ResponseHead::dropTransformation() noexcept {
    if (detached_)
        dropped_ = true; // it is the loop's
    else if (state_.transformation != nullptr)
        std::exchange(state_.transformation, nullptr)->abandon();
}

bool ResponseHead::hasMember(std::string_view name, std::string_view member) const noexcept {
    if (!names_.mayHave(name)) return false;
    const auto blocks = added();
    return http::hasMember(response_.fields, name, member) || http::hasMember(response_.constantFields, name, member) ||
           std::any_of(blocks.begin(), blocks.end(),
                       [&](const auto* block) { return http::hasMember(block->text(), name, member); });
}

bool ResponseHead::mayTransform() const noexcept {
    if (transformed_ || detached_ || !state_.transformable || response_.status == 206) return false;
    if (body_ == MORTISE_BODY_WHOLE ? response_.view().empty() : body_ != MORTISE_BODY_STREAM) return false;
    if (state_.route != nullptr && (state_.route->flags & MORTISE_ROUTE_NO_TRANSFORM) != 0) return false;
    return !names_.mayMeet(keepingNames) ||
           (field("Content-Encoding").data() == nullptr && !hasMember("Cache-Control", "no-transform"));
}

mortise_response ResponseHead::view(const Instance& owner) noexcept {
    owner_ = &owner;
    mortise_response response{};
    response.struct_size = sizeof response;
    response.status = static_cast<std::uint32_t>(response_.status);
    response.context = this;
    response.add_field = addField;
    response.body_kind = body_;
    if (body_ == MORTISE_BODY_WHOLE && !transformed_) {
        response.body = dispatch::view(response_.view());
        response.body_size = response.body.size;
    }
    if (body_ == MORTISE_BODY_FILE) response.body_size = response_.file.left;
    response.may_transform = mayTransform() ? 1 : 0;
    response.content_type = dispatch::view(response_.contentType);
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
        return response_.contentType.empty() ? std::string_view() : response_.contentType;
    if (!names_.mayHave(name)) return {};
    std::string_view value = http::findField(response_.fields, name);
    if (value.data() == nullptr) value = http::findField(response_.constantFields, name);
    for (std::size_t i = 0; i < blockCount_ && value.data() == nullptr; ++i) value = blocks_[i]->find(name);
    return value;
}

bool ResponseHead::appendCopies(std::string_view name, std::string_view value) {
    const std::string ownName(name), ownValue(value);
    return append(ownName, ownValue);
}

bool ResponseHead::append(std::string_view name, std::string_view value) {
    if (isOf(name, response_.fields) || isOf(value, response_.fields)) return appendCopies(name, value);
    if (!http::appendField(response_.fields, name, value)) return false;
    names_.add(name);
    return true;
}

void ResponseHead::settle() {
    for (const auto* const block : added()) {
        if (response_.constantFields.empty())
            response_.constantFields = block->text();
        else
            response_.fields.append(block->text());
    }
    blockCount_ = 0;
}

void ResponseHead::add(const http::ConstantFields& block) {
    const auto blocks = added();
    const bool apart =
        !block.names().mayMeet(names_) ||
        (!block.meets(response_.fields) && !block.meets(response_.constantFields) &&
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
    response_.fields.append(lacking);
    names_.addBlock(lacking);
}

bool ResponseHead::remove(std::string_view name) {
    if (!names_.mayHave(name)) return false;
    if (isOf(name, response_.fields)) return remove(std::string(name));
    bool found = false;
    const auto blocks = added();
    if (std::any_of(blocks.begin(), blocks.end(), [&](const auto* block) { return block->has(name); })) settle();
    if (http::hasField(response_.fields, name)) {
        std::string kept;
        found = http::appendWithout(kept, response_.fields, name);
        response_.fields = std::move(kept);
    }
    if (http::hasField(response_.constantFields, name)) {
        found = http::appendWithout(response_.fields, response_.constantFields, name);
        response_.constantFields = {};
    }
    return found;
}

bool ResponseHead::replaceField(std::string_view name, std::string_view value) {
    if (isOf(name, response_.fields)) return replaceField(std::string(name), value);
    std::string line;
    if (!http::appendField(line, name, value)) return false;
    remove(name);
    response_.fields.append(line);
    names_.add(name);
    return true;
}

bool ResponseHead::joinVary(std::string_view value) {
    constexpr std::string_view name = "Vary";
    if (field(name).data() == nullptr) return append(name, value);
    std::string list;
    http::joinValues(list, response_.fields, name);
    http::joinValues(list, response_.constantFields, name);
    for (const auto* const block : added()) http::joinValues(list, block->text(), name);
    const std::size_t before = list.size();
    http::joinList(list, value);
    return list.size() == before || replaceField(name, list);
}

mortise_status ResponseHead::addField(void* self, mortise_view name, mortise_view value) noexcept {
    if (headOf(self).transforming_) return MORTISE_INVALID;
    try {
        if (http::equalsIgnoreCase(text(name), "Vary"))
            return headOf(self).joinVary(text(value)) ? MORTISE_OK : MORTISE_INVALID;
        return headOf(self).append(text(name), text(value)) ? MORTISE_OK : MORTISE_INVALID;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

mortise_view ResponseHead::findField(void* self, mortise_view name) noexcept {
    return dispatch::view(headOf(self).field(text(name)));
}

mortise_status ResponseHead::setField(void* self, mortise_view name, mortise_view value) noexcept {
    if (headOf(self).transforming_) return MORTISE_INVALID;
    try {
        return headOf(self).replaceField(text(name), text(value)) ? MORTISE_OK : MORTISE_INVALID;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

mortise_status ResponseHead::removeField(void* self, mortise_view name) noexcept {
    if (headOf(self).transforming_) return MORTISE_INVALID;
    try {
        return headOf(self).remove(text(name)) ? MORTISE_OK : MORTISE_ABSENT;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

mortise_status ResponseHead::replace(void* self, std::uint32_t status) noexcept {
    ResponseHead& head = headOf(self);
    if (status < 200 || status > 599 || head.transforming_) return MORTISE_INVALID;
    if (head.body_ == MORTISE_BODY_STREAM) return MORTISE_UNSUPPORTED;
    head.response_.status = static_cast<int>(status);
    head.response_.contentType = {};
    head.response_.body = http::Response::Body::none; // the filter may still be looking at the bytes
    head.response_.sized = true;
    head.dropTransformation();
    head.body_ = MORTISE_BODY_NONE;
    return MORTISE_OK;
}

mortise_status ResponseHead::refuse(void* self, std::uint32_t status, mortise_view message,
                                    mortise_view code) noexcept {
    ResponseHead& head = headOf(self);
    if (status < 400 || head.transforming_ || !isErrorCode(text(code))) return MORTISE_INVALID;
    try {
        // Before anything changes: the message may be a part of the response.
        const ErrorFormat format = errorFormat(head.state_.exchange);
        std::string body;
        const http::Fault fault{static_cast<int>(status), {}, text(message)};
        writeError(body, {fault, nullptr, std::nullopt, {}, text(code)}, head.state_.exchange.requestId(), format);
        if (format == ErrorFormat::problem) head.joinVary("Accept");
        const mortise_status replaced = replace(self, status);
        if (replaced != MORTISE_OK) return replaced;
        head.response_.setBytes(std::move(body));
        head.response_.contentType = mediaType(format);
        head.body_ = MORTISE_BODY_WHOLE;
        head.transformed_ = false;
        return MORTISE_OK;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

void ResponseHead::replaceBy(const ErrorResponse& error) {
    const ErrorFormat format = errorFormat(state_.exchange);
    std::string body;
    writeError(body, error, state_.exchange.requestId(), format);
    if (format == ErrorFormat::problem) joinVary("Accept");
    if (const auto stream = state_.stream(); stream != nullptr && body_ == MORTISE_BODY_STREAM) stream->abort();
    response_.status = error.fault.status;
    response_.sized = true;
    response_.contentType = mediaType(format);
    response_.setBytes(std::move(body));
    dropTransformation();
    body_ = MORTISE_BODY_WHOLE;
    transformed_ = false;
}

mortise_status ResponseHead::addBlock(void* self, std::uint64_t number) noexcept {
    ResponseHead& head = headOf(self);
    const http::ConstantFields* const block = head.owner_->headerBlock(number);
    if (block == nullptr || head.transforming_) return MORTISE_INVALID;
    try {
        head.add(*block);
        return MORTISE_OK;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

mortise_status ResponseHead::transform(void* self, const mortise_transformer* transformer) noexcept {
    ResponseHead& head = headOf(self);
    if (!host::isReadable(*head.owner_, "transform", "mortise_transformer", transformer)) return MORTISE_INVALID;
    const mortise_transformer given = readStruct(*transformer);
    if (head.transforming_ || !head.mayTransform() || given.chunk == nullptr) return MORTISE_INVALID;
    head.transforming_ = true; // the bytes that `chunk` is given are the response's
    const mortise_status status = head.state_.dispatcher.transform(head.state_, given, *head.owner_);
    head.transforming_ = false;
    if (status != MORTISE_OK) return status;
    head.transformed_ = true;
    // Ranges are of other bytes.
    removeField(self, dispatch::view("Accept-Ranges"));
    return MORTISE_OK;
}

} // namespace mortise::dispatch
