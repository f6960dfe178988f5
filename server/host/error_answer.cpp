// SPDX-License-Identifier: Apache-2.0
#include "host/error_answer.hpp"

#include "json/writer.hpp"

#include <cstdint>

namespace mortise::host {

void writeError(std::string& out, const ErrorAnswer& answer, std::string_view requestId) {
    json::Writer writer(out);
    writer.quoted(R"({"error":)").string(answer.sentence);
    if (answer.details != nullptr) {
        writer.quoted(R"("details":)");
        answer.details->write(writer);
    }
    if (answer.position) writer.quoted(R"("position":)").integer(static_cast<std::uint64_t>(*answer.position));
    if (!answer.message.empty()) writer.quoted(R"("message":)").string(answer.message);
    writer.quoted(R"("requestId":)").string(requestId);
    writer.endObject();
}

} // namespace mortise::host
