// SPDX-License-Identifier: Apache-2.0
// error: field(branches): its type has no MORTISE_DESCRIBE
#include <mortise/plugin.hpp>

struct Tree {
    std::string name;
    std::vector<Tree> branches;
};
MORTISE_DESCRIBE(Tree, field(name), field(branches))

class Mistaken : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        setup.get("/a").handle([](mortise::Request&) { return mortise::ok(Tree()); });
    }
};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0")
