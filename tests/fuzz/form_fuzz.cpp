// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: urlencoded forms and query strings, without a schema and under one, with defaults and validation.
#include "fuzz_input.hpp"

#include "json/form.hpp"
#include "json/parser.hpp"
#include "json/schema.hpp"
#include "json/writer.hpp"

#include <string>

using namespace mortise::json;

namespace {

Schema formSchema() {
    Schema schema;
    const auto fault = Schema::compile(R"({"type":"object","required":["a"],"properties":{"a":{"type":"string"},
        "n":{"type":"integer","default":3},"x":{"type":"number"},"b":{"type":"boolean"},"z":{"type":"null"},
        "l":{"type":"array","items":{"type":"integer"},"maxItems":3},"r":{"$ref":"#/$defs/r"},
        "t":{"$ref":"#/$defs/t"},"m":{"type":"object","additionalProperties":{"type":"boolean"}}},
        "$defs":{"r":{"type":["integer","string"]},"t":{"type":"object","properties":{"v":{"type":"number","default":1},
        "k":{"$ref":"#/$defs/t"},"s":{"type":"array","items":{"$ref":"#/$defs/t"}}}}}})",
                                       schema);
    fuzz::expect(!fault, "the schema does not compile");
    return schema;
}

// A document that came from a form is one that could have been parsed.
void judge(const Tape& tape) {
    fuzz::expect(tape.root().isObject(), "a form is no object");
    std::string written;
    Writer(written).value(tape.root());
    Tape again;
    fuzz::expect(!parse(written, again), "what was written does not parse");
    fuzz::expect(again.nodes().size() == tape.nodes().size(), "a name came twice");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Schema schema = formSchema();
    const std::string_view text = fuzz::textOf(data, size);
    FormLimits limits;
    limits.pairs = 40;
    for (const Schema* const used : {static_cast<const Schema*>(nullptr), &schema}) {
        Tape tape;
        if (const auto fault = readForm(text, used, tape, limits)) {
            fuzz::expect(fault->position <= text.size(), "a fault lies outside of the text");
            fuzz::expect(!describe(fault->reason).empty(), "a fault has no words");
            fuzz::expect(tape.empty(), "a tape is left after a fault");
            continue;
        }
        judge(tape);
        if (used == nullptr) continue;
        Details before;
        const bool good = schema.validate(tape, before);
        schema.applyDefaults(tape);
        judge(tape);
        Details after;
        fuzz::expect(schema.validate(tape, after) == good, "defaults change the verdict");
        const Value number = tape.root().find("n");
        fuzz::expect(static_cast<bool>(number), "a default is missing");
        const Value list = tape.root().find("l");
        fuzz::seededBug(list && list.size() == 3);
    }
    return 0;
}
