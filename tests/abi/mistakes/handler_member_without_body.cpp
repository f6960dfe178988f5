// SPDX-License-Identifier: Apache-2.0
// error: handle(): a handler takes Request& and then, in this order, the body, the query, the path
#include <mortise/plugin.hpp>

struct User {
    std::string name;
    int age = 0;
};
MORTISE_DESCRIBE(User, field(name), field(age))

class Mistaken : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override { setup.post("/a").body<User>().handle(&Mistaken::post); }
    User post(mortise::Request&) { return {}; }
};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0")
