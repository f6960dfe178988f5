// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema/inspect.hpp"
#include "validation/validator.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::graphql {

// What the rules of one validation share. References; one thread.
class RuleContext {
public:
    RuleContext(const Schema& schemaOf, const Document& documentOf, const Resolution& resolved,
                const ValidationOptions& given);

    const Schema& schema;
    const Document& document;
    const Resolution& resolution;
    const ValidationOptions options; // within what is the highest of each

    // Where the name of a node stands.
    std::uint32_t nameOffset(NodeId node) const { return document[node].name.offset; }
    std::uint32_t offset(NodeId node) const { return document[node].offset; }

    // Both are cut to maximumMessage and maximumOffsets.
    void report(std::string message, std::vector<std::uint32_t> offsets);
    void report(std::string message, std::uint32_t at) { report(std::move(message), std::vector<std::uint32_t>{at}); }
    // Ends validation: the document takes more work than it may.
    void abort(std::string message, std::uint32_t at);
    // Work that grows by operations times fragments; false when there was too much of it.
    bool spend(std::uint32_t steps, std::uint32_t at);
    // Nothing more is to be checked.
    bool isEnded() const { return isEnded_; }
    // Definitions of the type system that the document has, each of which is an error: no more than maximumErrors.
    const std::vector<NodeId>& ownDefinitions() const { return ownDefinitions_; }
    std::vector<Error> take() { return std::move(errors_); }

private:
    std::vector<Error> errors_;
    std::vector<NodeId> ownDefinitions_;
    std::uint32_t remaining_;
    bool isEnded_ = false;
};

// `"name"`, long names cut.
inline std::string quoted(std::string_view name) {
    std::string text;
    text.reserve(std::min(name.size(), inspectedBytes) + 8);
    text += '"';
    if (name.size() <= inspectedBytes)
        text += name;
    else
        text += shortened(name);
    text += '"';
    return text;
}

} // namespace mortise::graphql
