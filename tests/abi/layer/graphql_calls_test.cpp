// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_graphql_call.hpp"
#include "tests/support/fake_host.hpp"

#include <mortise/graphql.hpp>
#include <mortise/plugin.hpp>
#include <mortise/row_not_found.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <stdexcept>
#include <thread>
#include <variant>

using namespace mortise::test;

namespace {

enum class Colour { red, blue, unnamed };
MORTISE_ENUM_NAMED(Colour, value(red, "red"), value(blue, "blue"))

struct Point {
    double x = 0;
};
MORTISE_DESCRIBE(Point, field(x))

struct Book {
    std::string id;
    std::optional<std::string> title;
    mortise::DateTime at{1'767'322'984'678};
    std::vector<std::int32_t> pages{1, 2, 3};
    std::vector<std::vector<std::string>> words{{"a"}, {}, {"b", "c"}};
    std::optional<std::vector<std::optional<Point>>> points;
    Colour colour = Colour::blue;
    std::uint64_t huge = ~std::uint64_t{0};
    double ratio = 0.5;
    bool on = true;
    mortise::Date day{2026, 1, 2};
    mortise::Decimal price{*mortise::Decimal::parse("1.50")};
    std::map<std::string, std::int32_t> map{{"k", 1}};
    Point point;
    std::string authorId = "ada";
    std::optional<std::string> editorId;
};
MORTISE_DESCRIBE(Book, field(id), field(title).nullable(), field(at), field(pages), field(words), field(points),
                 field(colour), field(huge), field(ratio), field(on), field(day), field(price), field(map),
                 field(point), field(authorId), field(editorId))

using Either = std::variant<Point, Book>;

std::string_view isEven(const std::int64_t& n) {
    return n % 2 == 0 ? std::string_view() : "must be even";
}
struct Page {
    std::int64_t limit = 10;
};
MORTISE_DESCRIBE(Page, field(limit).min(1).max(100).defaults(10).check(isEven))

struct NewBook {
    std::string_view title;
};
MORTISE_DESCRIBE(NewBook, field(title).maxLength(100))

class Library : public mortise::Plugin<> {
public:
    static inline std::optional<mortise::GraphQlLater<std::string>> later;
    static inline std::optional<mortise::GraphQlLater<std::vector<Book>>> laterBooks;
    static inline std::thread racer;
    static inline mortise::Columns<Book> columns;

    void configure(mortise::Setup& setup) override {
        const mortise::GraphQlBuilder graph = setup.graphql();
        declareBooks(graph);
        graph.object<Point>("Point");
        graph.enumeration<Colour>("Colour");
        graph.unionOf<Either>("Either");
        graph.input<NewBook>("NewBookInput");
        graph.query<std::vector<Book>>("books").arguments<Page>().resolve(
            [](mortise::GraphQlCall& call, const Page& page) {
                columns = call.columns<Book>();
                return std::vector<Book>(static_cast<std::size_t>(page.limit));
            });
        graph.query<std::string_view>("echo")
            .argument<std::string_view>("text")
            .argument<std::int64_t>("n", 3)
            .argument<std::optional<bool>>("on")
            .resolve([](mortise::GraphQlCall&, std::string_view text, std::int64_t n, std::optional<bool> on) {
                CPPUNIT_ASSERT(n == 3 && !on.has_value());
                return text;
            });
        graph.query<std::vector<Either>>("either").resolve([](mortise::GraphQlCall&) {
            return std::vector<Either>{Book(), Point()};
        });
        graph.query<std::string>("fails").argument<std::string_view>("how").resolve(&fails);
        graph.query<std::vector<Book>>("later").resolveLater(
            [](mortise::GraphQlCall&, mortise::GraphQlLater<std::vector<Book>> owed) { laterBooks = std::move(owed); });
        graph.query<std::vector<Book>>("ready").resolveLater(
            [](mortise::GraphQlCall& call, mortise::GraphQlLater<std::vector<Book>> owed) {
                if (!call.principal()) throw mortise::Busy();
                owed.ready(std::vector<Book>(1));
            });
        graph.query<std::vector<Book>>("races").resolveLater([](mortise::GraphQlCall&,
                                                                mortise::GraphQlLater<std::vector<Book>> owed) {
            racer =
                std::thread([owed = std::move(owed)]() mutable { CPPUNIT_ASSERT(owed.ready(std::vector<Book>(1))); });
        });
        graph.mutation<std::string>("add")
            .owner("id")
            .argument<std::string_view>("id")
            .body<NewBook>("input")
            .prepare([](mortise::GraphQlCall&, std::string_view, const NewBook& book,
                        mortise::GraphQlLater<std::string> owed) {
                if (book.title == "throw") throw mortise::HttpError(418, "thrown");
                if (book.title == "drop") return;
                later = std::move(owed);
                if (book.title == "late") throw std::runtime_error("after it was handed on");
            })
            .resolve([](mortise::GraphQlCall&, std::string_view id, const NewBook& book, const std::string& prepared) {
                if (book.title == "long") throw mortise::SqlError(mortise::SqlFailure::tooLong, "books.title", "x");
                return std::string(id) + " " + std::string(book.title) + " " + prepared;
            });
        graph.mutation<bool>("prepared")
            .prepare([](mortise::GraphQlCall&) { return 7; })
            .resolve([](mortise::GraphQlCall&, const int& prepared) { return prepared == 7; });
        graph.field<std::vector<std::vector<std::string>>>("User", "loans")
            .resolve([](mortise::GraphQlCall& call, mortise::GraphQlKeys users) {
                std::vector<std::vector<std::string>> loans;
                for (const std::string_view user : users) loans.push_back({std::string(user)});
                call.fail(1, mortise::RowNotFound("Card"));
                if (users.size() == 3) loans.pop_back();
                return loans;
            });
    }

