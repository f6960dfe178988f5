// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "allowed_operations.hpp"

#include <mortise/crypto.hpp>
#include <mortise/json.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace mortise::graphql {

// Reads an allow-list as tools write them:
//  - an object of texts by their ids, {"<hash>": "query A { … }"}: relay-compiler (persistConfig.file) and the client
//    preset of graphql-codegen (persistedDocuments);
//  - {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "name", "type", "body"}]}:
//    @apollo/generate-persisted-query-manifest.
// Throws Invalid with the file's name, the place in it and the reason.
std::shared_ptr<const AllowedOperations> readAllowedOperations(const std::string& path, const Json& json,
                                                               const Crypto& crypto);

inline constexpr std::size_t maximumAllowListSize = std::size_t{32} * 1024 * 1024;

} // namespace mortise::graphql
