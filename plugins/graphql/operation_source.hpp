// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "allowed_operations.hpp"
#include "persisted_operations.hpp"
#include "request_refusal.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mortise::graphql {

// How a request says which operation it is about. Views are the request's.
struct OperationReference {
    std::optional<std::string_view> query = {};
    std::string_view documentId = {}; // empty: none (GraphQL over HTTP, Appendix A)
    // `extensions.persistedQuery` is there (Apollo's protocol), with its members; an empty hash: it is no text.
    bool isPersisted = false;
    bool isKnownVersion = false; // 1
    std::string_view hash = {};
};

// The text that a reference stands for.
struct FoundOperation {
    std::string_view text; // the request's, or of `kept`
    std::shared_ptr<const std::string> kept;
    // To be given to keep() once the document has been found valid.
    std::optional<OperationDigest> digest;
};

// Finds texts of operations: those that come with requests, those that clients have persisted, those of an allow-list.
// Thread: any.
class OperationSource {
public:
    using Digest = std::function<OperationDigest(std::string_view text)>;

    // `store`: null where nothing is persisted.
    OperationSource(std::unique_ptr<PersistedOperations> store, Digest digest)
        : store_(std::move(store)), digest_(std::move(digest)) {}

    // `allowed`: null where every operation may be executed.
    std::optional<RequestRefusal> find(const OperationReference& wanted, const AllowedOperations* allowed,
                                       FoundOperation& found) const;
    void keep(const FoundOperation& found, const OperationOwner& owner) const;

private:
    std::optional<RequestRefusal> findAllowed(const OperationReference& wanted, const AllowedOperations& allowed,
                                              FoundOperation& found) const;
    std::optional<RequestRefusal> findPersisted(const OperationReference& wanted, FoundOperation& found) const;
    std::optional<RequestRefusal> checkDigest(const OperationReference& wanted, FoundOperation& found) const;

    std::unique_ptr<PersistedOperations> store_;
    Digest digest_;
};

} // namespace mortise::graphql