    static void declareBooks(const mortise::GraphQlBuilder& graph) {
        const auto book = graph.object<Book>("Book").key(&Book::id).reads();
        book.scalar(&Book::huge, "Big").scalar(&Book::day, "Date").scalar(&Book::price, "Decimal");
        book.scalar(&Book::map, "JSON").nonNull(&Book::title).named(&Book::on, "isOn");
        book.reference("author", "User", &Book::authorId).reference("editor", "User", &Book::editorId);
        book.without(&Book::authorId);
        book.field<std::string>("label")
            .needs(&Book::title, &Book::at)
            .resolve([](mortise::GraphQlCall&, mortise::GraphQlRows<Book> books) {
                std::vector<std::string> labels;
                for (std::size_t i = 0; i < books.size(); ++i) labels.push_back("label of " + books[i].id);
                return labels;
            });
        book.load([](mortise::GraphQlCall&, mortise::GraphQlKeys keys) {
            std::vector<Book> rows; // in another order, without those that are not there
            for (std::size_t i = keys.size(); i-- != 0;)
                if (keys[i] != "none") rows.emplace_back().id = keys[i];
            return rows;
        });
    }
    static std::string fails(mortise::GraphQlCall& call, std::string_view how) {
        if (how == "http") throw mortise::HttpError(403, "Forbidden");
        if (how == "unique") throw mortise::UniqueConflict();
        if (how == "row") throw mortise::RowNotFound("Book");
        if (how == "input") throw mortise::InvalidInput({{"query", "/how", "custom", "must be another"}});
        if (how == "busy") throw mortise::Busy();
        if (how == "unknown") throw mortise::SqlError(mortise::SqlFailure::unknownOutcome, {}, "x");
        if (how == "number") throw 42;
        if (how == "turn") return std::to_string(call.turn().handle()) + std::string(call.principal().id());
        throw std::runtime_error("secret reason");
    }
};

const mortise_module& module() {
    return *mortise::moduleOf<Library>(0, nullptr, "test.library", "1.0.0");
}

} // namespace

class GraphqlCallsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlCallsTest);
    CPPUNIT_TEST(rowsStayAndMembersAreColumns);
    CPPUNIT_TEST(columnsAreThoseOfTheSelection);
    CPPUNIT_TEST(argumentsAreDecoded);
    CPPUNIT_TEST(alternativesNameTheirType);
    CPPUNIT_TEST(whatIsThrownIsAsInRest);
    CPPUNIT_TEST(busyIsTheProvidersToHandle);
    CPPUNIT_TEST(checksAndRulesComeBeforeTheResolver);
    CPPUNIT_TEST(preparationHandsOn);
    CPPUNIT_TEST(preparationFails);
    CPPUNIT_TEST(resolversCompleteLater);
    CPPUNIT_TEST(whatIsCompleteIsReturned);
    CPPUNIT_TEST(anotherThreadCompletes);
    CPPUNIT_TEST(referencesAreKeys);
    CPPUNIT_TEST(rowsAreLoadedByKeys);
    CPPUNIT_TEST(keysOfParents);
    CPPUNIT_TEST(memoryThatIsFullIsAnError);
    CPPUNIT_TEST(olderProvidersAreRefused);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        host_ = std::make_unique<FakeHost>();
        plugin_ = std::make_unique<FakeInstance>(*host_, module());
        CPPUNIT_ASSERT_EQUAL_MESSAGE(plugin_->error(), MORTISE_OK, plugin_->configure());
        table_ = static_cast<const mortise_graphql_types*>(host_->contributions.at(MORTISE_GRAPHQL_POINT)[0].table);
    }
    void tearDown() override {
        Library::later.reset();
        Library::laterBooks.reset();
        plugin_.reset();
        host_.reset();
    }

    void rowsStayAndMembersAreColumns() {
        FakeGraphQlCall books;
        books.addChecked(R"({"limit":2})");
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Query", "books", books));
        CPPUNIT_ASSERT_EQUAL(std::string("[object,object]"), books.value());
        CPPUNIT_ASSERT(books.hasOwned());
        CPPUNIT_ASSERT(books.items[0].value.handle != books.items[1].value.handle);
        const std::pair<const char*, const char*> expected[] = {
            {"id", "\"\""},
            {"title", "\"\""}, // nonNull
            {"at", "\"2026-01-02T03:03:04.678Z\""},
            {"pages", "[1,2,3]"},
            {"words", "[[\"a\"],[],[\"b\",\"c\"]]"},
            {"points", "null"},
            {"colour", "\"blue\""},
            {"huge", "json 18446744073709551615"},
            {"ratio", "0.500000"},
            {"isOn", "true"},
            {"day", "\"2026-01-02\""},
            {"price", "json 1.50"},
            {"map", "json {\"k\":1}"},
            {"point", "object"},
            {"author", "key ada"},
            {"editor", "null"},
            {"label", "\"label of \""},
        };
        for (const auto& [name, value] : expected) {
            FakeGraphQlCall column;
            column.setParents({books.items[0].value.handle, books.items[1].value.handle});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, MORTISE_OK, resolve("Book", name, column));
            for (const std::size_t place : {0u, 1u})
                CPPUNIT_ASSERT_EQUAL_MESSAGE(name, std::string(value), column.value(place));
        }
        Book row;
        row.colour = Colour::unnamed;
        row.points.emplace(70);
        row.points->at(1).emplace();
        row.ratio = std::numeric_limits<double>::quiet_NaN();
        FakeGraphQlCall colour, points, ratio;
        for (auto* const call : {&colour, &points, &ratio}) call->setParents({reinterpret_cast<std::uintptr_t>(&row)});
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Book", "colour", colour));
        CPPUNIT_ASSERT_EQUAL(std::string("!500 an enumerator that MORTISE_ENUM does not name"), colour.value());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Book", "points", points));
        CPPUNIT_ASSERT_EQUAL(std::size_t{70}, points.items.size()); // more than are handed over at once
        CPPUNIT_ASSERT_EQUAL(MORTISE_GRAPHQL_OBJECT, points.items[1].kind);
        CPPUNIT_ASSERT_EQUAL(MORTISE_GRAPHQL_NULL, points.items[69].kind);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Book", "ratio", ratio));
        CPPUNIT_ASSERT_EQUAL(std::string("null"), ratio.value());
    }
    void columnsAreThoseOfTheSelection() {
        FakeGraphQlCall books;
        books.addChecked(R"({"limit":2})");
        books.setSelected({"isOn", "author", "__typename", "unknown"});
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Query", "books", books));
        CPPUNIT_ASSERT(Library::columns == mortise::Columns<Book>().add(&Book::id).add(&Book::on).add(&Book::authorId));
        FakeGraphQlCall labels;
        labels.addChecked(R"({"limit":2})");
        labels.setSelected({"label"});
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Query", "books", labels));
        CPPUNIT_ASSERT(Library::columns == mortise::Columns<Book>().add(&Book::id).add(&Book::title).add(&Book::at));
        CPPUNIT_ASSERT(Library::columns.has(&Book::at) && !Library::columns.has(&Book::on));
        CPPUNIT_ASSERT(mortise::Columns<Book>().empty() && mortise::Columns<Book>::all().has(&Book::editorId));
    }
    void argumentsAreDecoded() {
        FakeGraphQlCall echo;
        echo.setArguments(R"({"n":3,"text":"hello"})");
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Query", "echo", echo));
        CPPUNIT_ASSERT_EQUAL(std::string("\"hello\""), echo.value());
        for (const char* const wrong : {R"({"n":3})", R"({"n":"3","text":"x"})"}) {
            FakeGraphQlCall bad;
            bad.setArguments(wrong);
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Query", "echo", bad));
            CPPUNIT_ASSERT_EQUAL(std::string("!500 argument '"), bad.value().substr(0, 15));
        }
        FakeGraphQlCall none;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Query", "books", none));
        CPPUNIT_ASSERT_EQUAL(std::string("!500 what passed the check"), none.value().substr(0, 26));
    }
    void alternativesNameTheirType() {
        FakeGraphQlCall either;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Query", "either", either));
        CPPUNIT_ASSERT_EQUAL(std::string("[object2,object1]"), either.value());
        CPPUNIT_ASSERT_EQUAL(2u, table_->type_name_count);
        CPPUNIT_ASSERT_EQUAL(std::string("Point"), textOf(table_->type_names[0]));
        CPPUNIT_ASSERT_EQUAL(std::string("Book"), textOf(table_->type_names[1]));
    }
    void whatIsThrownIsAsInRest() {
        const std::pair<const char*, const char*> expected[] = {
            {"http", "!403 Forbidden"},
            {"unique", "!409 Resource already exists"},
            {"row", "!404 Book not found"},
            {"input", "!400 Validation error; query /how custom must be another"},
            {"unknown", "!503 It is not known whether the request was carried out (outcome_unknown)"},
            {"number", "!500 an exception of unknown type"},
            {"any", "!500 secret reason"},
            {"turn", "\"77ada\""},
        };
        for (const auto& [how, value] : expected) {
            FakeGraphQlCall call;
            call.setArguments(R"({"how":")" + std::string(how) + "\"}");
            call.setCaller("ada");
            call.turn = 77;
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Query", "fails", call));
            CPPUNIT_ASSERT_EQUAL(std::string(value), call.value());
        }
    }
    void busyIsTheProvidersToHandle() {
        for (const bool onLoop : {false, true}) {
            host_->currentLoop = onLoop ? 1 : 0;
            FakeGraphQlCall call;
            call.setArguments(R"({"how":"busy"})");
            CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, resolve("Query", "fails", call));
            CPPUNIT_ASSERT_EQUAL(std::string("null"), call.value());
        }
    }
    void checksAndRulesComeBeforeTheResolver() {
        FakeGraphQlCall odd;
        odd.addChecked(R"({"limit":3})");
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Query", "books", odd));
        CPPUNIT_ASSERT_EQUAL(std::string("!400 Validation error; query /limit custom must be even"), odd.value());
        for (const char* const caller : {"", "bob"}) {
            FakeGraphQlCall other;
            other.setArguments(R"({"id":"ada","input":{"title":"x"}})");
            other.addChecked(R"({"title":"x"})");
            if (*caller != '\0') other.setCaller(caller);
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, prepare("add", other));
            CPPUNIT_ASSERT_EQUAL(std::string("!403 Forbidden"), other.value());
            CPPUNIT_ASSERT(!Library::later);
        }
    }
    void preparationHandsOn() {
        FakeGraphQlCall call;
        ofAda(call, "x");
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, prepare("add", call));
        CPPUNIT_ASSERT(call.completions.empty());
        CPPUNIT_ASSERT(Library::later->ready("done"));
        CPPUNIT_ASSERT(!*Library::later && !Library::later->ready("twice") && Library::later->cancelled());
        CPPUNIT_ASSERT_THROW(static_cast<void>(mortise::Turn(*Library::later)), mortise::Stale);
        CPPUNIT_ASSERT(call.completions == std::vector<mortise_status>{MORTISE_OK});
        for (int run = 0; run < 2; ++run) { // a transaction may run again
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Mutation", "add", call));
            CPPUNIT_ASSERT_EQUAL(std::string("\"ada x done\""), call.value());
        }
        FakeGraphQlCall direct;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, prepare("prepared", direct));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Mutation", "prepared", direct));
        CPPUNIT_ASSERT_EQUAL(std::string("true"), direct.value());
        FakeGraphQlCall skipped;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Mutation", "prepared", skipped));
        CPPUNIT_ASSERT_EQUAL(std::string("!500 what was prepared is not there"), skipped.value());
    }
    void preparationFails() {
        FakeGraphQlCall thrown, dropped, droppedLater, failed, late, tooLong;
        ofAda(thrown, "throw");
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, prepare("add", thrown));
        CPPUNIT_ASSERT_EQUAL(std::string("!418 thrown"), thrown.value());
        ofAda(dropped, "drop");
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, prepare("add", dropped));
        CPPUNIT_ASSERT_EQUAL(std::string("!500 a GraphQlLater was dropped"), dropped.value());
        ofAda(droppedLater, "x");
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, prepare("add", droppedLater));
        Library::later.reset();
        CPPUNIT_ASSERT(droppedLater.completions == std::vector<mortise_status>{MORTISE_ERROR});
        ofAda(failed, "x");
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, prepare("add", failed));
        CPPUNIT_ASSERT(Library::later->fail(mortise::HttpError(409, "taken")));
        CPPUNIT_ASSERT_EQUAL(std::string("!409 taken"), failed.value());
        CPPUNIT_ASSERT(failed.completions == std::vector<mortise_status>{MORTISE_OK});
        ofAda(late, "late");
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, prepare("add", late)); // nobody had completed it
        CPPUNIT_ASSERT_EQUAL(std::string("!500 after it was handed on"), late.value());
        CPPUNIT_ASSERT(!Library::later->ready("too late") && late.completions.empty());
        ofAda(tooLong, "long");
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, prepare("add", tooLong));
        CPPUNIT_ASSERT(Library::later->ready("x"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Mutation", "add", tooLong));
        CPPUNIT_ASSERT_EQUAL(std::string("!400 Validation error; body /title maxLength must be shorter"),
                             tooLong.value());
    }
    void resolversCompleteLater() {
        FakeGraphQlCall call;
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, resolve("Query", "later", call));
        CPPUNIT_ASSERT(Library::laterBooks->ready(std::vector<Book>(1)));
        CPPUNIT_ASSERT_EQUAL(std::string("[object]"), call.value());
        FakeGraphQlCall busy;
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, resolve("Query", "later", busy));
        CPPUNIT_ASSERT(Library::laterBooks->complete([]() -> std::vector<Book> { throw mortise::Busy(); }));
        CPPUNIT_ASSERT(busy.completions == std::vector<mortise_status>{MORTISE_BUSY});
    }
    void whatIsCompleteIsReturned() {
        FakeGraphQlCall call;
        call.setCaller("ada");
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Query", "ready", call));
        CPPUNIT_ASSERT_EQUAL(std::string("[object]"), call.value());
        CPPUNIT_ASSERT(call.completions.empty());
        FakeGraphQlCall busy;
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, resolve("Query", "ready", busy));
        CPPUNIT_ASSERT(busy.completions.empty());
        for (int round = 0; round < 500; ++round) {
            FakeGraphQlCall raced;
            const mortise_status status = resolve("Query", "races", raced);
            Library::racer.join();
            CPPUNIT_ASSERT_EQUAL(std::string("[object]"), raced.value());
            CPPUNIT_ASSERT(status == MORTISE_PENDING ? raced.completions == std::vector<mortise_status>{MORTISE_OK}
                                                     : status == MORTISE_OK && raced.completions.empty());
        }
    }
    void anotherThreadCompletes() {
        for (int round = 0; round < 200; ++round) {
            FakeGraphQlCall call;
            CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, resolve("Query", "later", call));
            std::thread other([owed = std::move(*Library::laterBooks)]() mutable { owed.ready(std::vector<Book>(1)); });
            other.join();
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, call.completions.size());
        }
    }
    void referencesAreKeys() {
        Book row;
        row.editorId = "eve";
        FakeGraphQlCall editor;
        editor.setParents({reinterpret_cast<std::uintptr_t>(&row)});
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Book", "editor", editor));
        CPPUNIT_ASSERT_EQUAL(std::string("key eve"), editor.value());
    }
    void rowsAreLoadedByKeys() {
        CPPUNIT_ASSERT_EQUAL(1u, table_->type_count);
        const mortise_graphql_type& type = table_->types[0];
        CPPUNIT_ASSERT_EQUAL(std::string("Book"), textOf(type.name));
        CPPUNIT_ASSERT_EQUAL(MORTISE_PLACEMENT_DATABASE_READ, type.placement);
        FakeGraphQlCall load;
        load.setKeys({"b", "none", "a"});
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, type.load(type.context, &load));
        for (const std::size_t place : {0u, 2u}) {
            mortise_view key{};
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, type.key(type.context, load.cell(place).value.handle, &key));
            CPPUNIT_ASSERT_EQUAL(std::string(place == 0 ? "b" : "a"), textOf(key));
        }
        CPPUNIT_ASSERT_EQUAL(std::string("null"), load.value(1));
    }
    void keysOfParents() {
        FakeGraphQlCall loans;
        loans.setKeys({"ada", "bob"});
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("User", "loans", loans));
        CPPUNIT_ASSERT_EQUAL(std::string("[\"ada\"]"), loans.value(0));
        CPPUNIT_ASSERT_EQUAL(std::string("!404 Card not found"), loans.value(1));
        FakeGraphQlCall fewer;
        fewer.setKeys({"a", "b", "c"});
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("User", "loans", fewer));
        CPPUNIT_ASSERT_EQUAL(std::string("!500 a resolver returned 2 values for 3 parents"), fewer.value(0));
    }
    void memoryThatIsFullIsAnError() {
        FakeGraphQlCall books, echo;
        books.addChecked(R"({"limit":2})");
        books.isFull = echo.isFull = true;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Query", "books", books));
        CPPUNIT_ASSERT_EQUAL(std::string("!500 a result is past the memory of its operation"), books.value());
        echo.setArguments(R"({"n":3,"text":"hello"})");
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Query", "echo", echo));
        CPPUNIT_ASSERT_EQUAL(std::string("!500 a text is past the memory of its operation"), echo.value());
    }
    void olderProvidersAreRefused() {
        FakeGraphQlCall books;
        books.addChecked(R"({"limit":2})");
        books.cutTable(offsetof(mortise_graphql_call_table, own));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, resolve("Query", "books", books));
        CPPUNIT_ASSERT_EQUAL(std::string("!500 own of a GraphQL call is absent"), books.value());
        books.cutTable(offsetof(mortise_graphql_call_table, fail));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, resolve("Query", "books", books));
    }

private:
    const mortise_graphql_field& field(std::string_view type, std::string_view name) const {
        for (std::uint32_t i = 0; i < table_->field_count; ++i)
            if (textOf(table_->fields[i].type) == type && textOf(table_->fields[i].name) == name)
                return table_->fields[i];
        throw std::runtime_error("no such field: " + std::string(name));
    }
    mortise_status resolve(std::string_view type, std::string_view name, const FakeGraphQlCall& call) const {
        const mortise_graphql_field& found = field(type, name);
        return found.resolve(found.context, &call);
    }
    mortise_status prepare(std::string_view name, const FakeGraphQlCall& call) const {
        const mortise_graphql_field& found = field("Mutation", name);
        CPPUNIT_ASSERT(found.prepare != nullptr);
        return found.prepare(found.context, &call);
    }
    static void ofAda(FakeGraphQlCall& call, const std::string& title) {
        const std::string input = R"({"title":")" + title + "\"}";
        call.setArguments(R"({"id":"ada","input":)" + input + "}");
        call.addChecked(input);
        call.setCaller("ada");
    }

    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<FakeInstance> plugin_;
    const mortise_graphql_types* table_ = nullptr;
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlCallsTest);
