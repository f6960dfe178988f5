// SPDX-License-Identifier: Apache-2.0
#include "migration_list.hpp"

#include <Poco/SHA2Engine.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

namespace mortise::database {
namespace {

constexpr std::array<std::string_view, 3> dialects{"", "sqlite", "mariadb"};
constexpr std::size_t maxName = 255; // of the record's columns

std::string checksumOf(std::string_view sql) {
    Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
    engine.update(sql.data(), sql.size());
    return Poco::DigestEngine::digestToHex(engine.digest());
}

class Reader {
public:
    Reader(std::span<const Migration> list, std::string_view dialect) : list_(list), dialect_(dialect) {}

    std::vector<DialectMigration> read() {
        for (std::size_t begin = 0; begin < list_.size();) {
            std::size_t end = begin + 1;
            while (end < list_.size() && list_[end].owner == list_[begin].owner && list_[end].name == list_[begin].name)
                ++end;
            readVariants(begin, end);
            begin = end;
        }
        if (!faults_.empty()) throw MigrationsRefused(std::move(faults_));
        return std::move(found_);
    }

private:
    void fault(std::size_t index, const std::string& message) {
        faults_.push_back({index, migrationLabel(list_[index].owner, list_[index].name) + message});
    }

    // All of one name.
    void readVariants(std::size_t begin, std::size_t end) {
        const Migration& first = list_[begin];
        if (first.owner.empty() || first.name.empty()) return fault(begin, " needs an owner and a name");
        if (first.owner.size() > maxName || first.name.size() > maxName)
            return fault(begin, ": owners and names have at most 255 characters");
        const std::uint32_t number = migrationNumber(first.name);
        if (number == 0)
            return fault(begin,
                         ": its name must begin with a number from 1 on and a hyphen, as in '0001-create-users'");
        std::uint32_t& last = numbers_[first.owner];
        if (number != last + 1)
            fault(begin, number == last ? " has the number of the one before it"
                                        : ": number " + std::to_string(last + 1) + " is due, not " +
                                              std::to_string(number) + "; numbers run from 1 on in the order declared");
        last = number;
        const Migration* chosen = nullptr;
        for (std::size_t i = begin; i < end; ++i) {
            const Migration& one = list_[i];
            if (std::find(dialects.begin(), dialects.end(), one.dialect) == dialects.end())
                fault(i,
                      " is for the unknown dialect '" + std::string(one.dialect) + "'; sqlite and mariadb are known");
            if (one.incompatible != first.incompatible) fault(i, " is flagged as incompatible for some dialects only");
            if (one.sql.find('\0') != std::string_view::npos || one.down.find('\0') != std::string_view::npos)
                fault(i, " has a NUL character in its statements");
            for (std::size_t other = begin; other < i; ++other)
                if (list_[other].dialect == one.dialect) fault(i, " is listed twice");
            if (one.dialect == dialect_ || (one.dialect.empty() && chosen == nullptr)) chosen = &one;
        }
        DialectMigration migration{begin, first.owner, first.name, number, {}, {}, {}, first.incompatible, {}};
        if (chosen != nullptr) {
            migration.index = static_cast<std::size_t>(chosen - list_.data());
            migration.sql = chosen->sql;
            migration.down = chosen->down;
            migration.drops = chosen->drops;
        }
        migration.checksum = checksumOf(migration.sql);
        found_.push_back(std::move(migration));
    }

    std::span<const Migration> list_;
    std::string_view dialect_;
    std::map<std::string_view, std::uint32_t> numbers_; // the last of each owner
    std::vector<DialectMigration> found_;
    std::vector<MigrationFault> faults_;
};

} // namespace

std::string migrationLabel(std::string_view owner, std::string_view name) {
    return "migration '" + std::string(name) + "' of '" + std::string(owner) + "'";
}

std::uint32_t migrationNumber(std::string_view name) {
    constexpr std::size_t maxDigits = 9;
    const std::size_t hyphen = name.find('-');
    if (hyphen == std::string_view::npos || hyphen == 0 || hyphen > maxDigits || hyphen + 1 == name.size()) return 0;
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + hyphen, number);
    return error == std::errc() && end == name.data() + hyphen ? number : 0;
}

std::vector<DialectMigration> migrationsOf(std::span<const Migration> list, std::string_view dialect) {
    return Reader(list, dialect).read();
}

} // namespace mortise::database
