// SPDX-License-Identifier: Apache-2.0
// llhttp's own request cases (test/request/*.md) by outcome: a request is refused, or accepted with which method,
// target, fields and body. Its lenient modes, and what only its events show, do not apply. Most cases carry no Host,
// which RFC 9112 section 3.2 demands: they must be refused as they are, and are judged with a Host added at the end of
// the head.
#include "json_test_data.hpp"

#include "http1_reading.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace {

using Message = http1::Message;

// Reasons to differ from llhttp's expectation.
constexpr std::string_view upgrade =
    "an Upgrade that nothing asks for is ignored (RFC 9110 section 7.8), so what follows the "
    "head or the body is the next request";
constexpr std::string_view connect = "CONNECT is for proxies and is not served: 501 (RFC 9110 section 9.3.6)";
constexpr std::string_view method = "not a method that is served: 501 (RFC 9110 section 9.1)";
constexpr std::string_view protocol = "only HTTP is spoken (RFC 9112 section 2.3)";
constexpr std::string_view fragment = "a fragment is no part of a request target (RFC 9112 section 3.2)";

// Where this parser means to differ, and why; anything else that differs is a failure, and so is an entry without use.
const std::map<std::string_view, std::string_view> differences = {
    {"connection: Multiple tokens with folding and LWS", upgrade},
    {"connection: Upgrade GET request", upgrade},
    {"connection: Upgrade POST request", upgrade},
    {"content-length: Tabs in `Content-Length` (surrounding)",
     "llhttp 8.1 refuses a tab behind the digits, which RFC 9110 section 5.6.3 lets a sender put there and nobody "
     "does"},
    {"method: CONNECT request", connect},
    {"method: CONNECT request with CAPS", connect},
    {"method: CONNECT with body", connect},
    {"method: M-SEARCH request", "the target * is for OPTIONS (RFC 9112 section 3.2.4)"},
    {"method: SOURCE request", method},
    {"method: SOURCE request with ICE", protocol},
    {"method: OPTIONS request with RTSP", protocol},
    {"method: ANNOUNCE request with RTSP", protocol},
    {"method: QUERY request", "a method younger than llhttp 8.1: 501 (RFC 9110 section 9.1)"},
    {"sample: No HTTP version", "HTTP/0.9 is not spoken (RFC 9112 section 2.3)"},
    {"transfer-encoding: POST with `chunked` as last transfer-encoding", fragment},
    {"transfer-encoding: POST with `chunked` as last transfer-encoding (multiple headers)", fragment},
    {"transfer-encoding: Trailing headers", "Vary and Content-Type may not be trailer fields (RFC 9110 section 6.5.1)"},
    {"uri: Fragment in URI", fragment},
    {"uri: Underscore in hostname", connect},
    {"uri: `host:port` and basic auth", "user information in an http URI is an error (RFC 9110 section 4.2.4)"},
};

