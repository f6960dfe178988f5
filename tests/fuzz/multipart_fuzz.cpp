// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: a multipart body behind a line with its Content-Type. What the reader says does not depend on how
// the body was cut, names are text, data is what came, and limits hold.
#include "fuzz_input.hpp"

#include "base/text.hpp"
#include "http/multipart.hpp"

#include <algorithm>
#include <string>

using mortise::http::MultipartHead;
using mortise::http::MultipartLimits;
using mortise::http::MultipartReader;

namespace {

constexpr MultipartLimits limits{4, 100};

bool isText(std::string_view text) {
    return mortise::base::findInvalidUtf8(text) == std::string_view::npos &&
           std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// Everything that was said, as one text. Lengths of what is told stand before it: no two stories look alike.
std::string storyOf(std::string_view boundary, std::string_view body, std::size_t step) {
    MultipartReader reader(boundary, limits);
    std::string told;
    std::string data;
    std::size_t parts = 0;
    std::size_t bytes = 0;
    const auto tell = [&told](char what, std::string_view text) {
        told.append(1, what).append(std::to_string(text.size())).append(1, ':').append(text);
    };
    for (std::size_t at = 0;;) {
        switch (reader.next()) {
        case MultipartReader::Event::more:
            if (at == body.size()) {
                reader.finish();
            } else {
                reader.feed(body.substr(at, step));
                at = std::min(body.size(), at + step);
            }
            break;
        case MultipartReader::Event::part: {
            const MultipartHead& head = reader.head();
            fuzz::expect(++parts <= limits.parts, "more parts than are allowed");
            fuzz::expect(isText(head.name) && isText(head.content_type), "a name is no text");
            fuzz::expect(!head.file_name || isText(*head.file_name), "a file's name is no text");
            tell('p', head.name);
            tell('t', head.content_type);
            if (head.file_name) tell('f', *head.file_name);
            fuzz::seededBug(!head.file_name && !head.content_type.empty());
            break;
        }
        case MultipartReader::Event::data:
            fuzz::expect(parts > 0 && !reader.data().empty(), "data of nothing");
            data += reader.data();
            fuzz::expect((bytes += reader.data().size()) <= body.size(), "more data than came");
            break;
        case MultipartReader::Event::part_end:
            fuzz::expect(body.find(data) != std::string_view::npos, "other data than came");
            fuzz::expect(data.find("\r\n--" + std::string(boundary)) == std::string::npos, "a boundary in the data");
            tell('d', data);
            data.clear();
            break;
        case MultipartReader::Event::end:
            fuzz::expect(body.find("--" + std::string(boundary) + "--") != std::string_view::npos, "an end of nothing");
            return told + "end";
        case MultipartReader::Event::fault:
            return "fault " + std::string(reader.fault().code);
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::textOf(data, size);
    const std::size_t line = std::min(text.find('\n'), text.size());
    const auto boundary = mortise::http::multipartBoundary(text.substr(0, line));
    const std::string_view body = text.substr(std::min(line + 1, text.size()));
    if (boundary) fuzz::expect(!boundary->empty() && boundary->size() <= 70, "no boundary");
    const std::string story = storyOf(boundary.value_or("B"), body, std::max<std::size_t>(body.size(), 1));
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, size % 13 + 3})
        fuzz::expect(storyOf(boundary.value_or("B"), body, step) == story, "the verdict depends on the cut");
    return 0;
}
