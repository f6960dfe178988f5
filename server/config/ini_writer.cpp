// SPDX-License-Identifier: Apache-2.0
#include "config/ini_writer.hpp"

#include "base/text.hpp"
#include "config/settings.hpp"

namespace mortise::config {

namespace {

bool needsQuotes(std::string_view value) {
    if (value.empty()) return false;
    if (base::trim(value) != value || value.front() == '"') return true;
    if (value.front() == '#' || value.front() == ';') return true; // a blank stands before it
    if (value.find_first_of("\r\n") != std::string_view::npos) return true;
    for (const std::string_view comment : {" #", " ;", "\t#", "\t;"}) {
        if (value.find(comment) != std::string_view::npos) return true;
    }
    return false;
}

} // namespace

std::string iniValue(std::string_view value) {
    if (!needsQuotes(value)) return std::string(value);
    std::string out = "\"";
    for (const char c : value) {
        switch (c) {
        case '\\':
        case '"':
            out += '\\';
            out += c;
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            out += c;
        }
    }
    return out + '"';
}

std::string printIni(const Settings& settings) {
    std::string out;
    for (const Section& section : settings.sections()) {
        if (!out.empty()) out += '\n';
        out += '[' + section.name() + "]\n";
        for (const Setting& setting : section.settings()) {
            if (!setting.spec.defaultKnown && setting.isDefault) {
                out += "# " + setting.spec.key + " is set by the plugin\n";
                continue;
            }
            const std::string value = iniValue(setting.shownText());
            out += setting.spec.key + " =" + (value.empty() ? "" : " ") + value + "  # " +
                   base::printable(setting.origin.text(), 4096) +
                   (setting.note.empty() ? "" : "; " + base::printable(setting.note, 4096)) + '\n';
        }
    }
    return out;
}

} // namespace mortise::config
