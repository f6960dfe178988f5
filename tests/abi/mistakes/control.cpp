// SPDX-License-Identifier: Apache-2.0
#include <mortise/filters.hpp>
#include <mortise/plugin.hpp>

#include <variant>

struct User {
    std::string name;
    int age = 0;
};
MORTISE_DESCRIBE(User, field(name), field(age))

struct Query {
    std::optional<int> page;
};
MORTISE_DESCRIBE(Query, field(page).min(1).nullable())

struct Path {
    std::string id;
};
MORTISE_DESCRIBE(Path, field(id).minLength(1))

class Mistaken : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        setup.post("/a").body<User>().handle([](mortise::Request&, const User& user) { return user; });
        setup.post("/b/:id").body<User>().query<Query>().path<Path>().handle(
            [](mortise::Request&, User user, const Query&, const Path&) { return mortise::created(user); });
        setup.get("/c").handle(&Mistaken::get);
        setup.get("/d").replies<User>(200).handle(this, &Mistaken::find);
        setup.filter("f").onRespond([](mortise::Response&) {});
    }
    User get(mortise::Request&) const { return {}; }
    std::variant<User, mortise::Reply> find(mortise::Request&) { return mortise::notFound(); }
};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0")
