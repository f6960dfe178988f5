// SPDX-License-Identifier: Apache-2.0
#include "dispatch/error_response.hpp"

#include "base/redaction.hpp"
#include "base/text.hpp"
#include "http/field_block.hpp"
#include "http/status.hpp"
#include "json/writer.hpp"

#include <algorithm>

namespace mortise::dispatch {
namespace {

constexpr std::string_view jsonType = "application/json";
constexpr std::string_view problemType = "application/problem+json";

// RFC 9110 section 12.4.2, in thousandths; a malformed weight is 0.
unsigned weightOf(std::string_view parameters) noexcept {
    while (!parameters.empty()) {
        const std::size_t end = std::min(parameters.find(';'), parameters.size());
        const std::string_view one = base::trim(parameters.substr(0, end));
        parameters.remove_prefix(std::min(end + 1, parameters.size()));
        if (one.size() < 2 || (one[0] | 0x20) != 'q' || one[1] != '=') continue;
        const std::string_view value = one.substr(2);
        if (value.empty() || (value[0] != '0' && value[0] != '1') || value.size() > 5 ||
            (value.size() > 1 && value[1] != '.'))
            return 0;
        unsigned weight = value[0] == '1' ? 1000 : 0;
        unsigned place = 100;
        for (const char digit : value.substr(std::min<std::size_t>(2, value.size()))) {
            if (digit < '0' || digit > '9') return 0;
            weight += static_cast<unsigned>(digit - '0') * place;
            place /= 10;
        }
        return std::min(weight, 1000U);
    }
    return 1000;
}

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

ErrorFormat errorFormat(std::string_view accept) noexcept {
    unsigned problem = 0;
    unsigned json = 0;
    while (!accept.empty()) {
        const std::size_t comma = std::min(accept.find(','), accept.size());
        const std::string_view element = accept.substr(0, comma);
        accept.remove_prefix(std::min(comma + 1, accept.size()));
        const std::size_t semicolon = std::min(element.find(';'), element.size());
        const std::string_view type = base::trim(element.substr(0, semicolon));
        const std::string_view parameters = element.substr(std::min(semicolon + 1, element.size()));
        if (http::equalsIgnoreCase(type, problemType))
            problem = weightOf(parameters);
        else if (http::equalsIgnoreCase(type, jsonType))
            json = weightOf(parameters);
    }
    return problem > 0 && problem >= json ? ErrorFormat::problem : ErrorFormat::plain;
}

ErrorFormat errorFormat(const http::Exchange& exchange) {
    const std::string_view first = exchange.field("Accept");
    std::string all; // RFC 9110 section 5.3: lines of one name are one list
    for (std::size_t i = 0; i < exchange.fieldCount(); ++i) {
        const http::Field field = exchange.field(i);
        if (!http::equalsIgnoreCase(field.name, "Accept") || field.value.data() == first.data()) continue;
        if (all.empty()) all = first;
        all.append(",").append(field.value);
    }
    return errorFormat(all.empty() ? first : all);
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
