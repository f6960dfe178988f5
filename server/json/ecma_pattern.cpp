// SPDX-License-Identifier: Apache-2.0
#include "json/ecma_pattern.hpp"

#include "json/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace mortise::json {
namespace {

// RE2's own bound.
constexpr std::uint32_t most_repeats = 1000;
constexpr std::uint32_t last_code_point = 0x10ffff;

// ECMA-262, WhiteSpace and LineTerminator, as members of a class; and everything else.
constexpr std::string_view spaces =
    R"(\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";
constexpr std::string_view no_spaces =
    R"(\x{0}-\x{8}\x{e}-\x{1f}!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e})"
    R"(\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff})";
constexpr std::string_view any_character = R"([\x{0}-\x{10ffff}])";
constexpr std::string_view no_character = R"([^\x{0}-\x{10ffff}])";
constexpr std::string_view no_line_end = R"([^\n\r\x{2028}\x{2029}])";

struct Category {
    std::string_view name;
    std::string_view members; // of a class
};
// The general categories that RE2 knows by their short names, by every name that ECMA-262 allows.
constexpr std::array categories = {
    Category{"Letter", R"(\pL)"},
    Category{"Cased_Letter", R"(\p{Lu}\p{Ll}\p{Lt})"},
    Category{"LC", R"(\p{Lu}\p{Ll}\p{Lt})"},
    Category{"Uppercase_Letter", R"(\p{Lu})"},
    Category{"Lowercase_Letter", R"(\p{Ll})"},
    Category{"Titlecase_Letter", R"(\p{Lt})"},
    Category{"Modifier_Letter", R"(\p{Lm})"},
    Category{"Other_Letter", R"(\p{Lo})"},
    Category{"Mark", R"(\pM)"},
    Category{"Combining_Mark", R"(\pM)"},
    Category{"Nonspacing_Mark", R"(\p{Mn})"},
    Category{"Spacing_Mark", R"(\p{Mc})"},
    Category{"Enclosing_Mark", R"(\p{Me})"},
    Category{"Number", R"(\pN)"},
    Category{"Decimal_Number", R"(\p{Nd})"},
    Category{"digit", R"(\p{Nd})"},
    Category{"Letter_Number", R"(\p{Nl})"},
    Category{"Other_Number", R"(\p{No})"},
    Category{"Punctuation", R"(\pP)"},
    Category{"punct", R"(\pP)"},
    Category{"Connector_Punctuation", R"(\p{Pc})"},
    Category{"Dash_Punctuation", R"(\p{Pd})"},
    Category{"Open_Punctuation", R"(\p{Ps})"},
    Category{"Close_Punctuation", R"(\p{Pe})"},
    Category{"Initial_Punctuation", R"(\p{Pi})"},
    Category{"Final_Punctuation", R"(\p{Pf})"},
    Category{"Other_Punctuation", R"(\p{Po})"},
    Category{"Symbol", R"(\pS)"},
    Category{"Math_Symbol", R"(\p{Sm})"},
    Category{"Currency_Symbol", R"(\p{Sc})"},
    Category{"Modifier_Symbol", R"(\p{Sk})"},
    Category{"Other_Symbol", R"(\p{So})"},
    Category{"Separator", R"(\pZ)"},
    Category{"Space_Separator", R"(\p{Zs})"},
    Category{"Line_Separator", R"(\p{Zl})"},
    Category{"Paragraph_Separator", R"(\p{Zp})"},
    Category{"Control", R"(\p{Cc})"},
    Category{"cntrl", R"(\p{Cc})"},
    Category{"Format", R"(\p{Cf})"},
    Category{"Private_Use", R"(\p{Co})"},
    Category{"Surrogate", R"(\p{Cs})"},
};
constexpr std::array short_categories = {
    std::string_view("L"),  std::string_view("Lu"), std::string_view("Ll"), std::string_view("Lt"),
    std::string_view("Lm"), std::string_view("Lo"), std::string_view("M"),  std::string_view("Mn"),
    std::string_view("Mc"), std::string_view("Me"), std::string_view("N"),  std::string_view("Nd"),
    std::string_view("Nl"), std::string_view("No"), std::string_view("P"),  std::string_view("Pc"),
    std::string_view("Pd"), std::string_view("Ps"), std::string_view("Pe"), std::string_view("Pi"),
    std::string_view("Pf"), std::string_view("Po"), std::string_view("S"),  std::string_view("Sm"),
    std::string_view("Sc"), std::string_view("Sk"), std::string_view("So"), std::string_view("Z"),
    std::string_view("Zs"), std::string_view("Zl"), std::string_view("Zp"), std::string_view("Cc"),
    std::string_view("Cf"), std::string_view("Co"), std::string_view("Cs"),
};

bool isDigit(char byte) noexcept {
    return byte >= '0' && byte <= '9';
}

bool isLetter(char byte) noexcept {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool isNamePart(char byte) noexcept {
    return isLetter(byte) || isDigit(byte) || byte == '_' || byte == '$' || static_cast<unsigned char>(byte) >= 0x80;
}

std::string hex(std::uint32_t codePoint) {
    std::array<char, 8> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), codePoint, 16).ptr;
    return {digits.data(), end};
}

