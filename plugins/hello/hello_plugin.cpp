// SPDX-License-Identifier: Apache-2.0
#include <mortise/plugin.hpp>

namespace {

struct Settings {
    std::string_view name = "world";
};
MORTISE_SETTINGS(Settings, field(name).text("Who is greeted when a request names nobody."))

struct Query {
    std::optional<std::string_view> name;
};
MORTISE_DESCRIBE(Query, field(name).minLength(1).maxLength(100).text("Who is greeted").example("Ada"))

struct Greeting {
    std::string_view hello;
};
MORTISE_DESCRIBE(Greeting, field(hello).text("Who was greeted").example("world"))

class Hello : public mortise::Plugin<Settings> {
    void configure(mortise::Setup& setup) override {
        if (settings().name.empty()) setup.refuseSetting("name", "it is empty, and somebody has to be greeted");
        setup.get("/hello")
            .summary("Greets")
            .tags("hello")
            .onLoop()
            .query<Query>()
            .replies<Greeting>(200, "The greeting")
            .repliesError(400)
            .handle([this](mortise::Request&, const Query& query) {
                return Greeting{query.name.value_or(settings().name)};
            });
    }
};

} // namespace

MORTISE_PLUGIN(Hello, "org.mortise.hello", "1.0.0", licence("Apache-2.0"))
