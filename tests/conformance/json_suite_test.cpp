// SPDX-License-Identifier: Apache-2.0
// JSONTestSuite (test_parsing): y_ must be accepted, n_ refused, and of i_, which RFC 8259 leaves open, as listed here.
#include "json_test_data.hpp"

#include "json/parser.hpp"

#include <map>

namespace {

enum class Verdict { accepted, refused };

struct Choice {
    Verdict verdict;
    std::string_view why;
};

constexpr std::string_view overflow = "a double that overflows would change value";
constexpr std::string_view beyond = "an integer beyond 64 bits would change value";
constexpr std::string_view surrogate = "a lone surrogate is no character";
constexpr std::string_view utf8 = "JSON is UTF-8";

const std::map<std::string_view, Choice> choices = {
    {"i_number_double_huge_neg_exp.json", {Verdict::accepted, "too small for a double is zero"}},
    {"i_number_huge_exp.json", {Verdict::refused, overflow}},
    {"i_number_neg_int_huge_exp.json", {Verdict::refused, overflow}},
    {"i_number_pos_double_huge_exp.json", {Verdict::refused, overflow}},
    {"i_number_real_neg_overflow.json", {Verdict::refused, overflow}},
    {"i_number_real_pos_overflow.json", {Verdict::refused, overflow}},
    {"i_number_real_underflow.json", {Verdict::accepted, "too small for a double is zero"}},
    {"i_number_too_big_neg_int.json", {Verdict::refused, beyond}},
    {"i_number_too_big_pos_int.json", {Verdict::refused, beyond}},
    {"i_number_very_big_negative_int.json", {Verdict::refused, beyond}},
    {"i_object_key_lone_2nd_surrogate.json", {Verdict::refused, surrogate}},
    {"i_string_1st_surrogate_but_2nd_missing.json", {Verdict::refused, surrogate}},
    {"i_string_1st_valid_surrogate_2nd_invalid.json", {Verdict::refused, surrogate}},
    {"i_string_UTF-16LE_with_BOM.json", {Verdict::refused, utf8}},
    {"i_string_UTF-8_invalid_sequence.json", {Verdict::refused, utf8}},
    {"i_string_UTF8_surrogate_U+D800.json", {Verdict::refused, utf8}},
    {"i_string_incomplete_surrogate_and_escape_valid.json", {Verdict::refused, surrogate}},
    {"i_string_incomplete_surrogate_pair.json", {Verdict::refused, surrogate}},
    {"i_string_incomplete_surrogates_escape_valid.json", {Verdict::refused, surrogate}},
    {"i_string_invalid_lonely_surrogate.json", {Verdict::refused, surrogate}},
    {"i_string_invalid_surrogate.json", {Verdict::refused, surrogate}},
    {"i_string_invalid_utf-8.json", {Verdict::refused, utf8}},
    {"i_string_inverted_surrogates_U+1D11E.json", {Verdict::refused, surrogate}},
    {"i_string_iso_latin_1.json", {Verdict::refused, utf8}},
    {"i_string_lone_second_surrogate.json", {Verdict::refused, surrogate}},
    {"i_string_lone_utf8_continuation_byte.json", {Verdict::refused, utf8}},
    {"i_string_not_in_unicode_range.json", {Verdict::refused, utf8}},
    {"i_string_overlong_sequence_2_bytes.json", {Verdict::refused, utf8}},
    {"i_string_overlong_sequence_6_bytes.json", {Verdict::refused, utf8}},
    {"i_string_overlong_sequence_6_bytes_null.json", {Verdict::refused, utf8}},
    {"i_string_truncated-utf-8.json", {Verdict::refused, utf8}},
    {"i_string_utf16BE_no_BOM.json", {Verdict::refused, utf8}},
    {"i_string_utf16LE_no_BOM.json", {Verdict::refused, utf8}},
    {"i_structure_500_nested_arrays.json", {Verdict::refused, "nested deeper than 64"}},
    {"i_structure_UTF-8_BOM_empty_object.json", {Verdict::refused, "a byte-order mark is not JSON"}},
};

} // namespace

int main() {
    const auto files = test_data::files(test_data::folder("json-test-suite"));
    if (files.empty()) return test_data::skipped;
    mortise::json::Tape tape;
    std::map<char, int> seen;
    int wrong = 0;
    for (const auto& path : files) {
        const std::string name = path.filename().string();
        const std::string text = test_data::contents(path);
        const auto fault = mortise::json::parse(text, tape);
        const Verdict verdict = fault ? Verdict::refused : Verdict::accepted;
        Verdict expected = name[0] == 'y' ? Verdict::accepted : Verdict::refused;
        ++seen[name[0]];
        if (name[0] == 'i') {
            const auto choice = choices.find(name);
            if (choice == choices.end()) {
                std::cout << name << ": not decided in this test\n";
                ++wrong;
                continue;
            }
            expected = choice->second.verdict;
        }
        if (verdict == expected && (!fault || fault->position <= text.size())) continue;
        std::cout << name << ": " << (fault ? "refused" : "accepted");
        if (fault) std::cout << " at " << fault->position << ": " << describe(fault->reason);
        std::cout << '\n';
        ++wrong;
    }
    std::cout << seen['y'] << " y_, " << seen['n'] << " n_, " << seen['i'] << " i_; " << wrong << " wrong\n";
    return wrong == 0 && seen['y'] > 0 && seen['n'] > 0 && seen['i'] > 0 ? 0 : 1;
}