// `codePoint` where RE2 takes it literally, inside of a class and outside.
void appendLiteral(std::string& out, std::uint32_t codePoint) {
    const bool plain = codePoint < 0x80 && (isLetter(static_cast<char>(codePoint)) ||
                                            isDigit(static_cast<char>(codePoint)) || codePoint == '_');
    if (plain)
        out += static_cast<char>(codePoint);
    else
        out += "\\x{" + hex(codePoint) + "}";
}

class PatternTranslator {
public:
    PatternTranslator(std::string_view text, std::string& out) noexcept : text_(text), out_(out) {}

    void run() {
        while (at_ < text_.size()) readTerm();
        if (!open_.empty()) refuse(open_.back(), "has a group that is not closed");
    }

private:
    // What an escape stands for: one character, or members of a class.
    struct Atom {
        std::uint32_t codePoint = 0;
        std::string members;
        bool isSet = false;
    };

    [[noreturn]] static void refuse(std::size_t position, std::string message) {
        throw PatternFault{position, std::move(message)};
    }

    char peek(std::size_t ahead = 0) const noexcept { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    bool has(std::string_view what) const noexcept { return text_.substr(at_).starts_with(what); }

    std::uint32_t codePoint() {
        const std::size_t length = utf8Step(text_.substr(at_)).length;
        const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text_[at_ + index]); };
        std::uint32_t value = byte(0);
        if (length > 1) value &= 0x7fu >> length;
        for (std::size_t index = 1; index < length; ++index) value = value << 6 | (byte(index) & 0x3fu);
        at_ += length;
        return value;
    }

    void readTerm() {
        const std::size_t start = at_;
        switch (peek()) {
        case '|':
        case '^':
        case '$':
            out_ += text_[at_++];
            repeatable_ = false;
            return;
        case '(':
            openGroup();
            repeatable_ = false;
            return;
        case ')':
            if (open_.empty()) refuse(start, "closes a group that is not open");
            open_.pop_back();
            out_ += ')';
            ++at_;
            break;
        case '*':
        case '+':
        case '?':
            repeat(start);
            return;
        case '{':
            if (isCount()) {
                repeat(start);
                return;
            }
            appendLiteral(out_, codePoint());
            break;
        case '.':
            ++at_;
            out_ += no_line_end;
            break;
        case '[':
            readClass();
            break;
        case '\\':
            if (peek(1) == 'b' || peek(1) == 'B') {
                out_ += text_.substr(at_, 2);
                at_ += 2;
                repeatable_ = false;
                return;
            }
            appendAtom(readEscape(false));
            break;
        default:
            appendLiteral(out_, codePoint());
        }
        repeatable_ = true;
    }

    void appendAtom(const Atom& atom) {
        if (!atom.isSet)
            appendLiteral(out_, atom.codePoint);
        else
            out_ += "[" + atom.members + "]";
    }

    void openGroup() {
        const std::size_t start = at_;
        open_.push_back(start);
        out_ += "(?:";
        ++at_;
        if (peek() != '?') return;
        if (has("?:")) {
            at_ += 2;
            return;
        }
        if (has("?=") || has("?!")) refuse(start, "looks ahead, which RE2 cannot");
        if (has("?<=") || has("?<!")) refuse(start, "looks behind, which RE2 cannot");
        if (!has("?<")) refuse(start, "has an unknown kind of group");
        at_ += 2;
        const std::size_t name = at_;
        while (isNamePart(peek())) ++at_;
        if (at_ == name || isDigit(text_[name]) || peek() != '>') refuse(start, "has a group without a proper name");
        if (!names_.insert(text_.substr(name, at_ - name)).second) refuse(start, "gives two groups the same name");
        ++at_;
    }

    // Whether "{2}", "{2,}" or "{2,3}" stands here.
    bool isCount() const noexcept {
        std::size_t at = at_ + 1;
        const auto digits = [&] {
            const std::size_t first = at;
            while (at < text_.size() && isDigit(text_[at])) ++at;
            return at > first;
        };
        if (!digits()) return false;
        if (at < text_.size() && text_[at] == ',') {
            ++at;
            digits();
        }
        return at < text_.size() && text_[at] == '}';
    }

    std::uint32_t readCount(std::size_t start) {
        std::uint32_t count = 0;
        for (; isDigit(peek()); ++at_)
            count = std::min(count * 10 + static_cast<std::uint32_t>(peek() - '0'), most_repeats + 1);
        if (count > most_repeats) refuse(start, "repeats more than 1000 times, which RE2 cannot");
        return count;
    }

    void repeat(std::size_t start) {
        if (!repeatable_) refuse(start, "repeats what cannot be repeated");
        repeatable_ = false;
        if (peek() != '{') {
            out_ += text_[at_++];
        } else {
            ++at_;
            const std::uint32_t least = readCount(start);
            out_ += "{" + std::to_string(least);
            if (peek() == ',') {
                out_ += text_[at_++];
                if (isDigit(peek())) {
                    const std::uint32_t most = readCount(start);
                    if (most < least) refuse(start, "repeats at most fewer times than at least");
                    out_ += std::to_string(most);
                }
            }
            out_ += text_[at_++];
        }
        if (peek() == '?') out_ += text_[at_++];
    }

    void readClass() {
        const std::size_t start = at_++;
        const bool negated = peek() == '^';
        if (negated) ++at_;
        std::string members;
        while (peek() != ']' || at_ == text_.size()) {
            if (at_ == text_.size()) refuse(start, "has a class that is not closed");
            readMember(members);
        }
        ++at_;
        if (members.empty())
            out_ += negated ? any_character : no_character;
        else
            out_ += (negated ? "[^" : "[") + members + "]";
    }

    Atom readClassAtom() {
        if (at_ == text_.size()) return {};
        if (peek() == '\\') return readEscape(true);
        Atom atom;
        atom.codePoint = codePoint();
        return atom;
    }

    void readMember(std::string& members) {
        const std::size_t start = at_;
        const Atom first = readClassAtom();
        const bool range = peek() == '-' && at_ + 1 < text_.size() && text_[at_ + 1] != ']';
        if (range) {
            ++at_;
            const Atom last = readClassAtom();
            if (first.isSet || last.isSet) refuse(start, "has a range that begins or ends with a set");
            if (first.codePoint > last.codePoint) refuse(start, "has a range that ends before it begins");
            appendLiteral(members, first.codePoint);
            members += '-';
            appendLiteral(members, last.codePoint);
        } else if (first.isSet) {
            members += first.members;
        } else {
            appendLiteral(members, first.codePoint);
        }
    }

    static Atom character(std::uint32_t codePoint) {
        Atom atom;
        atom.codePoint = codePoint;
        return atom;
    }

    static Atom set(std::string_view members) {
        Atom atom;
        atom.isSet = true;
        atom.members = members;
        return atom;
    }

    // `digits` hexadecimal digits at `at`; nothing when there are fewer.
    std::optional<std::uint32_t> hexAt(std::size_t at, std::size_t digits) const noexcept {
        if (text_.size() < at + digits) return std::nullopt;
        std::uint32_t value = 0;
        const char* const first = text_.data() + at;
        const auto [end, error] = std::from_chars(first, first + digits, value, 16);
        if (error != std::errc() || end != first + digits) return std::nullopt;
        return value;
    }

    Atom readEscape(bool inClass) {
        const std::size_t start = at_++;
        if (at_ == text_.size()) refuse(start, "ends with a backslash");
        const char kind = text_[at_];
        if (static_cast<unsigned char>(kind) >= 0x80) refuse(start, "escapes a character that needs none");
        ++at_;
        switch (kind) {
        case 'd':
            return set("0-9");
        case 'D':
            return set(R"(\D)");
        case 'w':
            return set("0-9A-Za-z_");
        case 'W':
            return set(R"(\W)");
        case 's':
            return set(spaces);
        case 'S':
            return set(no_spaces);
        case 't':
            return character('\t');
        case 'n':
            return character('\n');
        case 'v':
            return character('\v');
        case 'f':
            return character('\f');
        case 'r':
            return character('\r');
        case 'c':
            if (!isLetter(peek())) refuse(start, "has \\c without a letter");
            return character(static_cast<unsigned char>(text_[at_++]) % 32u);
        case '0':
            if (isDigit(peek())) refuse(start, "has an octal escape");
            return character(0);
        case 'b':
            if (inClass) return character('\b');
            break;
        case 'x':
            if (const auto value = hexAt(at_, 2)) {
                at_ += 2;
                return character(*value);
            }
            refuse(start, "has \\x without two hexadecimal digits");
        case 'u':
            return character(readUnicode(start));
        case 'p':
        case 'P':
            return readProperty(start, kind == 'P');
        case 'k':
            refuse(start, "refers back to a group, which RE2 cannot");
        default:
            break;
        }
        if (isDigit(kind)) refuse(start, "refers back to a group, which RE2 cannot");
        if (isLetter(kind)) refuse(start, "has an escape that ECMA-262 does not know: \\" + std::string(1, kind));
        return character(static_cast<unsigned char>(kind));
    }

    // Behind "\u". Half of a surrogate pair alone matches nothing, as no valid text contains it.
    std::uint32_t readUnicode(std::size_t start) {
        if (peek() == '{') {
            const std::size_t end = std::min(text_.find('}', at_), text_.size());
            const auto value = hexAt(at_ + 1, std::max(end, at_ + 1) - at_ - 1);
            if (!value || end == at_ + 1 || end == text_.size() || *value > last_code_point)
                refuse(start, "has \\u{} without a code point");
            at_ = end + 1;
            return *value;
        }
        const auto value = hexAt(at_, 4);
        if (!value) refuse(start, "has \\u without four hexadecimal digits");
        at_ += 4;
        if (*value < 0xd800 || *value > 0xdbff || !has("\\u")) return *value;
        const auto low = hexAt(at_ + 2, 4);
        if (!low || *low < 0xdc00 || *low > 0xdfff) return *value;
        at_ += 6;
        return 0x10000 + ((*value - 0xd800) << 10) + (*low - 0xdc00);
    }

    // Behind "\p".
    Atom readProperty(std::size_t start, bool negated) {
        const std::size_t end = text_.find('}', at_);
        if (peek() != '{' || end == std::string_view::npos) refuse(start, "has \\p without a property in braces");
        std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        const std::string_view whole = name;
        bool script = false;
        if (const std::size_t equals = name.find('='); equals != std::string_view::npos) {
            const std::string_view key = name.substr(0, equals);
            name.remove_prefix(equals + 1);
            script = key == "Script" || key == "sc";
            if (!script && key != "General_Category" && key != "gc") refuseProperty(start, whole);
        }
        const std::string members = script ? "\\p{" + std::string(name) + "}" : categoryOf(start, name, whole);
        if (script && !isScript(name)) refuseProperty(start, whole);
        return set(negated ? negate(start, members) : members);
    }

    [[noreturn]] static void refuseProperty(std::size_t start, std::string_view name) {
        refuse(start, "has a property of Unicode that RE2 does not know: " + std::string(name));
    }

    static bool isScript(std::string_view name) noexcept {
        return !name.empty() &&
               std::all_of(name.begin(), name.end(), [](char byte) { return isLetter(byte) || byte == '_'; });
    }

    std::string categoryOf(std::size_t start, std::string_view name, std::string_view whole) const {
        if (std::find(short_categories.begin(), short_categories.end(), name) != short_categories.end())
            return "\\p{" + std::string(name) + "}";
        for (const Category& category : categories)
            if (category.name == name) return std::string(category.members);
        if (name == whole) {
            if (name == "Any") return R"(\x{0}-\x{10ffff})";
            if (name == "ASCII") return R"(\x{0}-\x{7f})";
            if (name == "ASCII_Hex_Digit" || name == "AHex") return "0-9A-Fa-f";
            if (name == "White_Space" || name == "space")
                return R"(\t-\r \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";
        }
        refuseProperty(start, whole);
    }

    // RE2 negates one property, not a list.
    static std::string negate(std::size_t start, const std::string& members) {
        if (members.starts_with("\\p") && members.find("\\p", 1) == std::string::npos) return "\\P" + members.substr(2);
        if (members == R"(\x{0}-\x{7f})") return R"(\x{80}-\x{10ffff})";
        refuse(start, "excludes a property of Unicode that RE2 can only include");
    }

    std::string_view text_;
    std::string& out_;
    std::size_t at_ = 0;
    bool repeatable_ = false; // whether a quantifier may follow
    std::vector<std::size_t> open_;
    std::set<std::string_view> names_;
};

} // namespace

std::optional<PatternFault> translatePattern(std::string_view pattern, std::string& re2) {
    re2.clear();
    try {
        PatternTranslator(pattern, re2).run();
    } catch (PatternFault& fault) {
        return std::move(fault);
    }
    return std::nullopt;
}

} // namespace mortise::json
