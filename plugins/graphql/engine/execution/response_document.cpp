// SPDX-License-Identifier: Apache-2.0
#include "execution/response_document.hpp"

#include "language/line_index.hpp"
#include "schema/schema_definition.hpp"

namespace mortise::graphql {

namespace {

void writeLocations(JsonOutput& output, const LineIndex& lines, const Error& error) {
    if (error.offsets.empty() || error.offsets.front() == noOffset) return;
    output.append(",\"locations\":");
    char separator = '[';
    for (const std::uint32_t offset : error.offsets) {
        if (offset == noOffset) continue;
        const Location location = lines.locate(offset);
        output.put(separator);
        output.append("{\"line\":");
        output.integer(location.line);
        output.append(",\"column\":");
        output.integer(location.column);
        output.put('}');
        separator = ',';
    }
    output.put(']');
}

void writePath(JsonOutput& output, const Error& error) {
    if (error.path.empty()) return;
    output.append(",\"path\":");
    char separator = '[';
    for (const PathSegment& segment : error.path) {
        output.put(separator);
        if (const auto* name = std::get_if<std::string>(&segment))
            output.string(*name);
        else
            output.integer(std::get<std::uint32_t>(segment));
        separator = ',';
    }
    output.put(']');
}

void writeExtensions(JsonOutput& output, const ErrorExtensions* extensions, const Error& error) {
    if (extensions == nullptr) return;
    const std::size_t mark = output.size();
    output.append(",\"extensions\":");
    const std::size_t start = output.size();
    extensions->write(error, output);
    if (output.size() == start) output.truncate(mark);
}

} // namespace

void writeResponse(JsonOutput& output, std::string_view source, std::span<const Error> errors,
                   std::optional<std::string_view> data, const ErrorExtensions* extensions) {
    output.put('{');
    if (!errors.empty()) {
        const LineIndex lines(source);
        output.append("\"errors\":");
        char separator = '[';
        for (const Error& error : errors) {
            output.put(separator);
            output.append("{\"message\":");
            output.string(error.message);
            writeLocations(output, lines, error);
            writePath(output, error);
            writeExtensions(output, extensions, error);
            output.put('}');
            separator = ',';
        }
        output.put(']');
        if (data) output.put(',');
    }
    if (data) {
        output.append("\"data\":");
        output.append(*data);
    }
    output.put('}');
}

} // namespace mortise::graphql
