// SPDX-License-Identifier: Apache-2.0
// JSON-Schema-Test-Suite, 2020-12, in both modes. `spec`: every case must have the suite's verdict, except for those
// listed here with a reason; a listed one that agrees is a failure too. `strict`: a group's schema is either refused
// when it is compiled, with a place and a reason, or gives the suite's verdicts, except for those listed here.
#include "json_test_data.hpp"

#include "json/parser.hpp"
#include "json/schema.hpp"
#include "json/writer.hpp"

#include <map>
#include <vector>

namespace {

using mortise::json::CompileFault;
using mortise::json::CompileOptions;
using mortise::json::Details;
using mortise::json::Schema;
using mortise::json::SchemaMode;
using mortise::json::Tape;
using mortise::json::Value;

// "file: group: test", or "file: group" or "file" for all that is in it, and why the verdict differs.
using Deviations = std::map<std::string_view, std::string_view>;

constexpr std::size_t mandatory_cases = 1299;

// Mandatory cases of the suite that are missing in spec mode.
const Deviations missing = {};

const Deviations missing_optional = {
    {"bignum.json", "integers beyond 64 bits are refused by the parser"},
    {"cross-draft.json", "2020-12 only: a document in another dialect is refused"},
    {"dependencies-compatibility.json", "a keyword of former versions, which 2020-12 has replaced"},
    {"float-overflow.json: all integers are multiples of 0.5, if overflow is handled: valid if optional overflow "
     "handling "
     "is implemented",
     "integers are those of 64 bits"},
};

constexpr std::string_view nul = "U+0000 is refused everywhere";

const Deviations strict_deviations = {
    {"format.json", "there `format` is an annotation, here it is asserted"},
    {"const.json: nul characters in strings: match string with nul", nul},
    {"enum.json: nul characters in strings: match string with nul", nul},
};

constexpr std::string_view mailbox = "quoted local parts and address literals are no addresses that people have";

const Deviations format_deviations = {
    {"email.json: validation of e-mail addresses: a quoted string with a space in the local part is valid", mailbox},
    {"email.json: validation of e-mail addresses: a quoted string with a double dot in the local part is valid",
     mailbox},
    {"email.json: validation of e-mail addresses: a quoted string with a @ in the local part is valid", mailbox},
    {"email.json: validation of e-mail addresses: an IPv4-address-literal after the @ is valid", mailbox},
    {"email.json: validation of e-mail addresses: an IPv6-address-literal after the @ is valid", mailbox},
    {"hostname.json: validation of A-label (punycode) host names",
     "what a label in punycode stands for is not looked into"},
    {"uri.json: validation of URIs: leading zero in an embedded IPv4 address is invalid",
     "addresses are not looked into"},
};

struct Tally {
    std::size_t cases = 0;
    std::size_t passed = 0;
    std::size_t listed = 0;
    std::size_t outside = 0; // cases whose schema is refused, in strict mode
    std::size_t wrong = 0;
};

std::string written(Value value) {
    std::string text;
    mortise::json::Writer(text).value(value);
    return text;
}

bool isValid(const Schema& schema, Value value) {
    Tape tape;
    if (parse(written(value), tape)) return false;
    Details details;
    const bool valid = schema.validate(tape, details);
    // The silent way to the verdict must be the same one.
    Details full(0);
    return valid == schema.validate(tape, full) && valid == details.empty() ? valid : !valid;
}

class Suite {
public:
    Suite(std::filesystem::path root, SchemaMode mode, const Deviations& deviations)
        : root_(std::move(root)), deviations_(deviations) {
        options_.mode = mode;
        if (mode == SchemaMode::spec) options_.resolver = [this](std::string_view uri) { return remote(uri); };
    }

    void runFolder(const std::filesystem::path& folder) {
        for (const auto& path : test_data::files(root_ / "tests" / "draft2020-12" / folder)) runFile(path);
    }

