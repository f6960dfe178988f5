// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <mortise/graphql.hpp>
#include <mortise/plugin.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <map>
#include <variant>

using namespace mortise::test;

namespace {

enum class Colour { red, darkGreen };
MORTISE_ENUM(Colour, red, darkGreen)

struct Point {
    double x = 0;
    std::optional<double> y;
};
MORTISE_DESCRIBE(Point, field(x), field(y))

struct User {
    std::string id;
    std::string name;
    std::optional<std::string> about;
    mortise::DateTime createdAt;
    std::string passwordHash;
    std::vector<std::string> tags;
    std::vector<std::vector<std::int32_t>> grid;
    std::optional<std::vector<std::optional<Point>>> path;
    Colour colour = Colour::red;
    std::int64_t size = 0;
    std::int64_t age = 0;
    std::uint16_t port = 0;
    bool on = false;
    std::string friendId;
};
MORTISE_DESCRIBE(User, field(id).uuid(), field(name).text("As \"shown\"\nto others"), field(about).nullable(),
                 field(createdAt), field(passwordHash).secret(), field(tags), field(grid), field(path), field(colour),
                 field(size), field(age).min(0).max(150), field(port), field(on).deprecated(), field(friendId))

struct Square {
    double side = 0;
};
MORTISE_DESCRIBE(Square, field(side))
struct Circle {
    double radius = 0;
};
MORTISE_DESCRIBE(Circle, field(radius))
using Shape = std::variant<Square, Circle>;
MORTISE_TAGGED(Shape, "kind", as(Square, "square"), as(Circle, "circle"))

struct Named {
    std::string name;
};
MORTISE_DESCRIBE(Named, field(name))

struct Profile {
    std::optional<std::string_view> bio;
};
MORTISE_DESCRIBE(Profile, field(bio).nullable())

struct CreateUser {
    std::string_view name;
    std::string_view password;
    std::string_view shown;
    std::optional<Profile> profile;
    mortise::Patch<Profile> other;
    Colour colour = Colour::red;
    std::int32_t limit = 0;
    bool on = false;
    std::vector<std::int32_t> list;
    std::optional<mortise::DateTime> since;
};
MORTISE_DESCRIBE(CreateUser, field(name), field(password).secret(), field(shown).readOnly(), field(profile),
                 field(other), field(colour).defaults(Colour::darkGreen), field(limit).defaults(20).text("How many"),
                 field(on).defaults(true), field(list).defaults(mortise::JsonText{"[1,2]"}), field(since))

struct Page {
    std::int64_t page = 1;
    std::optional<std::string_view> after;
};
MORTISE_DESCRIBE(Page, field(page).min(1).max(2147483647).defaults(1), field(after))

struct Counts {
    std::int64_t all = 0;
    std::uint32_t some = 0;
    mortise::Date day;
    mortise::Decimal price;
    std::map<std::string, std::int32_t> map;
    mortise::RawJson raw;
};
MORTISE_DESCRIBE(Counts, field(all).min(0), field(some), field(day), field(price), field(map), field(raw))

template<class Configure>
class Contributor : public mortise::Plugin<> {
public:
    void configure(mortise::Setup& setup) override { Configure{}(setup); }
};

// What `Configure` contributes: the SDL, or why it cannot be.
template<class Configure>
std::string contributed(const Configure&) {
    const mortise_module& module = *mortise::moduleOf<Contributor<Configure>>(0, nullptr, "test.graphql", "1.0.0");
    FakeHost host;
    FakeInstance plugin(host, module);
    if (plugin.configure() != MORTISE_OK) return plugin.error();
    const auto& list = host.contributions.at(MORTISE_GRAPHQL_POINT);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1}, list.size());
    CPPUNIT_ASSERT_EQUAL(std::string("test"), list[0].name);
    return textOf(static_cast<const mortise_graphql_types*>(list[0].table)->sdl);
}

void expect(const std::string& part, const std::string& whole) {
    CPPUNIT_ASSERT_MESSAGE("'" + part + "' is not in\n" + whole, whole.find(part) != std::string::npos);
}

const auto nothing = [](mortise::GraphQlCall&, const auto&...) -> bool { return true; };

} // namespace

class GraphqlTypesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlTypesTest);
    CPPUNIT_TEST(objectsComeFromDescriptions);
    CPPUNIT_TEST(membersAreChanged);
    CPPUNIT_TEST(inputsHaveWhatComesIn);
    CPPUNIT_TEST(fieldsAndArguments);
    CPPUNIT_TEST(anothersTypesAreExtended);
    CPPUNIT_TEST(unionsAndInterfaces);
    CPPUNIT_TEST(whatHasNoTypeIsRefused);
    CPPUNIT_TEST(faultsAreNamedAllAtOnce);
    CPPUNIT_TEST(twinsGiveTheirRules);
    CPPUNIT_TEST_SUITE_END();

public:
    void objectsComeFromDescriptions() {
        const std::string sdl = contributed([](mortise::Setup& setup) {
            const mortise::GraphQlBuilder graph = setup.graphql();
            graph.object<User>("User").text("Somebody").scalar(&User::size, "BigInt").key(&User::id);
            graph.object<Point>("Point");
            graph.enumeration<Colour>("Colour", "As painted");
            setup.graphql().scalar("BigInt", "64 bits", "https://example.com/big");
        });
        CPPUNIT_ASSERT_EQUAL(std::string("\"Somebody\"\ntype User {\n"
                                         "  id: ID!\n"
                                         "  \"As \\\"shown\\\"\\nto others\" name: String!\n"
                                         "  about: String\n"
                                         "  createdAt: DateTimeISO!\n"
                                         "  tags: [String!]!\n"
                                         "  grid: [[Int!]!]!\n"
                                         "  path: [Point]\n"
                                         "  colour: Colour!\n"
                                         "  size: BigInt!\n"
                                         "  age: Int!\n"
                                         "  port: Int!\n"
                                         "  on: Boolean! @deprecated\n"
                                         "  friendId: String!\n"
                                         "}\n"
                                         "type Point {\n  x: Float!\n  y: Float\n}\n"
                                         "\"As painted\"\nenum Colour {\n  red\n  darkGreen\n}\n"
                                         "\"64 bits\"\nscalar BigInt @specifiedBy(url: \"https://example.com/big\")\n"),
                             sdl);
    }
    void membersAreChanged() {
        const std::string sdl = contributed([](mortise::Setup& setup) {
            const mortise::GraphQlBuilder graph = setup.graphql();
            const auto user = graph.object<User>("User");
            user.without(&User::path).without(&User::colour).named(&User::on, "isOn").nonNull(&User::about);
            user.without(&User::friendId).reference("friend", "User", &User::friendId, "The best one");
            user.scalar(&User::size, "Big").key(&User::id).cost(&User::about, 16).cost(&User::on, 0);
            user.field<std::string>("initials")
                .cost(5)
                .onLoop()
                .needs(&User::name)
                .resolve([](mortise::GraphQlCall&, mortise::GraphQlRows<User> rows) {
                    return std::vector<std::string>(rows.size());
                });
        });
        for (const char* const line :
             {"  about: String! @cost(weight: 16)\n", "  isOn: Boolean! @deprecated @cost(weight: 0)\n",
              "  \"The best one\" friend: User!\n", "  initials: String! @cost(weight: 5)\n}"})
            expect(line, sdl);
        for (const char* const line : {"path", "colour", "friendId", "passwordHash"})
            CPPUNIT_ASSERT(sdl.find(line) == std::string::npos);
    }
    void inputsHaveWhatComesIn() {
        const std::string sdl = contributed([](mortise::Setup& setup) {
            const mortise::GraphQlBuilder graph = setup.graphql();
            graph.input<CreateUser>("CreateUserInput").text("Of somebody new");
            graph.input<Profile>("ProfileInput");
            graph.enumeration<Colour>("Colour");
        });
        expect("\"Of somebody new\"\ninput CreateUserInput {\n"
               "  name: String!\n"
               "  password: String!\n"
               "  profile: ProfileInput\n"
               "  other: ProfileInput\n"
               "  colour: Colour = darkGreen\n"
               "  \"How many\" limit: Int = 20\n"
               "  on: Boolean = true\n"
               "  list: [Int!] = [1,2]\n"
               "  since: DateTimeISO\n"
               "}\n"
               "input ProfileInput {\n  bio: String\n}\n",
               sdl);
    }
    void fieldsAndArguments() {
        const std::string sdl = contributed([](mortise::Setup& setup) {
            const mortise::GraphQlBuilder graph = setup.graphql();
            graph.object<Named>("Named");
            graph.input<Profile>("ProfileInput");
            graph.query<std::optional<Named>>("one")
                .text("Just one")
                .argument<std::string_view>("id")
                .resolve([](mortise::GraphQlCall&, std::string_view) { return std::nullopt; });
            graph.query<std::vector<Named>>("all")
                .deprecated("too many")
                .arguments<Page>()
                .resolve([](mortise::GraphQlCall&, const Page&) { return std::vector<Named>(); });
            graph.query<std::vector<mortise::GraphQlKey>>("best")
                .of("Author")
                .argument<std::int64_t>("n", 10)
                .argument<std::optional<bool>>("on")
                .argument<std::vector<std::string>>("names")
                .resolve([](mortise::GraphQlCall&, std::int64_t, std::optional<bool>, const std::vector<std::string>&) {
                    return std::vector<mortise::GraphQlKey>();
                });
            graph.query<std::int64_t>("count").scalar("Big").resolve([](mortise::GraphQlCall&) { return 1; });
            graph.mutation<bool>("change").body<Profile>("input").resolve(
                [](mortise::GraphQlCall&, const Profile&) { return true; });
        });
        expect("extend type Query {\n"
               "  \"Just one\" one(id: String!): Named\n"
               "  all(page: Int = 1, after: String): [Named!]! @deprecated(reason: \"too many\")\n"
               "  best(n: Int! = 10, on: Boolean, names: [String!]!): [Author!]!\n"
               "  count: Big!\n"
               "}\n"
               "extend type Mutation {\n  change(input: ProfileInput!): Boolean!\n}\n",
               sdl);
    }
    void anothersTypesAreExtended() {
        const std::string sdl = contributed([](mortise::Setup& setup) {
            const mortise::GraphQlBuilder graph = setup.graphql();
            graph.field<std::vector<std::vector<Named>>>("User", "posts")
                .reads()
                .arguments<Page>()
                .resolve([](mortise::GraphQlCall&, mortise::GraphQlKeys users, const Page&) {
                    return std::vector<std::vector<Named>>(users.size());
                });
            graph.field<std::vector<std::optional<Named>>>("User", "first")
                .resolve([](mortise::GraphQlCall&, mortise::GraphQlKeys users) {
                    return std::vector<std::optional<Named>>(users.size());
                });
            graph.object<Named>("Named");
        });
        expect("extend type User {\n  posts(page: Int = 1, after: String): [Named!]!\n  first: Named\n}\n", sdl);
    }
    void unionsAndInterfaces() {
        const std::string sdl = contributed([](mortise::Setup& setup) {
            const mortise::GraphQlBuilder graph = setup.graphql();
            graph.unionOf<Shape>("Shape", "Square or round");
            graph.interfaceOf<std::variant<Named, User>, Named>("Someone");
            graph.object<Square>("Square");
            graph.object<Circle>("Circle");
            graph.object<Named>("Named");
            graph.object<User>("User").scalar(&User::size, "Big").without(&User::path).without(&User::colour);
            graph.query<std::vector<Shape>>("shapes").resolve(
                [](mortise::GraphQlCall&) { return std::vector<Shape>(); });
            graph.query<std::optional<std::variant<Named, User>>>("someone").resolve(
                [](mortise::GraphQlCall&) { return std::nullopt; });
        });
        for (const char* const part :
             {"\"Square or round\"\nunion Shape = Square | Circle\n", "interface Someone {\n  name: String!\n}\n",
              "type Named implements Someone {\n", "type User implements Someone {\n", "type Square {\n",
              "  shapes: [Shape!]!\n", "  someone: Someone\n"})
            expect(part, sdl);
    }
    void whatHasNoTypeIsRefused() {
        const std::string why = contributed([](mortise::Setup& setup) {
            setup.graphql().object<Counts>("Counts");
            setup.graphql().query<std::int64_t>("count").resolve([](mortise::GraphQlCall&) { return 1; });
        });
        for (const char* const part :
             {"Counts.all: its range exceeds Int", "Counts.some: its range exceeds Int", "Counts.day: a day needs",
              "Counts.price: a Decimal needs", "Counts.map: GraphQL has no type", "Counts.raw: GraphQL has no type"})
            expect(part, why);
        const std::string sdl = contributed([](mortise::Setup& setup) {
            setup.graphql()
                .object<Counts>("Counts")
                .scalar(&Counts::all, "Big")
                .scalar(&Counts::some, "Big")
                .scalar(&Counts::day, "Date")
                .scalar(&Counts::price, "Decimal")
                .scalar(&Counts::map, "JSON")
                .scalar(&Counts::raw, "JSON");
        });
        expect("type Counts {\n  all: Big!\n  some: Big!\n  day: Date!\n  price: Decimal!\n  map: JSON!\n  raw: "
               "JSON!\n}\n",
               sdl);
        expect("Query.count: its range exceeds Int", contributed([](mortise::Setup& setup) {
                   setup.graphql().query<std::int64_t>("count").resolve([](mortise::GraphQlCall&) { return 1; });
               }));
    }
    void faultsAreNamedAllAtOnce() {
        const std::string why = contributed([](mortise::Setup& setup) {
            const mortise::GraphQlBuilder graph = setup.graphql();
            graph.object<Named>("Na-med");
            graph.object<Square>("Square").named(&Square::side, "__side");
            graph.object<Square>("Other");
            graph.query<Circle>("circle").resolve([](mortise::GraphQlCall&) { return Circle(); });
            graph.query<bool>("twice").resolve(nothing);
            graph.query<bool>("twice").resolve(nothing);
            static_cast<void>(graph.query<bool>("unresolved"));
            graph.query<bool>("owned").owner("id").resolve(nothing);
        });
        for (const char* const part :
             {"GraphQL: Na-med: this is no name in GraphQL; ", "Square.__side: this is no name in GraphQL",
              "Other: its C++ type is 'Square' already", "Query.circle: its C++ type has no name in GraphQL",
              "Query.twice: it is declared twice", "Query.unresolved: it was declared without resolve()",
              "Query.owned: owner(\"id\") needs an argument of that name"})
            expect(part, why);
    }
    void twinsGiveTheirRules() {
        FakeHost host;
        struct Twins : mortise::Plugin<> {
            void configure(mortise::Setup& setup) override {
                const auto handle = [](mortise::Request&) { return mortise::noContent(); };
                const mortise::GraphQlBuilder graph = setup.graphql();
                const auto get = setup.get("/users/:id").role("admin").reads();
                const auto patch = setup.patch("/users/:id").owner("id");
                get.handle(handle);
                graph.query<bool>("user").twin(get).openable().argument<std::string_view>("id").resolve(nothing);
                graph.query<bool>("free").onLoop().resolve(nothing);
                graph.mutation<bool>("change").twin(patch).argument<std::string_view>("id").resolve(nothing);
                patch.handle(handle);
            }
        };
        FakeInstance plugin(host, *mortise::moduleOf<Twins>(0, nullptr, "test.twins", "1.0.0"));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(plugin.error(), MORTISE_OK, plugin.configure());
        const auto& table =
            *static_cast<const mortise_graphql_types*>(host.contributions.at(MORTISE_GRAPHQL_POINT)[0].table);
        CPPUNIT_ASSERT_EQUAL(3u, table.field_count);
        const mortise_graphql_field& user = table.fields[0];
        CPPUNIT_ASSERT_EQUAL(std::string("GET /users/:id"), textOf(user.twin));
        CPPUNIT_ASSERT_EQUAL(std::string("admin"), textOf(user.role));
        CPPUNIT_ASSERT_EQUAL(MORTISE_PLACEMENT_DATABASE_READ, user.placement);
        CPPUNIT_ASSERT_EQUAL(MORTISE_GRAPHQL_AUTHENTICATED | MORTISE_GRAPHQL_OPENABLE, user.flags);
        CPPUNIT_ASSERT(user.prepare == nullptr);
        CPPUNIT_ASSERT_EQUAL(MORTISE_PLACEMENT_LOOP, table.fields[1].placement);
        CPPUNIT_ASSERT_EQUAL(0u, table.fields[1].flags);
        const mortise_graphql_field& change = table.fields[2];
        CPPUNIT_ASSERT_EQUAL(MORTISE_GRAPHQL_AUTHENTICATED | MORTISE_GRAPHQL_TRANSACTION, change.flags);
        CPPUNIT_ASSERT(change.prepare != nullptr); // rules come before the transaction
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlTypesTest);
