// SPDX-License-Identifier: Apache-2.0
#include "request_tape.hpp"

namespace mortise::graphql {

void RequestTape::assign(const mortise_json_tape& tape) {
    nodes_.assign(tape.nodes, tape.nodes + tape.node_count);
    text_.assign(tape.text, tape.text_size);
    view_ = tape;
    view_.struct_size = sizeof view_;
    view_.nodes = nodes_.data();
    view_.text = text_.data();
}

void RequestTape::clear() {
    view_ = {};
    if (nodes_.capacity() * sizeof(mortise_json_node) > maximumKept) std::vector<mortise_json_node>().swap(nodes_);
    if (text_.capacity() > maximumKept) std::string().swap(text_);
}

} // namespace mortise::graphql
