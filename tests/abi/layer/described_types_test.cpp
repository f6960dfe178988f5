// SPDX-License-Identifier: Apache-2.0
#include "json/parser.hpp"
#include "json/schema.hpp"

#include <mortise/decode.hpp>
#include <mortise/detail/checks.hpp>
#include <mortise/encode.hpp>
#include <mortise/schema.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <unordered_map>
#include <variant>

namespace {

enum class Color { red, green };
MORTISE_ENUM(Color, red, green)

enum class Level { low, veryHigh };
MORTISE_ENUM_NAMED(Level, value(low, "low"), value(veryHigh, "very-high"))

struct Paint {
    Color color = Color::red;
    std::optional<Level> level;
    std::vector<Color> more;
};
MORTISE_DESCRIBE(Paint, field(color).defaults(Color::green), field(level).nullable(), field(more).optional())

struct Circle {
    double radius = 0;
};
MORTISE_DESCRIBE(Circle, field(radius).exclusiveMin(0))

struct Square {
    std::int32_t side = 0;
    std::string note = "plain";
};
MORTISE_DESCRIBE(Square, field(side).min(1), field(note).optional())

using Shape = std::variant<Circle, Square>;
MORTISE_TAGGED(Shape, "kind", as(Circle, "circle"), as(Square, "square"))

struct Drawing {
    Shape shape;
    std::optional<Shape> background;
    std::vector<Shape> more;
};
MORTISE_DESCRIBE(Drawing, field(shape), field(background).nullable(), field(more).optional())

struct Change {
    mortise::Patch<std::string> name;
    mortise::Patch<std::int32_t> age;
    mortise::Patch<Shape> shape;
};
MORTISE_DESCRIBE(Change, field(name).minLength(2), field(age).min(0), field(shape))

struct Price {
    mortise::Decimal amount;
    mortise::Date day;
    std::optional<mortise::Decimal> before;
};
MORTISE_DESCRIBE(Price, field(amount).min(mortise::JsonText{"0.00000000000000000001"}).multipleOf(0.01), field(day),
                 field(before))

struct Holder {
    std::map<std::string, std::int32_t> counts;
    std::unordered_map<std::string, Paint> paints;
    std::array<std::int32_t, 2> pair{};
    std::vector<std::vector<std::string>> words;
    std::vector<std::optional<std::int32_t>> gaps;
};
MORTISE_DESCRIBE(Holder, field(counts).max(9).minProperties(1).maxProperties(2), field(paints).optional(),
                 field(pair).optional(),
                 field(words).minItems(1).uniqueItems().defaults(mortise::JsonText{R"([["a"]])"}),
                 field(gaps).optional())

struct Small {
    float f = 0;
    double d = 0;
    std::uint16_t u = 0;
};
MORTISE_DESCRIBE(Small, field(f), field(d).optional(), field(u).optional().exclusiveMin(2).exclusiveMax(9))

struct Addresses {
    std::string uri, host, v4, v6;
    std::vector<std::string> hosts;
};
MORTISE_DESCRIBE(Addresses, field(uri).uri(), field(host).hostname(), field(v4).ipv4(), field(v6).ipv6(),
                 field(hosts).hostname())

struct Account {
    std::string id;
    std::string password;
    std::optional<std::string> token;
    std::int64_t visits = 3;
    std::string nick = "n";
};
MORTISE_DESCRIBE(Account, field(id).readOnly(), field(password).secret(), field(token).secret(),
                 field(visits).defaults(3).deprecated(), field(nick).optional())

struct Hidden {
    std::string only;
};
MORTISE_DESCRIBE(Hidden, field(only).secret())

std::string_view isEven(const std::int32_t& number) {
    return number % 2 == 0 ? std::string_view() : "must be even";
}

struct Span {
    std::int32_t begin = 0, end = 0;
    std::optional<std::int32_t> step;
};
MORTISE_DESCRIBE(Span, field(begin).check(isEven), field(end),
                 field(step).check(
                     [](const std::int32_t& step) {
                         return step != 0 ? std::string_view() : std::string_view("must not be 0");
                     },
                     "zero"))
void mortiseCheck(const Span& span, mortise::Issues& issues) {
    if (span.end < span.begin) issues.add("/end", "must not be before /begin", "order");
}

struct Spans {
    Span one;
    std::vector<Span> many;
    std::map<std::string, Span> named;
    mortise::Patch<Span> maybe;
};
MORTISE_DESCRIBE(Spans, field(one), field(many), field(named), field(maybe))

struct Fields {
    std::string userAgent;
    std::int32_t x_count = 0;
    std::optional<std::string> key;
};
MORTISE_DESCRIBE(Fields, field(userAgent), field(x_count).check(isEven), field(key).named("X-API_Key"))

template<class T>
bool passes(const std::string& text) {
    mortise::json::Schema schema;
    const auto fault = mortise::json::Schema::compile(mortise::schemaOf<T>(), schema);
    CPPUNIT_ASSERT_MESSAGE(fault ? fault->pointer + ": " + fault->message : "", !fault);
    mortise::json::Tape tape;
    if (mortise::json::parse(text, tape)) throw std::runtime_error("no JSON: " + text);
    mortise::json::Details details;
    return schema.validate(tape, details);
}

// What passes the schema must fit, with the defaults in place; what does not pass is not taken.
template<class T>
std::optional<T> take(const std::string& text) {
    mortise::json::Schema schema;
    CPPUNIT_ASSERT(!mortise::json::Schema::compile(mortise::schemaOf<T>(), schema));
    mortise::json::Tape tape;
    if (mortise::json::parse(text, tape)) throw std::runtime_error("no JSON: " + text);
    mortise::json::Details details;
    if (!schema.validate(tape, details)) return std::nullopt;
    schema.applyDefaults(tape);
    const mortise_json_tape view = tape.view();
    T out;
    CPPUNIT_ASSERT_MESSAGE(text, mortise::decodeJson(view, out));
    return out;
}

template<class T>
std::string turned(const std::string& text) {
    const auto value = take<T>(text);
    return value ? mortise::encodeJson(*value) : "refused";
}

template<class Names = mortise::detail::MemberNames, class T>
std::string issuesOf(const T& value) {
    mortise::Issues issues("query");
    mortise::detail::checkValue<Names>(value, issues);
    std::string text;
    for (const auto& d : issues.details()) text += d.in + d.path + " " + d.code + ": " + d.message + "\n";
    return text;
}

} // namespace

class DescribedTypesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DescribedTypesTest);
    CPPUNIT_TEST(enumerationsAreTexts);
    CPPUNIT_TEST(unnamedEnumeratorsDoNotLeave);
    CPPUNIT_TEST(variantsGoByTheirTag);
    CPPUNIT_TEST(absentAndNullAreTwoThings);
    CPPUNIT_TEST(patchesApply);
    CPPUNIT_TEST(decimalsKeepTheirText);
    CPPUNIT_TEST(decimalsAreNumbers);
    CPPUNIT_TEST(datesAreDays);
    CPPUNIT_TEST(mapsAndArrays);
    CPPUNIT_TEST(numbersFitTheirType);
    CPPUNIT_TEST(formatsOfAddresses);
    CPPUNIT_TEST(secretsNeverLeave);
    CPPUNIT_TEST(readOnlyNeverComesIn);
    CPPUNIT_TEST(answersPromiseWhatTheyAlwaysHave);
    CPPUNIT_TEST(checksSayWhere);
    CPPUNIT_TEST(checksAreBounded);
    CPPUNIT_TEST(pointersAreEscaped);
    CPPUNIT_TEST(headerNames);
    CPPUNIT_TEST_SUITE_END();

public:
    void enumerationsAreTexts() {
        CPPUNIT_ASSERT_EQUAL(std::string("refused"), turned<Paint>(R"({"color":"blue"})"));
        CPPUNIT_ASSERT_EQUAL(std::string("refused"), turned<Paint>(R"({"color":0})"));
        CPPUNIT_ASSERT_EQUAL(std::string("refused"), turned<Paint>(R"({"level":"veryHigh"})"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"color":"green","level":null,"more":[]})"), turned<Paint>("{}"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"color":"red","level":"very-high","more":["green","red"]})"),
                             turned<Paint>(R"({"color":"red","level":"very-high","more":["green","red"]})"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"color":"green","level":null,"more":[]})"),
                             turned<Paint>(R"({"level":null})"));
        static_assert(mortise::enumText(Level::veryHigh) == "very-high");
        static_assert(mortise::enumFrom<Color>("green") == Color::green && !mortise::enumFrom<Color>("Green"));
    }
    void unnamedEnumeratorsDoNotLeave() {
        CPPUNIT_ASSERT_THROW(mortise::encodeJson(Paint{static_cast<Color>(7), {}, {}}), mortise::Error);
    }
    void variantsGoByTheirTag() {
        for (const char* shape : {R"({})", R"({"kind":"circle"})", R"({"kind":"circle","radius":0})", R"({"radius":1})",
                                  R"({"kind":"oval","radius":1})", R"({"kind":"square","radius":1})", "null", "[]",
                                  R"({"kind":1,"radius":1})"}) {
            CPPUNIT_ASSERT_EQUAL_MESSAGE(shape, std::string("refused"),
                                         turned<Drawing>("{\"shape\":" + std::string(shape) + "}"));
        }
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"shape":{"kind":"circle","radius":1.5},"background":null,"more":[]})"),
                             turned<Drawing>(R"({"shape":{"extra":1,"radius":1.5,"kind":"circle"}})"));
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                R"({"shape":{"kind":"square","side":2,"note":"plain"},"background":{"kind":"circle","radius":1},)"
                R"("more":[{"kind":"square","side":3,"note":"x"},{"kind":"circle","radius":2}]})"),
            turned<Drawing>(R"({"shape":{"kind":"square","side":2},"background":{"kind":"circle","radius":1},)"
                            R"("more":[{"kind":"square","side":3,"note":"x"},{"kind":"circle","radius":2}]})"));
        CPPUNIT_ASSERT(mortise::schemaOf<Drawing>().find(R"("discriminator":{"propertyName":"kind"})") !=
                       std::string::npos);
        CPPUNIT_ASSERT(passes<Drawing>(R"({"shape":{"kind":"circle","radius":1},"background":null})"));
    }
    void absentAndNullAreTwoThings() {
        const auto nothing = take<Change>("{}");
        CPPUNIT_ASSERT(nothing->name.isAbsent() && !nothing->name.isNull() && !nothing->name);
        const auto change = take<Change>(R"({"name":null,"age":3})");
        CPPUNIT_ASSERT(change->name.isNull() && !change->name.isAbsent() && !change->name);
        CPPUNIT_ASSERT(change->age && *change->age == 3 && change->shape.isAbsent());
        CPPUNIT_ASSERT(!take<Change>(R"({"name":"x"})") && !take<Change>(R"({"age":-1})"));
        for (const char* text : {"{}", R"({"name":null})", R"({"name":"ab","age":null})", R"({"shape":null})",
                                 R"({"shape":{"kind":"circle","radius":1}})"})
            CPPUNIT_ASSERT_EQUAL(std::string(text), turned<Change>(text));
    }
    void patchesApply() {
        std::optional<std::string> target = "old";
        mortise::Patch<std::string>().applyTo(target);
        CPPUNIT_ASSERT(target == "old");
        mortise::Patch<std::string>("new").applyTo(target);
        CPPUNIT_ASSERT(target == "new");
        mortise::Patch<std::string>(nullptr).applyTo(target);
        CPPUNIT_ASSERT(!target);
        std::string plain = "old";
        mortise::Patch<std::string>(nullptr).applyTo(plain);
        CPPUNIT_ASSERT_EQUAL(std::string("old"), plain);
        mortise::Patch<std::string>("new").applyTo(plain);
        CPPUNIT_ASSERT_EQUAL(std::string("new"), plain);
    }
    void decimalsKeepTheirText() {
        for (const char* amount : {"0", "-1", "0.001", "0.015", "\"1\"", "1e-21"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(
                amount, std::string("refused"),
                turned<Price>("{\"day\":\"2024-02-29\",\"amount\":" + std::string(amount) + "}"));
        for (const char* amount : {"0.01", "1", "1.00", "0.10", "1e2", "12345678901234567.89", "9007199254740993.01"}) {
            const std::string text =
                "{\"amount\":" + std::string(amount) + ",\"day\":\"2024-02-29\",\"before\":" + amount + "}";
            CPPUNIT_ASSERT_EQUAL(text, turned<Price>(text));
        }
    }
    void decimalsAreNumbers() {
        for (const char* text : {"", "-", "+1", "01", "1.", ".5", "1e", "1e+", "1x", " 1", "1 ", "NaN", "0x1", "--1"})
            CPPUNIT_ASSERT_MESSAGE(text, !mortise::Decimal::parse(text));
        for (const char* text : {"0", "-0", "10", "0.50", "1e5", "1.5E-7", "-12.25"})
            CPPUNIT_ASSERT_EQUAL(std::string(text), mortise::Decimal::parse(text)->text());
        CPPUNIT_ASSERT_EQUAL(-12.25, mortise::Decimal::parse("-12.25")->toDouble());
        CPPUNIT_ASSERT_EQUAL(0.0, mortise::Decimal::parse("1e-999")->toDouble());
        CPPUNIT_ASSERT(std::isinf(mortise::Decimal::parse("-1e999")->toDouble()));
        CPPUNIT_ASSERT(mortise::Decimal(7) == *mortise::Decimal::parse("7"));
    }
    void datesAreDays() {
        for (const char* day : {"", "2024-02-30", "2023-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-1-1",
                                "2024-01-01T00:00:00Z", "20240101"}) {
            CPPUNIT_ASSERT_MESSAGE(day, !mortise::Date::parse(day));
            CPPUNIT_ASSERT_MESSAGE(day, !passes<Price>("{\"amount\":1,\"day\":\"" + std::string(day) + "\"}"));
        }
        const mortise::Date day = *mortise::Date::parse("2024-02-29");
        CPPUNIT_ASSERT(day.year == 2024 && day.month == 2 && day.day == 29 && day.text() == "2024-02-29");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{19'782}, day.days());
        CPPUNIT_ASSERT(day < (mortise::Date{2024, 3, 1}) && day != mortise::Date{});
    }
    void mapsAndArrays() {
        for (const char* text :
             {R"({})", R"({"counts":{}})", R"({"counts":{"a":1,"b":2,"c":3}})", R"({"counts":{"a":10}})",
              R"({"counts":{"a":"1"}})", R"({"counts":[]})", R"({"counts":{"a":1},"pair":[1]})",
              R"({"counts":{"a":1},"pair":[1,2,3]})", R"({"counts":{"a":1},"words":[]})",
              R"({"counts":{"a":1},"words":[["a"],["a"]]})", R"({"counts":{"a":1},"words":["a"]})",
              R"({"counts":{"a":1},"gaps":["a"]})", R"({"counts":{"a":1},"paints":{"x":{"color":"blue"}}})"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::string("refused"), turned<Holder>(text));
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"counts":{"a~/":9,"b":-1},"paints":{"x":{"color":"green","level":null,"more":[]}},)"
                        R"("pair":[3,4],"words":[["a"]],"gaps":[1,null]})"),
            turned<Holder>(R"({"counts":{"b":-1,"a~/":9},"paints":{"x":{}},"pair":[3,4],"gaps":[1,null]})"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"counts":{"__proto__":1},"paints":{},"pair":[0,0],"words":[[],["b"]],)"
                                         R"("gaps":[]})"),
                             turned<Holder>(R"({"counts":{"__proto__":1},"words":[[],["b"]]})"));
    }
    void numbersFitTheirType() {
        for (const char* number : {"1e39", "-1e39", "3.5e38", "\"1\""})
            CPPUNIT_ASSERT_MESSAGE(number, !passes<Small>("{\"f\":" + std::string(number) + "}"));
        // Too small for a float or even a double: what is left is 0.
        for (const char* number : {"1e-60", "-1e-400", "0", "1e-300"}) {
            const auto small = take<Small>("{\"f\":" + std::string(number) + ",\"d\":" + std::string(number) + "}");
            CPPUNIT_ASSERT_MESSAGE(number, small && std::abs(small->f) == 0 && std::abs(small->d) <= 1e-60);
        }
        CPPUNIT_ASSERT_EQUAL(0.25f, take<Small>(R"({"f":0.25})")->f);
        for (const char* number : {"2", "9", "-1", "65536"})
            CPPUNIT_ASSERT_MESSAGE(number, !passes<Small>("{\"f\":1,\"u\":" + std::string(number) + "}"));
        CPPUNIT_ASSERT_EQUAL(8, static_cast<int>(take<Small>(R"({"f":1,"u":8})")->u));
    }
    void formatsOfAddresses() {
        const auto with = [](const char* uri, const char* host, const char* v4, const char* v6, const char* list) {
            return passes<Addresses>(std::string(R"({"uri":")") + uri + R"(","host":")" + host + R"(","v4":")" + v4 +
                                     R"(","v6":")" + v6 + R"(","hosts":[)" + list + "]}");
        };
        CPPUNIT_ASSERT(with("https://a.example/", "a.example", "192.0.2.1", "2001:db8::1", "\"b\""));
        CPPUNIT_ASSERT(!with("/relative", "a.example", "192.0.2.1", "2001:db8::1", ""));
        CPPUNIT_ASSERT(!with("https://a.example/", "-a", "192.0.2.1", "2001:db8::1", ""));
        CPPUNIT_ASSERT(!with("https://a.example/", "a.example", "192.0.2.256", "2001:db8::1", ""));
        CPPUNIT_ASSERT(!with("https://a.example/", "a.example", "192.0.2.1", "192.0.2.1", ""));
        CPPUNIT_ASSERT(!with("https://a.example/", "a.example", "192.0.2.1", "2001:db8::1", "\"-b\""));
    }
    void secretsNeverLeave() {
        const auto account = take<Account>(R"({"password":"hunter2","token":"t"})");
        CPPUNIT_ASSERT(account && account->password == "hunter2" && account->token == "t");
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"id":"","visits":3,"nick":"n"})"), mortise::encodeJson(*account));
        CPPUNIT_ASSERT_EQUAL(std::string("{}"), mortise::encodeJson(Hidden{"x"}));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"type":"object","title":"Hidden","properties":{}})"),
                             mortise::answerSchemaOf<Hidden>());
    }
    void readOnlyNeverComesIn() {
        CPPUNIT_ASSERT_EQUAL(std::string(), take<Account>(R"({"id":"mine","password":"p"})")->id);
        CPPUNIT_ASSERT(!passes<Account>(R"({"id":1,"password":"p"})"));
    }
    void answersPromiseWhatTheyAlwaysHave() {
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"type":"object","title":"Account","properties":{"id":{"type":"string","readOnly":true},)"
                        R"("password":{"type":"string","writeOnly":true},"token":{"type":"string","writeOnly":true},)"
                        R"("visits":{"type":"integer","maximum":9223372036854775807,"default":3,"deprecated":true},)"
                        R"("nick":{"type":"string"}},"required":["password"]})"),
            mortise::schemaOf<Account>());
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"type":"object","title":"Account","properties":{"id":{"type":"string","readOnly":true},)"
                        R"("visits":{"type":"integer","maximum":9223372036854775807,"deprecated":true},)"
                        R"("nick":{"type":"string"}},"required":["id","visits","nick"]})"),
            mortise::answerSchemaOf<Account>());
        const std::string drawing = mortise::answerSchemaOf<Drawing>();
        CPPUNIT_ASSERT(drawing.find(R"("required":["shape","background","more"])") != std::string::npos);
        CPPUNIT_ASSERT(drawing.find(R"("required":["kind","side","note"])") != std::string::npos);
        mortise::json::Schema schema;
        for (const std::string& text : {drawing, mortise::answerSchemaOf<Holder>(), mortise::answerSchemaOf<Price>(),
                                        mortise::answerSchemaOf<Change>(), mortise::headerSchemaOf<Fields>()})
            CPPUNIT_ASSERT_MESSAGE(text, !mortise::json::Schema::compile(text, schema));
        // What is written is what is promised.
        CPPUNIT_ASSERT(!mortise::json::Schema::compile(drawing, schema));
        mortise::json::Tape tape;
        CPPUNIT_ASSERT(!mortise::json::parse(mortise::encodeJson(Drawing{Square{2, "x"}, {}, {}}), tape));
        mortise::json::Details details;
        CPPUNIT_ASSERT(schema.validate(tape, details));
    }
    void checksSayWhere() {
        static_assert(!mortise::detail::hasChecks<Drawing>() && mortise::detail::hasChecks<Spans>());
        CPPUNIT_ASSERT_EQUAL(std::string(), issuesOf(Spans{{2, 3, 1}, {{0, 0, {}}}, {}, {}}));
        Spans spans;
        spans.one = {1, 0, 0};
        spans.many = {{0, 0, {}}, {3, 4, {}}};
        spans.named["k"] = {4, 2, {}};
        spans.maybe = Span{5, 5, {}};
        CPPUNIT_ASSERT_EQUAL(std::string("query/one/begin custom: must be even\n"
                                         "query/one/step zero: must not be 0\n"
                                         "query/one/end order: must not be before /begin\n"
                                         "query/many/1/begin custom: must be even\n"
                                         "query/named/k/end order: must not be before /begin\n"
                                         "query/maybe/begin custom: must be even\n"),
                             issuesOf(spans));
    }
    void checksAreBounded() {
        Spans spans;
        spans.many.assign(500, Span{1, 1, {}});
        mortise::Issues issues;
        mortise::detail::checkValue<mortise::detail::MemberNames>(spans, issues);
        CPPUNIT_ASSERT_EQUAL(mortise::Issues::most, issues.details().size());
    }
    void pointersAreEscaped() {
        Spans spans;
        spans.named["a/b~c"] = {1, 1, {}};
        CPPUNIT_ASSERT_EQUAL(std::string("query/named/a~1b~0c/begin custom: must be even\n"), issuesOf(spans));
    }
    void headerNames() {
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"type":"object","title":"Fields","properties":{"user-agent":{"type":"string"},)"
                        R"("x-count":{"type":"integer","minimum":-2147483648,"maximum":2147483647},)"
                        R"("x-api_key":{"type":"string"}},"required":["user-agent","x-count"]})"),
            mortise::headerSchemaOf<Fields>());
        mortise::json::Tape tape;
        CPPUNIT_ASSERT(
            !mortise::json::parse(R"({"x-count":3,"userAgent":"no","x-api_key":"k","user-agent":"ua"})", tape));
        const mortise_json_tape view = tape.view();
        Fields fields;
        CPPUNIT_ASSERT(mortise::detail::decodeNamed<mortise::detail::HeaderNames>(view, fields));
        CPPUNIT_ASSERT(fields.userAgent == "ua" && fields.x_count == 3 && fields.key == "k");
        CPPUNIT_ASSERT_EQUAL(std::string("query/x-count custom: must be even\n"),
                             issuesOf<mortise::detail::HeaderNames>(fields));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DescribedTypesTest);
