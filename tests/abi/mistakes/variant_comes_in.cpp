// SPDX-License-Identifier: Apache-2.0
// error: an std::variant without a MORTISE_TAGGED goes out only
#include <mortise/plugin.hpp>

#include <variant>

struct User {
    std::string name;
    int age = 0;
};
MORTISE_DESCRIBE(User, field(name), field(age))

struct Order {
    std::variant<User, int> from;
};
MORTISE_DESCRIBE(Order, field(from))

class Mistaken : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        setup.post("/a").body<Order>().handle([](mortise::Request&, const Order&) { return mortise::noContent(); });
    }
};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0")
