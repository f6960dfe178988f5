// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace mortise::database {

// Where the database is: `sqlite:///relative` or `sqlite:////absolute`, percent-decoded.
struct DatabaseUrl {
    std::filesystem::path file; // normal

    // Throws DatabaseError with a message that holds no secret part of the URL.
    static DatabaseUrl parse(std::string_view url);
};

// The URL with its user and password replaced by "***", also one that has no scheme ("//user:password@host").
std::string redactedUrl(std::string_view url);

} // namespace mortise::database
