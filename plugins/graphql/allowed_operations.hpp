// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "persisted_operations.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mortise::graphql {

// The operations of an allow-list: no others are executed. Made once a generation, then immutable: any thread.
class AllowedOperations {
public:
    using Text = std::shared_ptr<const std::string>;

    struct Operation {
        std::string id; // as the tool that made the list calls it
        Text text;
    };

    // `digest` is that of `text`. False: an operation of that id is there already.
    bool add(std::string_view id, std::string_view text, const OperationDigest& digest);

    // By its id, by the SHA-256 of its text in hexadecimal digits, or by either behind "sha256:" (GraphQL over HTTP,
    // Appendix A, Prefixed Document Identifier). Null when there is none.
    Text find(std::string_view id) const;
    // Whether an operation of exactly that text is there.
    bool contains(std::string_view text) const { return texts_.find(text) != texts_.end(); }
    const std::vector<Operation>& all() const { return all_; }

private:
    std::vector<Operation> all_;
    std::unordered_map<std::string, Text> byId_; // and by digest
    std::unordered_map<std::string_view, Text> texts_;
};

// "e3b0c442…": lower case.
std::string hexOf(const OperationDigest& digest);
// False where it is not 64 hexadecimal digits, of either case.
bool readDigest(std::string_view hex, OperationDigest& digest);

} // namespace mortise::graphql
