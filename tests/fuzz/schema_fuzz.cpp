// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: a schema, a line with "%", and a document. The schema is compiled in both modes; what compiles
// checks the document. A third part, behind another such line, is what the resolver answers.
#include "fuzz_input.hpp"

#include "json/parser.hpp"
#include "json/schema.hpp"

#include <string>

using namespace mortise::json;

namespace {

constexpr std::string_view separator = "\n%\n";

std::string_view takePart(std::string_view& text) noexcept {
    const std::string_view part = text.substr(0, text.find(separator));
    text.remove_prefix(part.size());
    if (!text.empty()) text.remove_prefix(separator.size());
    return part;
}

// What refuses documents among the kept inputs.
bool isKeptFailure(std::string_view code) noexcept {
    return code == "false" || code == "complexity" || code == "unevaluatedProperties";
}

void judge(const Schema& schema, Tape& tape, bool strict) {
    Details details;
    const bool good = schema.validate(tape, details);
    fuzz::expect(good == details.empty(), "the verdict and the details differ");
    for (const Detail& detail : details.items()) {
        fuzz::expect(!detail.code.empty() && !detail.message.empty(), "a detail has no words");
        fuzz::expect(detail.path.empty() || detail.path[0] == '/', "a path is no pointer");
    }
    Details none(0);
    fuzz::expect(schema.validate(tape, none) == good, "the verdict depends on whether details are kept");
    if (!strict) return;
    fuzz::seededBug(!good && !isKeptFailure(details.items().front().code));
    schema.applyDefaults(tape);
    if (!good) return;
    Details after;
    fuzz::expect(schema.validate(tape, after) || after.items().front().code != "required",
                 "a member is missing though defaults were applied");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = fuzz::textOf(data, size);
    const std::string_view text = takePart(rest);
    const std::string_view document = takePart(rest);
    const std::string remote(rest);
    for (const SchemaMode mode : {SchemaMode::strict, SchemaMode::spec}) {
        CompileOptions options;
        options.mode = mode;
        options.resolver = [&](std::string_view) { return std::optional<std::string>(remote); };
        Schema schema;
        if (const auto fault = Schema::compile(text, schema, options)) {
            fuzz::expect(!fault->message.empty(), "a fault has no words");
            continue;
        }
        Tape tape;
        if (!parse(document, tape)) judge(schema, tape, mode == SchemaMode::strict);
    }
    return 0;
}
