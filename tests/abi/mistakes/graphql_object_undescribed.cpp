// SPDX-License-Identifier: Apache-2.0
// error: object<T>(): T has no MORTISE_DESCRIBE
#include <mortise/graphql.hpp>

struct User {
    std::string id;
};

void declare(mortise::Setup& setup) {
    setup.graphql().object<User>("User");
}
