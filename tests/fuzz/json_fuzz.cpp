// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: what parses is written, parses again, and is the same value.
#include "fuzz_input.hpp"

#include "json/equality.hpp"
#include "json/parser.hpp"
#include "json/writer.hpp"

#include <string>

using namespace mortise::json;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::textOf(data, size);
    Tape tape;
    if (const auto fault = parse(text, tape)) {
        fuzz::expect(fault->position <= text.size(), "a fault lies outside of the text");
        fuzz::expect(!describe(fault->reason).empty(), "a fault has no words");
        fuzz::expect(tape.empty(), "a tape is left after a fault");
        return 0;
    }
    std::string written;
    Writer(written).value(tape.root());
    Tape again;
    fuzz::expect(!parse(written, again), "what was written does not parse");
    fuzz::expect(areEqual(tape.root(), again.root()), "what was written is another value");
    fuzz::expect(tape.hasNul() == again.hasNul(), "U+0000 came or went");
    std::string twice;
    Writer(twice).value(again.root());
    fuzz::expect(written == twice, "writing twice differs");
    fuzz::seededBug(tape.root().isArray() && tape.root().size() == 5);
    return 0;
}
