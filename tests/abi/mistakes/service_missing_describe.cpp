// SPDX-License-Identifier: Apache-2.0
// error: structs with a MORTISE_DESCRIBE
#include <mortise/plugin.hpp>
#include <mortise/typed_service.hpp>

struct Link {
    std::string url;
};

struct Links {
    static constexpr const char* serviceId = "org.example.links/1";
    mortise::Method<std::optional<Link>(std::string_view id)> find;
};
MORTISE_SERVICE(Links, method(find))

class Mistaken : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override { setup.offer(Links{}); }
};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0", offers<Links>())
