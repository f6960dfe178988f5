// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json_tree.hpp"
#include "route_note.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::openapi {

// What a document's operations share: schemas that have a title, and the answers that the host gives by itself.
class Components {
public:
    // The schema of every error answer, titled "Error".
    explicit Components(Json errorSchema);

    // The schema as it stands in the document: titled ones are references, equal ones to the same component. A name
    // that another schema has already gets a number.
    Json request(const Json& schema) { return place(schema); }
    // The same without the members that are writeOnly.
    Json answer(const Json& schema) { return place(withoutWriteOnly(schema)); }

    // The content of an error answer, in both of its forms.
    Json errorContent(std::uint32_t status, std::string_view sentence);
    // A reference to the answer that the host gives with that status. The status is one of hostAnswers, or anyError.
    Json hostAnswer(std::uint32_t status);
    static constexpr std::uint32_t anyError = 0;
    static bool hasHostAnswer(std::uint32_t status) noexcept;
    // The header fields of a response, by their names: those that a route declares, and those of the host's own
    // responses with that status.
    static std::optional<Json> fieldsOf(std::uint32_t status, const std::vector<FieldNote>& declared = {});

    void needBearer() { bearer_ = true; }
    // The member "components" of the document.
    Json take();

    static Json withoutWriteOnly(const Json& schema);

private:
    Json place(const Json& schema);
    Json placeTitled(const Json& schema);
    std::string keep(std::string_view title, const Json& source, Json placed);

    Json error_;
    Json schemas_ = Json::object();
    std::map<std::string, Json, std::less<>> sources_; // by name: what the component was made from
    std::map<std::uint32_t, Json> responses_;
    bool bearer_ = false;
};

// RFC 9110's phrase for an answer whose route says nothing of it.
std::string_view statusText(std::uint32_t status) noexcept;

} // namespace mortise::openapi
