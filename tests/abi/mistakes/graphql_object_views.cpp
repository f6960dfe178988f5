// SPDX-License-Identifier: Apache-2.0
// error: object<T>(): rows own their texts
#include <mortise/graphql.hpp>

struct User {
    std::string id;
    std::string_view name;
};
MORTISE_DESCRIBE(User, field(id), field(name))

void declare(mortise::Setup& setup) {
    setup.graphql().object<User>("User");
}
