// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/generation.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mortise::host {

// Builds what a generation serves with from what its instances declared. Calls plugins on the calling thread, after
// their `configure`: extensions are plain look-ups, the router's `build` is effect-free.
class Assembly {
public:
    explicit Assembly(Generation& generation) : generation_(generation) {}

    // Sentences for whatever does not fit together; nothing when all is well.
    std::vector<std::string> build();

private:
    void collectRoutes();
    void buildMatcher();
    void collectFilters();
    void collectAuthenticator();
    void collectTheRest();
    template<class Table>
    void single(const char* id, Table& table, Instance*& owner);

    Generation& generation_;
    std::vector<std::string> failures_;
};

} // namespace mortise::host
