// SPDX-License-Identifier: Apache-2.0
#include "user_export.hpp"

#include "csv_columns.hpp"
#include "import_table.hpp"
#include "user_lines.hpp"

#include <utility>
#include <vector>

namespace users {
namespace {

constexpr std::int64_t part = 500;

struct ExportedUser {
    std::string id, name, email, passwordHash, role;
    mortise::DateTime createdAt;
    std::optional<TransferredProfile> profile;
};
MORTISE_DESCRIBE(ExportedUser, field(id), field(name), field(email), field(passwordHash), field(role), field(createdAt),
                 field(profile))

} // namespace

std::int64_t UserExport::total() const {
    return database_.select(users).count() - database_.select(removals).count();
}

void UserExport::begin(std::string& out) const {
    if (format_ == TransferFormat::csv) out.append(CsvColumns::header()).push_back('\n');
}

std::int64_t UserExport::next(std::string& out) {
    std::vector<ExportedUser> rows = database_.select<ExportedUser>(storedUsers)
                                         .where(storedUsers.id > last_ && storedUsers.removedAt.isNull())
                                         .orderBy(storedUsers.id)
                                         .limit(part)
                                         .with(&ExportedUser::profile, profiles)
                                         .all();
    if (rows.empty()) return 0;
    last_ = rows.back().id;
    for (ExportedUser& row : rows)
        writeUser(out, format_,
                  {std::move(row.id), std::move(row.name), std::move(row.email), std::move(row.passwordHash),
                   std::move(row.role), row.createdAt, std::move(row.profile)});
    return static_cast<std::int64_t>(rows.size());
}

} // namespace users
