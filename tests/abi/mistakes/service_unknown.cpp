// SPDX-License-Identifier: Apache-2.0
// error: service<>()
#include <mortise/plugin.hpp>

struct User {
    std::string name;
    int age = 0;
};

class Mistaken : public mortise::Plugin<> {
    void start() override { user_ = service<User>(); }
    User user_;
};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0")
