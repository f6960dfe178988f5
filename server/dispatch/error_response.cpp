// SPDX-License-Identifier: Apache-2.0
#include "dispatch/error_response.hpp"

#include "base/redaction.hpp"
#include "http/field_block.hpp"
#include "http/status.hpp"
#include "json/writer.hpp"

#include <mortise/text/accept.hpp>

#include <algorithm>

namespace mortise::dispatch {
namespace {

constexpr std::string_view jsonType = "application/json";
constexpr std::string_view problemType = "application/problem+json";

struct Wanted {
    Quality problem = 0;
    Quality json = 0;

    void add(std::string_view accept) {
        AcceptReader reader(accept);
        for (MediaRange range; reader.next(range);) {
            if (range.media.is(problemType)) problem = range.quality;
            if (range.media.is(jsonType)) json = range.quality;
        }
    }
    ErrorFormat format() const noexcept {
        return problem > 0 && problem >= json ? ErrorFormat::problem : ErrorFormat::plain;
    }
};

// "Not Found" becomes "not_found": the code of an error that only its status describes.
std::string codeOf(int status) {
    std::string code(http::reasonPhrase(status));
    for (char& c : code) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c == ' ' || c == '-' ? '_' : c;
    std::erase(code, '\'');
    return code.empty() ? "error" : code;
}

void writeProblem(json::Writer& writer, const ErrorResponse& answer) {
    const std::string_view phrase = http::reasonPhrase(answer.fault.status);
    writer.quoted(R"({"type":"about:blank","title":)").string(phrase.empty() ? "Error" : phrase);
    writer.quoted(R"("status":)").integer(static_cast<std::uint64_t>(answer.fault.status));
    writer.quoted(R"("detail":)").string(answer.fault.sentence);
    writer.quoted(R"("code":)");
    if (!answer.code.empty())
        writer.string(answer.code);
    else
        writer.string(answer.fault.code.empty() ? codeOf(answer.fault.status) : answer.fault.code);
}

} // namespace

ErrorFormat errorFormat(std::string_view accept) {
    Wanted wanted;
    wanted.add(accept);
    return wanted.format();
}

ErrorFormat errorFormat(const http::Exchange& exchange) {
    const std::string_view first = exchange.field("Accept");
    if (first.data() == nullptr) return ErrorFormat::plain;
    Wanted wanted;
    wanted.add(first);
    for (std::size_t i = 0; i < exchange.fieldCount(); ++i) {
        const http::Field field = exchange.field(i);
        if (http::equalsIgnoreCase(field.name, "Accept") && field.value.data() != first.data()) wanted.add(field.value);
    }
    return wanted.format();
}

std::string_view mediaType(ErrorFormat format) noexcept {
    return format == ErrorFormat::problem ? problemType : "application/json; charset=utf-8";
}

bool isErrorCode(std::string_view code) noexcept {
    constexpr std::size_t most = 64;
    return code.size() <= most && std::all_of(code.begin(), code.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

void writeError(std::string& out, const ErrorResponse& answer, std::string_view requestId, ErrorFormat format) {
    json::Writer writer(out);
    if (format == ErrorFormat::problem)
        writeProblem(writer, answer);
    else
        writer.quoted(R"({"error":)").string(answer.fault.sentence);
    if (format == ErrorFormat::plain && !answer.code.empty()) writer.quoted(R"("code":)").string(answer.code);
    if (answer.details != nullptr) {
        writer.quoted(format == ErrorFormat::problem ? R"("errors":)" : R"("details":)");
        answer.details->write(writer);
    }
    if (answer.position) writer.quoted(R"("position":)").integer(static_cast<std::uint64_t>(*answer.position));
    if (std::string storage; !answer.message.empty())
        writer.quoted(R"("message":)").string(base::redactText(answer.message, storage));
    writer.quoted(R"("requestId":)").string(requestId);
    writer.endObject();
}

} // namespace mortise::dispatch
