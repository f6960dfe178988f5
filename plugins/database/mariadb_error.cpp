// SPDX-License-Identifier: Apache-2.0
#include "mariadb_error.hpp"

#include "mariadb_constraints.hpp"

#include <cstdint>
#include <optional>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;

// https://mariadb.com/kb/en/mariadb-error-code-reference/, and from 2000 on of its client's library.
struct Code {
    enum : std::uint32_t {
        diskFull = 1021,
        duplicateKey = 1022,
        recordChanged = 1020,
        tooManyConnections = 1040,
        handshake = 1043,
        deniedDatabase = 1044,
        deniedUser = 1045,
        notReady = 1047, // "WSREP has not yet prepared node for application use"
        nullColumn = 1048,
        unknownDatabase = 1049,
        tableExists = 1050,
        unknownTable = 1051,
        unknownColumn = 1054,
        duplicateColumn = 1060,
        duplicateKeyName = 1061,
        cannotDrop = 1091,
        noSuchTable = 1146,
        triggerExists = 1359,
        unknownTrigger = 1360,
        duplicateForeignKey = 1826,
        cannotCreate = 1005,
        shutdown = 1053,
        duplicate = 1062,
        tableFull = 1114,
        hostBlocked = 1129,
        hostNotAllowed = 1130,
        packetTooLarge = 1153,
        lockWait = 1205,
        deadlocked = 1213,
        tooManyOfUser = 1203,
        noParent = 1216,
        hasChildren = 1217,
        userLimit = 1226,
        outOfRange = 1264,
        optionPrevents = 1290,
        noDefault = 1364,
        tooLongData = 1406,
        rowReferenced = 1451,
        noReferenced = 1452,
        statementLimit = 1461,
        sqlInterrupted = 1317,
        prepareAgain = 1615,
        duplicateNamed = 1586,
        readOnlyTransaction = 1792,
        readOnlyMode = 1836,
        connectionKilled = 1927,
        statementTimeout = 1969,
        checkFailed = 4025,
        noConnection = 2002,
        noConnectionToHost = 2003,
        unknownHost = 2005,
        gone = 2006,
        lostConnection = 2013,
        packetTooLargeForClient = 2020,
        tls = 2026,
        lostExtended = 2055,
    };
};

DatabaseError constraintError(Kind kind, const std::string& message) {
    return {kind, message, mariadbConstraint(message)};
}

std::optional<Kind> constraintKind(std::uint32_t code) noexcept {
    switch (code) {
    case Code::duplicateKey:
    case Code::duplicate:
    case Code::duplicateNamed:
        return Kind::unique;
    case Code::noParent:
    case Code::hasChildren:
    case Code::rowReferenced:
    case Code::noReferenced:
        return Kind::foreignKey;
    case Code::nullColumn:
    case Code::noDefault:
        return Kind::notNull;
    case Code::checkFailed:
        return Kind::check;
    case Code::outOfRange:
    case Code::tooLongData:
        return Kind::tooLong;
    default:
        return std::nullopt;
    }
}

} // namespace

DatabaseError mariadbError(const DriverError& error, std::string_view place) {
    const std::string message = error.what();
    const std::string database = "database " + std::string(place);
    if (error.code() == Code::packetTooLarge || error.code() == Code::packetTooLargeForClient)
        return {Kind::invalid,
                "a statement with its values is larger than max_allowed_packet of " + database + ": " + message};
    if (error.isLate()) return {Kind::busy, database + " did not respond in time: " + message};
    if (const auto kind = constraintKind(error.code())) return constraintError(*kind, message);
    switch (error.code()) {
    case Code::deadlocked:
    case Code::lockWait:
    case Code::recordChanged:
        return {Kind::deadlock, message};
    case Code::statementTimeout:
        return {Kind::busy, message};
    case Code::optionPrevents:
    case Code::readOnlyMode:
    case Code::readOnlyTransaction:
        return {Kind::readOnly, database + " cannot be written: " + message};
    case Code::diskFull:
    case Code::tableFull:
        return {Kind::full, "no room to write " + database + ": " + message};
    case Code::statementLimit: // though the connection has forgotten all its own
        return {Kind::busy, database + " prepares no more statements: " + message};
    case Code::tooManyConnections:
    case Code::tooManyOfUser:
    case Code::userLimit:
        return {Kind::busy, database + " takes no more connections: " + message};
    case Code::notReady:
    case Code::shutdown:
    case Code::connectionKilled:
    case Code::noConnection:
    case Code::noConnectionToHost:
    case Code::gone:
    case Code::lostConnection:
    case Code::lostExtended:
        return {Kind::lost, database + " is away: " + message};
    default:
        break;
    }
    if (error.isLost()) return {Kind::lost, database + " is away: " + message};
    return {Kind::failed, message};
}

bool mayPass(const DriverError& error) noexcept {
    switch (error.code()) {
    case Code::deniedDatabase:
    case Code::deniedUser:
    case Code::unknownDatabase:
    case Code::hostNotAllowed:
    case Code::tls:
    case Code::packetTooLarge:
        return false;
    default:
        return error.isLost() || error.isLate() || error.code() != 0;
    }
}

bool isStatementLimit(const DriverError& error) noexcept {
    return error.code() == Code::statementLimit;
}

bool isDefined(const DriverError& error) noexcept {
    switch (error.code()) {
    case Code::tableExists:
    case Code::unknownTable:
    case Code::unknownColumn:
    case Code::duplicateColumn:
    case Code::duplicateKeyName:
    case Code::cannotDrop:
    case Code::noSuchTable:
    case Code::triggerExists:
    case Code::unknownTrigger:
    case Code::duplicateForeignKey:
        return true;
    case Code::cannotCreate: // of a foreign key whose name is there
        return std::string_view(error.what()).find("errno: 121") != std::string_view::npos;
    default:
        return false;
    }
}

bool isToBePrepared(const DriverError& error) noexcept {
    return error.code() == Code::prepareAgain;
}

} // namespace mortise::database