struct Case {
    std::string name; // "file: heading"
    std::string meta;
    std::string input;
    std::string log;
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

// The escapes of llhttp's test runner: lines end in CRLF, a backslash at the end joins two, \r \n \t \f and \xHH are
// bytes.
std::string unescaped(std::string text) {
    if (!text.empty() && text.back() == '\n') text.pop_back();
    text = replaced(replaced(std::move(text), "\\\n", ""), "\n", "\r\n");
    std::string made;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char next = text[at] == '\\' && at + 1 < text.size() ? text[at + 1] : '\0';
        const auto found = std::string_view("rntf").find(next);
        if (next != '\0' && found != std::string_view::npos) {
            made += "\r\n\t\f"[found];
            ++at;
        } else if (next == 'x') {
            std::size_t end = at + 2;
            while (end < text.size() && std::isxdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
            // A code point below U+0100, in UTF-8.
            const int code = std::stoi(text.substr(at + 2, end - at - 2), nullptr, 16);
            if (code >= 0x80) made += static_cast<char>(0xC0 | code >> 6);
            made += static_cast<char>(code < 0x80 ? code : 0x80 | (code & 0x3F));
            at = end - 1;
        } else {
            made += text[at];
        }
    }
    return made;
}

std::vector<Case> casesOf(const std::filesystem::path& path) {
    std::vector<Case> cases;
    std::map<std::string, int> uses;
    std::string heading;
    std::string meta;
    std::string* block = nullptr;
    std::ifstream file(path, std::ios::binary);
    for (std::string line; std::getline(file, line);) {
        if (line == "```") {
            block = nullptr;
        } else if (block != nullptr) {
            *block += line + '\n';
        } else if (line.rfind("##", 0) == 0) {
            heading = line.substr(line.find_first_not_of("# "));
        } else if (line.rfind("<!-- meta=", 0) == 0) {
            meta = line;
        } else if (line == "```http") {
            std::string name = path.stem().string() + ": " + heading;
            const int use = ++uses[name];
            if (use > 1) name += " (" + std::to_string(use) + ")";
            cases.push_back({std::move(name), meta, {}, {}});
            block = &cases.back().input;
        } else if (line == "```log" && !cases.empty()) {
            block = &cases.back().log;
        }
    }
    for (Case& one : cases) one.input = unescaped(std::move(one.input));
    return cases;
}

struct Expected {
    std::vector<Message> messages; // accepted heads
    bool refused = false;
    bool upgraded = false; // what follows is no HTTP/1
};

bool begins(std::string_view text, std::string_view with) {
    return text.substr(0, with.size()) == with;
}

Expected expectationOf(const Case& one) {
    Expected made;
    Message now;
    bool head_complete = false;
    bool name_open = false;
    std::size_t begin = 0;
    while (begin < one.log.size()) {
        const std::size_t end = one.log.find('\n', begin);
        const std::string_view line(one.log.data() + begin, end - begin);
        begin = end + 1;
        const std::size_t blank = line.find(' ');
        if (!begins(line, "off=") || begins(line, "off=NULL") || blank == line.npos) continue;
        const std::size_t offset = std::stoul(std::string(line.substr(4, blank - 4)));
        std::string_view event = line.substr(blank + 1);
        std::string_view text;
        if (begins(event, "len=")) {
            const std::size_t second = event.find(' ');
            text = std::string_view(one.input).substr(offset, std::stoul(std::string(event.substr(4, second - 4))));
            event = event.substr(second + 1);
        }
        if (event == "message begin") {
            now = Message();
            head_complete = false;
            name_open = false;
        } else if (begins(event, "span[method]")) {
            now.method += text;
        } else if (begins(event, "span[url]")) {
            now.target += text;
        } else if (begins(event, "span[body]")) {
            if (head_complete) made.messages.back().body += text;
        } else if (begins(event, "span[header_field]") && !head_complete) {
            if (!name_open) now.fields.emplace_back();
            name_open = true;
            now.fields.back().first += text;
        } else if (event == "header_field complete") {
            name_open = false;
        } else if (begins(event, "span[header_value]") && !head_complete) {
            now.fields.back().second += text;
        } else if (begins(event, "headers complete")) {
            head_complete = true;
            for (auto& field : now.fields) {
                while (!field.second.empty() && (field.second.back() == ' ' || field.second.back() == '\t'))
                    field.second.pop_back();
            }
            made.messages.push_back(now);
        } else if (event == "message complete") {
            made.messages.back().complete = true;
        } else if (begins(event, "error code=22")) {
            made.upgraded = true;
        } else if (begins(event, "error code=")) {
            made.refused = true;
        }
    }
    return made;
}

// `text` (from the first byte of a request) with a Host at the end of its head, if it has none.
std::string withHost(const std::string& text) {
    const std::size_t begin = std::min(text.find_first_not_of("\r\n"), text.size());
    const std::size_t end = text.find("\r\n\r\n", begin);
    if (end == text.npos) return text;
    std::string head = "\n" + text.substr(0, end);
    std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return std::tolower(c); });
    if (replaced(head, "\r", "\n").find("\nhost:") != head.npos) return text;
    return text.substr(0, end + 2) + "Host: added\r\n" + text.substr(end + 2);
}

struct Outcome {
    std::vector<Message> messages;
    bool refused = false;
    std::string why;
    bool same_in_pieces = true;
};

void feedInPieces(http1::Reading& reading, std::string_view text, std::size_t size) {
    for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) reading.feed(text.substr(0, size));
}

