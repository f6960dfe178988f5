// SPDX-License-Identifier: Apache-2.0
#include "validation/validator.hpp"

#include "validation/validation_walk.hpp"

namespace mortise::graphql {

std::vector<Error> validate(const Schema& schema, const Document& document, const ValidationOptions& options,
                            Resolution& resolution) {
    resolution = Resolution(schema, document);
    RuleContext context(schema, document, resolution, options);
    ValidationWalk(context).run();
    return context.take();
}

std::vector<Error> validate(const Schema& schema, const Document& document, const ValidationOptions& options) {
    Resolution resolution;
    return validate(schema, document, options, resolution);
}

} // namespace mortise::graphql
