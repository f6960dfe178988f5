// SPDX-License-Identifier: Apache-2.0
#include "host/error_answer.hpp"

#include "json/writer.hpp"

#include <cstdint>

namespace mortise::host {

void writeError(std::string& out, const ErrorAnswer& answer, std::string_view requestId) {
    json::Writer writer(out);
    writer.beginObject().key("error").string(answer.sentence);
    if (answer.details != nullptr) {
        writer.key("details");
        answer.details->write(writer);
    }
    if (answer.position) writer.key("position").integer(static_cast<std::uint64_t>(*answer.position));
    if (!answer.message.empty()) writer.key("message").string(answer.message);
    writer.key("requestId").string(requestId);
    writer.endObject();
}

} // namespace mortise::host
