// SPDX-License-Identifier: Apache-2.0
#include "user_lines.hpp"

#include "csv_record.hpp"

#include <mortise/encode.hpp>

namespace users {
namespace {

void writeField(std::string& out, const std::optional<std::string>& value) {
    out.push_back(',');
    if (value) writeCsvField(out, *value);
}

} // namespace

void writeUser(std::string& out, TransferFormat format, const TransferredUser& user) {
    if (format == TransferFormat::ndjson) {
        out.append(mortise::encodeJson(user));
    } else {
        if (user.id) writeCsvField(out, *user.id);
        writeField(out, user.name);
        writeField(out, user.email);
        writeField(out, user.passwordHash);
        writeField(out, user.role);
        writeField(out, user.createdAt ? std::optional(user.createdAt->text()) : std::nullopt);
        writeField(out, user.profile ? user.profile->bio : std::nullopt);
        writeField(out, user.profile ? user.profile->avatar : std::nullopt);
    }
    out.push_back('\n');
}

} // namespace users
