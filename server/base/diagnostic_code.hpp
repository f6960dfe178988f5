// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace mortise::base {

// The one catalogue of what can be wrong with a configuration, a command line or a plugin file: name, stable code,
// meaning. A code never changes its meaning and is never used again; operators search and filter by it. C1 files, C2
// values, C3 environment, C4 command line, C5 what a plugin declares, P plugins,
// S starting.
// clang-format off
#define MORTISE_DIAGNOSTIC_CODES(X) \
    X(configMissing,      "C101", "there is no configuration where it was looked for") \
    X(unreadable,         "C102", "a file or folder cannot be read") \
    X(unknownSection,     "C103", "a section that nothing declares") \
    X(unknownKey,         "C104", "a key that its section does not declare") \
    X(twoMainFiles,       "C105", "mortise.ini and mortise.xml in one folder") \
    X(fileTooLarge,       "C106", "a configuration file over the size limit") \
    X(badCharacter,       "C107", "NUL, a control character or invalid UTF-8") \
    X(junkLine,           "C108", "a line that is neither section, key nor comment") \
    X(badSection,         "C109", "a malformed section header") \
    X(keyOutsideSection,  "C110", "a key before the first section") \
    X(duplicateKey,       "C111", "a key given twice in one file") \
    X(badQuoting,         "C112", "a quoted value with a fault") \
    X(malformedXml,       "C113", "XML that is not well-formed") \
    X(doctypeRefused,     "C114", "XML with a document type declaration or entities") \
    X(misplacedXml,       "C115", "an XML element, attribute or text out of place") \
    X(wrongType,          "C201", "a value that cannot be read as its type") \
    X(outOfRange,         "C202", "a value outside its range") \
    X(notAChoice,         "C203", "a value that is none of the choices") \
    X(tooShort,           "C204", "a text that is too short") \
    X(secretFile,         "C205", "a file with a secret that cannot be used") \
    X(twoSources,         "C206", "one setting given twice on the same level") \
    X(equalSecrets,       "C207", "two secrets with the same value") \
    X(badValue,           "C208", "a value that does not fit its meaning or the other settings") \
    X(secretExposed,      "C209", "a file with a secret that every user may read or change") \
    X(changeableByOthers, "C210", "code or configuration that others than root and the service may change") \
    X(tooLong,            "C211", "a text that is too long") \
    X(badForm,            "C212", "a text that does not match its pattern") \
    X(deprecatedSetting,  "C213", "a setting that is deprecated") \
    X(routeMissing,       "C214", "a setting that names a route which no enabled plugin has") \
    X(unknownVariable,    "C301", "a MORTISE_ variable that no setting has") \
    X(nameCollision,      "C302", "two settings with the same environment name") \
    X(aliasIgnored,       "C303", "an alias variable that cannot be used") \
    X(unknownCredential,  "C304", "a credential that no setting has") \
    X(badAssignment,      "C401", "a --set that is not section.key=value") \
    X(secretOnCommandLine,"C402", "a secret given by --set") \
    X(badUsage,           "C403", "a command line that cannot be understood") \
    X(badDeclaration,     "C501", "a setting whose declaration contradicts itself") \
    X(pluginMissing,      "P101", "a plugin whose file is not where it was looked for") \
    X(pluginRefused,      "P102", "a plugin file that did not pass verification") \
    X(pluginFailed,       "P103", "a plugin that failed to configure or start, or that does not fit the others") \
    X(startFailed,        "S101", "a start or reload that failed for a reason of the system") \
    X(cannotListen,       "S102", "an address of server.listen that cannot be bound") \
    X(stateInUse,         "S103", "a state directory that another server uses") \
    X(badServiceSetup,    "S104", "variables of the service manager that make no sense") \
    X(rightsOfRoot,       "S105", "rights of root that cannot be given up before something is checked") \
    X(servingAsRoot,      "S106", "a server that runs with the rights of root")
// clang-format on

enum class Code : std::uint16_t {
#define MORTISE_ENUMERATOR(name, id, meaning) name,
    MORTISE_DIAGNOSTIC_CODES(MORTISE_ENUMERATOR)
#undef MORTISE_ENUMERATOR
};

struct CodeEntry {
    Code code;
    std::string_view id;      // "C104"
    std::string_view meaning; // for the list in the documentation
};

// In the order of the enumerators.
std::span<const CodeEntry> codeCatalogue() noexcept;
std::string_view codeId(Code code) noexcept;

} // namespace mortise::base
