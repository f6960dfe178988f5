// SPDX-License-Identifier: Apache-2.0
#include "schema_document.hpp"

#include "schema/sdl_printer.hpp"

#include <mortise/asset_page.hpp>

namespace mortise::graphql {

Reply SchemaDocument::reply(const Request& request, const Schema& schema) {
    const std::shared_ptr<const Printed> document = printed(request.generation(), schema);
    Reply reply = AssetPage::isKnown(request, document->tag) ? Reply::empty(304) : Reply::text(200, document->text);
    return std::move(reply).field("Cache-Control", "no-cache").field("ETag", document->tag);
}

// An instance may be carried over a reload that changes other plugins: what counts is the generation that serves.
std::shared_ptr<const SchemaDocument::Printed> SchemaDocument::printed(std::uint64_t generation, const Schema& schema) {
    const std::lock_guard lock(mutex_); // who asks meanwhile needs the same document
    if (newest_ && newest_->generation == generation) return newest_;
    auto made = std::make_shared<Printed>();
    made->generation = generation;
    made->text = printSchema(schema) + "\n";
    made->tag = entityTagText(AssetPage::fingerprint(made->text));
    // Requests that the generation before still serves do not push out the newer one.
    if (!newest_ || generation > newest_->generation) newest_ = made;
    return made;
}

} // namespace mortise::graphql