Outcome outcomeOf(std::string rest, bool adding_host) {
    Outcome made;
    // Requests one by one, since each may need its Host.
    while (!rest.empty()) {
        if (adding_host) rest = withHost(rest);
        http1::Reading whole;
        whole.feed(rest);
        for (const std::size_t size : {1U, 3U}) {
            http1::Reading cut;
            feedInPieces(cut, rest, size);
            std::string said;
            if (!cut.sameAs(whole, said)) {
                made.same_in_pieces = false;
                made.why += "; in pieces of " + std::to_string(size) + ": " + said;
            }
        }
        // Find the end of the first request: the longest input that still leaves one complete message and nothing else.
        http1::Reading first;
        std::size_t used = 0;
        while (used < rest.size() && (first.messages().empty() || !first.messages().back().complete) &&
               first.fault() == nullptr)
            first.feed(std::string_view(rest).substr(used++, 1));
        if (!first.messages().empty()) {
            made.messages.push_back(first.messages().back());
            auto& fields = made.messages.back().fields;
            if (adding_host && !fields.empty() && fields.back().second == "added") fields.pop_back();
        }
        rest.erase(0, used);
        if (first.fault() != nullptr) {
            made.refused = true;
            made.why = std::string(first.fault()->code) + made.why;
            break;
        }
        if (first.messages().empty() || !first.messages().back().complete) break;
        if (!first.messages().back().keep_alive) {
            made.refused = !rest.empty();
            made.why = "the connection is to end" + made.why;
            break;
        }
    }
    return made;
}

bool sameMessage(const Message& one, const Message& other) {
    return one.method == other.method && one.target == other.target && one.fields == other.fields &&
           one.body == other.body;
}

// Empty, or what differs.
std::string compared(const Expected& expected, const Outcome& outcome) {
    if (!outcome.same_in_pieces) return "depends on the cut: " + outcome.why;
    if (expected.refused != outcome.refused) {
        return expected.refused ? "accepted, llhttp refuses" : "refused (" + outcome.why + "), llhttp accepts";
    }
    std::size_t compare = expected.messages.size();
    if (expected.refused) {
        // Where in a request that is refused anyway does not matter; those before it do.
        const auto incomplete = [](const Message& one) { return !one.complete; };
        compare = static_cast<std::size_t>(
            std::find_if(expected.messages.begin(), expected.messages.end(), incomplete) - expected.messages.begin());
        if (outcome.messages.size() < compare) return "refused earlier (" + outcome.why + ")";
    } else if (outcome.messages.size() != compare) {
        return std::to_string(outcome.messages.size()) + " requests instead of " + std::to_string(compare);
    }
    for (std::size_t i = 0; i < compare; ++i) {
        if (!sameMessage(expected.messages[i], outcome.messages[i]))
            return "request " + std::to_string(i) + " is another";
        if (expected.messages[i].complete != outcome.messages[i].complete) return "ends elsewhere";
    }
    return {};
}

} // namespace

int main() {
    const auto files = test_data::files(test_data::folder("http1-requests"));
    if (files.empty()) return test_data::skipped;
    int applied = 0;
    int not_applicable = 0;
    int without_host = 0;
    int refused = 0;
    int wrong = 0;
    std::set<std::string_view> used;
    for (const auto& path : files) {
        if (path.extension() != ".md") continue;
        for (const Case& one : casesOf(path)) {
            if (one.meta.find("lenient") != std::string::npos || one.meta.find("skipBody") != std::string::npos) {
                ++not_applicable;
                continue;
            }
            ++applied;
            const Expected expected = expectationOf(one);
            const Outcome outcome = outcomeOf(one.input, true);
            refused += outcome.refused ? 1 : 0;
            std::string differs = compared(expected, outcome);
            if (withHost(one.input) != one.input && !outcome.messages.empty()) {
                const Outcome bare = outcomeOf(one.input, false);
                const bool old = one.input.find("HTTP/1.0\r\n") < one.input.find("\r\n");
                if (!old && bare.why != "http_bad_host") differs += "; without a Host: " + bare.why;
                without_host += old ? 0 : 1;
            }
            const auto known = differences.find(one.name);
            if (known != differences.end()) used.insert(known->first);
            if (differs.empty() == (known == differences.end())) continue;
            ++wrong;
            std::cout << one.name << ": " << (differs.empty() ? "is listed as different and is not" : differs) << '\n';
        }
    }
    for (const auto& [name, why] : differences) {
        if (used.count(name) != 0) continue;
        ++wrong;
        std::cout << name << ": is listed and not among the cases\n";
    }
    std::cout << applied << " strict cases (" << refused << " refused, " << used.size() << " differ as listed), "
              << without_host << " of them also refused for want of a Host; " << not_applicable
              << " lenient ones do not apply; " << wrong << " wrong\n";
    return wrong == 0 && applied > 0 ? 0 : 1;
}
