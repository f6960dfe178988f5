// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bcrypt_hash.hpp"
#include "user.hpp"

#include <mortise/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace users {

/// A profile with its user, in a file of users.
struct TransferredProfile {
    std::optional<std::string> bio, avatar;
};
MORTISE_DESCRIBE(TransferredProfile, field(bio).nullable().maxLength(mortise::maxBioLength),
                 field(avatar).nullable().uri().pattern(mortise::avatarPattern).maxBytes(mortise::maxAvatarSize))

/// A user in a file of users: a line of NDJSON, as an export writes it and an import reads it.
struct TransferredUser {
    std::optional<std::string> id; ///< as stored: lower case
    std::string name, email;
    std::optional<std::string> passwordHash, role;
    std::optional<mortise::DateTime> createdAt;
    std::optional<TransferredProfile> profile;
};
MORTISE_DESCRIBE(TransferredUser, field(id).uuid(), field(name).minLength(2).maxLength(100),
                 field(email).email().maxLength(maxEmailLength), field(passwordHash),
                 field(role).choices("user", "admin"), field(createdAt), field(profile).nullable())

/// Why a line is rejected.
struct Reject {
    std::string reason;
    bool isSecret = false; ///< the line has a password in clear, and is shown nowhere
};

/// Reads users by the rules of the API. Any thread, one at a time.
class UserParser {
public:
    /// Hashes of a higher cost are rejected.
    UserParser(const mortise::Json& json, unsigned costLimit);

    [[nodiscard]] std::variant<TransferredUser, Reject> parse(std::string_view text) const;

private:
    /// What the schema says nothing of. Nothing: the user is right.
    [[nodiscard]] std::optional<std::string> fault(TransferredUser& user) const;
    [[nodiscard]] Reject rejected(std::string_view text, std::string reason) const;

    mortise::Json json_;
    mortise::JsonSchema schema_;
    unsigned costLimit_;
};

} // namespace users
