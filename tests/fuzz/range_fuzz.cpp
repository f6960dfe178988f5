// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: a Range field, and in the line below it an If-Range field, as static-files reads them.
#include "fuzz_input.hpp"

#include "byte_range.hpp"
#include "http_date.hpp"

#include <mortise/entity_tag.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

using namespace mortise::static_files;
using Kind = ByteRange::Kind;

namespace {

constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max();
constexpr std::array<std::uint64_t, 6> sizes{0, 1, 10, 4096, std::uint64_t{1} << 63, huge}; // ascending

bool areSame(const ByteRange& a, const ByteRange& b) noexcept {
    return a.kind == b.kind && a.first == b.first && a.length == b.length;
}

ByteRange judgeRange(std::string_view value, std::uint64_t size) {
    const ByteRange range = parseByteRange(value, size);
    if (range.kind != Kind::part) {
        fuzz::expect(range.first == 0 && range.length == 0, "no part has a place");
        return range;
    }
    fuzz::expect(range.length > 0 && range.first < size && range.length <= size - range.first,
                 "a part reaches beyond the end");
    const std::string first = "bytes=" + std::to_string(range.first) + "-";
    const std::string whole = first + std::to_string(range.first + range.length - 1);
    fuzz::expect(areSame(parseByteRange(whole, size), range), "a part in other words is another part");
    if (range.length == size - range.first)
        fuzz::expect(areSame(parseByteRange(first, size), range), "a part to the end is another part");
    return range;
}

// What one size is answered with says what others may be.
void judgeRanges(std::string_view value) {
    ByteRange smaller = judgeRange(value, 0);
    fuzz::expect(smaller.kind != Kind::part, "an empty file has a part");
    for (const std::uint64_t size : sizes) {
        const ByteRange range = judgeRange(value, size);
        fuzz::expect((range.kind == Kind::whole) == (smaller.kind == Kind::whole), "the size decides on the grammar");
        fuzz::expect(smaller.kind != Kind::part || (range.kind == Kind::part && range.length >= smaller.length),
                     "a bigger file has a smaller part");
        smaller = range;
    }
}

void judgeTag(std::string_view text) {
    const auto tag = mortise::EntityTag::parse(text);
    if (!tag) return;
    fuzz::expect(tag->opaque.size() + (tag->weak ? 2 : 0) == text.size(), "a tag is not the whole text");
    fuzz::expect(tag->opaque.size() >= 2 && tag->opaque.front() == '"' &&
                     tag->opaque.find('"', 1) == tag->opaque.size() - 1,
                 "a tag has no quotes, or more than its own");
    fuzz::expect(strongMatch(*tag, *tag) != tag->weak && weakMatch(*tag, *tag), "a tag does not match itself");
    fuzz::expect(!parseHttpDate(text), "a tag is a date");
}

void judgeDate(std::string_view text) {
    const auto when = parseHttpDate(text);
    if (!when) return;
    // Years of four digits: no others can be read.
    constexpr std::int64_t year10000 = 253402300800;
    if (*when < year10000) fuzz::expect(parseHttpDate(httpDate(*when)) == when, "a date in other words is another one");
    // A leap second is the one after an ordinary one.
    const std::size_t leap = text.find(":60 ");
    if (leap == text.npos) return;
    std::string before(text);
    before.replace(leap, 3, ":59");
    const auto second = parseHttpDate(before);
    fuzz::expect(second && *second + 1 == *when, "a leap second does not follow on the last one");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::textOf(data, size);
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view range = text.substr(0, end);
    const std::string_view condition = text.substr(std::min(end + 1, text.size()));
    judgeRanges(range);
    judgeTag(condition);
    judgeDate(condition);
    const auto tag = mortise::EntityTag::parse(condition);
    fuzz::seededBug(tag && tag->weak && parseByteRange(range, 10).kind == Kind::part);
    return 0;
}
