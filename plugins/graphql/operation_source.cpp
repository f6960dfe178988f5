// SPDX-License-Identifier: Apache-2.0
#include "operation_source.hpp"

#include <utility>

namespace mortise::graphql {
namespace {

constexpr std::string_view prefix = "sha256:";

RequestRefusal malformed(std::string message) {
    return {std::move(message)};
}

// Clients of Apollo's protocol go by these messages.
RequestRefusal notFound() {
    return {"PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND", 400, true};
}

RequestRefusal notSupported() {
    return {"PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED", 400, true};
}

RequestRefusal notAllowed() {
    return {"This operation is not on the server's list of operations.", "OPERATION_NOT_ALLOWED", 403, true};
}

// What is wrong with the reference itself.
std::optional<RequestRefusal> mistakeIn(const OperationReference& wanted) {
    if (wanted.isPersisted && !wanted.isKnownVersion)
        return malformed("'extensions.persistedQuery.version' must be 1.");
    if (wanted.isPersisted && wanted.hash.empty())
        return malformed("'extensions.persistedQuery.sha256Hash' must be a string.");
    if (wanted.query && !wanted.documentId.empty()) return malformed("'query' and 'documentId' exclude each other.");
    if (!wanted.query && wanted.documentId.empty() && !wanted.isPersisted)
        return malformed("'query' must be a string.");
    return std::nullopt;
}

std::string_view idOf(const OperationReference& wanted) {
    return wanted.documentId.empty() ? wanted.hash : wanted.documentId;
}

} // namespace

std::optional<RequestRefusal> OperationSource::find(const OperationReference& wanted, const AllowedOperations* allowed,
                                                    FoundOperation& found) const {
    if (auto mistake = mistakeIn(wanted)) return mistake;
    found = {};
    if (wanted.query) found.text = *wanted.query;
    if (allowed != nullptr) return findAllowed(wanted, *allowed, found);
    if (!wanted.isPersisted && wanted.documentId.empty()) return std::nullopt;
    if (!store_) return notSupported();
    return wanted.query ? checkDigest(wanted, found) : findPersisted(wanted, found);
}

void OperationSource::keep(const FoundOperation& found, const OperationOwner& owner) const {
    if (found.digest && store_) store_->keep(*found.digest, found.text, owner);
}

std::optional<RequestRefusal> OperationSource::findAllowed(const OperationReference& wanted,
                                                           const AllowedOperations& allowed,
                                                           FoundOperation& found) const {
    if (wanted.query) {
        if (!allowed.contains(*wanted.query)) return notAllowed();
        if (!wanted.isPersisted) return std::nullopt;
        // The hash is that of the text, or what the list calls it.
        const AllowedOperations::Text named = allowed.find(wanted.hash);
        if (!named || *named != *wanted.query) return malformed("'sha256Hash' is not the SHA-256 of 'query'.");
        return std::nullopt;
    }
    found.kept = allowed.find(idOf(wanted));
    if (!found.kept) return notAllowed();
    found.text = *found.kept;
    return std::nullopt;
}

std::optional<RequestRefusal> OperationSource::findPersisted(const OperationReference& wanted,
                                                             FoundOperation& found) const {
    std::string_view hex = idOf(wanted);
    if (!wanted.documentId.empty() && hex.substr(0, prefix.size()) == prefix) hex.remove_prefix(prefix.size());
    OperationDigest digest{};
    if (!readDigest(hex, digest)) {
        if (wanted.documentId.empty()) return malformed("'sha256Hash' must be 64 hexadecimal digits.");
        return notFound();
    }
    found.kept = store_->find(digest);
    if (!found.kept) return notFound();
    found.text = *found.kept;
    return std::nullopt;
}

std::optional<RequestRefusal> OperationSource::checkDigest(const OperationReference& wanted,
                                                           FoundOperation& found) const {
    OperationDigest said{};
    const bool isDigest = readDigest(wanted.hash, said);
    // Nobody keeps a text under a name that another one has.
    if (!isDigest || digest_(*wanted.query) != said) return malformed("'sha256Hash' is not the SHA-256 of 'query'.");
    found.digest = said;
    return std::nullopt;
}

} // namespace mortise::graphql