    void runFile(const std::filesystem::path& path) {
        const std::string name = path.filename().string();
        Tape tape;
        if (const auto fault = mortise::json::parse(test_data::contents(path), tape)) {
            judge(name, false, std::string("the file: ") + std::string(describe(fault->reason)));
            return;
        }
        for (const Value group : tape.root().elements()) {
            const std::string title = name + ": " + std::string(group.find("description").bytes());
            Schema schema;
            const auto fault = Schema::compile(written(group.find("schema")), schema, options_);
            if (fault && options_.mode == SchemaMode::strict) {
                skip(title, *fault, group.find("tests").size());
                continue;
            }
            for (const Value test : group.find("tests").elements()) {
                const std::string full = title + ": " + std::string(test.find("description").bytes());
                const bool agrees = !fault && isValid(schema, test.find("data")) == test.find("valid").boolean();
                judge(full, agrees, fault ? fault->pointer + " " + fault->message : "the other verdict");
            }
        }
    }

    const Tally& tally() const noexcept { return tally_; }

private:
    // The suite's convention: `remotes` is served at this address.
    std::optional<std::string> remote(std::string_view uri) const {
        constexpr std::string_view server = "http://localhost:1234/";
        if (!uri.starts_with(server)) return std::nullopt;
        const auto path = root_ / "remotes" / std::string(uri.substr(server.size()));
        if (!std::filesystem::is_regular_file(path)) return std::nullopt;
        return test_data::contents(path);
    }

    void skip(const std::string& title, const CompileFault& fault, std::size_t cases) {
        tally_.cases += cases;
        tally_.outside += cases;
        if (std::getenv("VERBOSE") != nullptr)
            std::cout << "refused: " << title << ": " << fault.pointer << ' ' << fault.message << '\n';
        if (!fault.message.empty() && (fault.pointer.empty() || fault.pointer[0] == '/')) return;
        std::cout << "no place or reason: " << title << '\n';
        ++tally_.wrong;
    }

    void judge(const std::string& full, bool agrees, const std::string& difference) {
        ++tally_.cases;
        const std::size_t group = full.find(": ");
        const std::size_t test = group == std::string::npos ? group : full.find(": ", group + 2);
        bool whole = true; // listed by itself
        auto listed = deviations_.find(full);
        for (const std::size_t end : {test, group}) {
            if (listed != deviations_.end() || end == std::string::npos) continue;
            listed = deviations_.find(std::string_view(full).substr(0, end));
            whole = false;
        }
        if (listed == deviations_.end() && agrees) {
            ++tally_.passed;
        } else if (listed != deviations_.end() && (!agrees || !whole)) {
            ++tally_.listed;
            if (!agrees) std::cout << "missing: " << full << " (" << listed->second << ")\n";
        } else {
            std::cout << (agrees ? "listed, but agrees: " : "differs: ") << full << " (" << difference << ")\n";
            ++tally_.wrong;
        }
    }

    std::filesystem::path root_;
    const Deviations& deviations_;
    CompileOptions options_;
    Tally tally_;
};

bool report(std::string_view what, const Tally& tally) {
    std::cout << what << ": " << tally.passed << " of " << tally.cases << " cases have the suite's verdict, "
              << tally.listed << " are listed, " << tally.outside << " have a schema that is refused, " << tally.wrong
              << " are wrong\n";
    return tally.wrong == 0;
}

} // namespace

int main() {
    const auto root = test_data::folder("json-schema-2020-12");
    if (test_data::files(root / "tests" / "draft2020-12").empty()) return test_data::skipped;
    bool good = true;

    Suite spec(root, SchemaMode::spec, missing);
    spec.runFolder("");
    good = report("spec, mandatory", spec.tally()) && spec.tally().cases == mandatory_cases && good;

    Suite optional(root, SchemaMode::spec, missing_optional);
    optional.runFolder("optional");
    good = report("spec, optional", optional.tally()) && good;

    Suite strict(root, SchemaMode::strict, strict_deviations);
    strict.runFolder("");
    good = report("strict, mandatory", strict.tally()) && strict.tally().passed > 1000 && good;

    Suite formats(root, SchemaMode::strict, format_deviations);
    formats.runFolder("optional/format");
    good = report("strict, formats", formats.tally()) && formats.tally().passed > 100 && good;
    return good ? 0 : 1;
}
