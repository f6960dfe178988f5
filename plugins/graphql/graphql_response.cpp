// SPDX-License-Identifier: Apache-2.0
#include "graphql_response.hpp"

#include "execution/response_document.hpp"

#include <string>
#include <vector>

namespace mortise::graphql {

namespace {

class Extensions final : public ErrorExtensions {
public:
    Extensions(std::span<const FieldFailure> failures, std::string_view requestId)
        : failures_(failures), requestId_(requestId) {}

    void write(const Error& error, JsonOutput& output) const override {
        const FieldFailure* const failure =
            error.cause != 0 && error.cause <= failures_.size() ? &failures_[error.cause - 1] : nullptr;
        output.append("{\"code\":");
        output.string(failure != nullptr ? failure->shownCode() : codeOfKind(error.kind));
        if (failure != nullptr && !failure->details.empty()) writeDetails(failure->details, output);
        output.append(",\"requestId\":");
        output.string(requestId_);
        output.put('}');
    }

private:
    static void writeDetails(const std::vector<Detail>& details, JsonOutput& output) {
        output.append(",\"validationErrors\":");
        char separator = '[';
        for (const Detail& detail : details) {
            output.put(separator);
            output.append("{\"in\":");
            output.string(detail.in);
            output.append(",\"path\":");
            output.string(detail.path);
            output.append(",\"code\":");
            output.string(detail.code);
            output.append(",\"message\":");
            output.string(detail.message);
            output.put('}');
            separator = ',';
        }
        output.put(']');
    }

    std::span<const FieldFailure> failures_;
    std::string_view requestId_;
};

bool isOfServer(const Error& error) {
    return error.kind == ErrorKind::field && error.cause == 0;
}

} // namespace

Reply GraphQlResponse::reply(HeaderBlock vary) const {
    constexpr std::uint32_t unavailable = 503;
    constexpr std::uint32_t badMethod = 405;
    const bool isJson = mediaType == ResponseMediaType::json;
    std::uint32_t status = 200;
    if (!isExecuted)
        status = refused != 0 ? refused : isJson ? 200 : 400;
    else if (failed == unavailable)
        status = failed;
    Reply reply = isJson ? Reply::rawJson(status, std::string(body))
                         : Reply::bytes(status, std::string(nameOf(mediaType)), std::string(body));
    reply.block(vary);
    if (maxAge != 0)
        reply.field("Cache-Control", "public, max-age=" + std::to_string(maxAge)).field("Vary", "Authorization");
    if (status == badMethod) reply.field("Allow", "POST");
    if (status == unavailable && retryAfter != 0) reply.field("Retry-After", std::to_string(retryAfter));
    return reply;
}

std::string_view ResponseText::write(std::string_view source, std::span<const Error> errors,
                                     std::optional<std::string_view> data, std::span<const FieldFailure> failures,
                                     std::string_view requestId, bool isDevelopment) {
    output_.clear();
    const Extensions extensions(failures, requestId);
    std::vector<Error> masked;
    if (!isDevelopment) {
        for (const Error& error : errors) {
            if (!isOfServer(error)) continue;
            if (masked.empty()) masked.assign(errors.begin(), errors.end());
            masked[static_cast<std::size_t>(&error - errors.data())].message = maskedMessage;
        }
        if (!masked.empty()) errors = masked;
    }
    writeResponse(output_, source, errors, data, &extensions);
    return output_.view();
}

} // namespace mortise::graphql
