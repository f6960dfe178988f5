// SPDX-License-Identifier: Apache-2.0
#include "config/example.hpp"

#include "base/text.hpp"
#include "config/ini_writer.hpp"
#include "config/value.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace mortise::config {

namespace {

constexpr std::size_t columns = 118;

// `text` in lines of at most `width` bytes, broken at blanks and where it has newlines.
std::vector<std::string> wrap(std::string_view text, std::size_t width) {
    std::vector<std::string> lines(1);
    std::size_t at = 0;
    while (at < text.size()) {
        if (text[at] == '\n') {
            lines.emplace_back();
            ++at;
            continue;
        }
        const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
        const std::string_view word = text.substr(at, end - at);
        if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
        if (!lines.back().empty()) lines.back() += ' ';
        lines.back() += word;
        at = end < text.size() && text[end] == ' ' ? end + 1 : end;
    }
    return lines;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string out;
    for (const std::string& word : words) out.append(out.empty() ? "" : between).append(word);
    return out;
}

// "duration, 1s to 1h; default 10s; a change needs a restart"
std::string facts(const SettingSpec& spec) {
    std::string out = describeRange(spec);
    const bool isScaled = spec.type == SettingType::duration || spec.type == SettingType::size;
    if (!spec.unit.empty()) out += isScaled ? "; bare numbers are " + spec.unit : " " + spec.unit;
    const std::string byDefault =
        spec.defaultKnown ? canonicalText(spec, std::get<Value>(parseValue(spec, spec.defaultText))) : std::string();
    if (spec.secret) {
        out += "; a secret: " + spec.key + "_file names a file with it";
    } else {
        out += !spec.defaultKnown  ? "; default set by the plugin"
               : byDefault.empty() ? "; not set by default"
                                   : "; default " + byDefault;
    }
    if (!spec.environment.empty()) out += "; also " + joined(spec.environment, " or ");
    if (!spec.reloadable) out += "; a change needs a restart";
    if (spec.deprecated) out += "; deprecated";
    if (!spec.replacedBy.empty()) out += ": write " + spec.replacedBy + " instead";
    return out;
}

// The value to write, and whether as an active line.
std::pair<std::string, bool> lineOf(const SectionSpec& section, const SettingSpec& spec,
                                    const ExampleOptions& options) {
    const auto chosen = options.values.find(section.name + '.' + spec.key);
    const bool isChosen = chosen != options.values.end() && !spec.secret;
    return {isChosen ? chosen->second : spec.defaultText,
            isChosen || (options.allActive && !spec.secret && spec.defaultKnown && !spec.deprecated)};
}

std::string xmlText(std::string_view text) {
    // The reader trims what is not marked as verbatim.
    if (base::trim(text) != text && text.find("]]>") == std::string_view::npos) {
        return "<![CDATA[" + std::string(text) + "]]>";
    }
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

// Two hyphens end a comment in XML.
std::string xmlComment(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '-' && out.ends_with('-')) out += ' ';
        out += c;
    }
    return out;
}

void addIniComment(std::string& out, std::string_view text) {
    for (const std::string& line : wrap(text, columns - 2)) out += line.empty() ? "#\n" : "# " + line + '\n';
}

void addXmlComment(std::string& out, std::string_view indent, std::string_view text) {
    const std::vector<std::string> lines = wrap(xmlComment(text), columns - indent.size() - 9);
    out += std::string(indent) + "<!-- ";
    for (const std::string& line : lines) {
        if (&line != &lines.front()) out += '\n' + std::string(line.empty() ? "" : std::string(indent) + "     ");
        out += line;
    }
    out += " -->\n";
}

} // namespace

std::string renderIni(std::span<const SectionSpec> specs, const ExampleOptions& options) {
    std::string out;
    if (!options.heading.empty()) addIniComment(out, options.heading);
    for (const SectionSpec& section : specs) {
        if (!out.empty()) out += '\n';
        if (!section.text.empty()) addIniComment(out, section.text);
        out += '[' + section.name + "]\n";
        for (const SettingSpec& spec : section.settings) {
            out += '\n';
            if (!spec.text.empty()) addIniComment(out, spec.text);
            addIniComment(out, facts(spec));
            const auto [value, isActive] = lineOf(section, spec, options);
            out += (isActive ? "" : "#") + spec.key + " =" + (value.empty() ? "" : " ") + iniValue(value) + '\n';
        }
    }
    return out;
}

std::string renderXml(std::span<const SectionSpec> specs, const ExampleOptions& options) {
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    if (!options.heading.empty()) addXmlComment(out, "", options.heading);
    out += "<mortise>\n";
    for (const SectionSpec& section : specs) {
        constexpr std::string_view pluginPrefix = "plugin.";
        const bool isPlugin = section.name.starts_with(pluginPrefix);
        if (&section != &specs.front()) out += '\n';
        if (!section.text.empty()) addXmlComment(out, "  ", section.text);
        out += isPlugin ? "  <plugin name=\"" + section.name.substr(pluginPrefix.size()) + "\">\n"
                        : "  <" + section.name + ">\n";
        for (const SettingSpec& spec : section.settings) {
            addXmlComment(out, "    ", (spec.text.empty() ? "" : spec.text + '\n') + facts(spec));
            const auto [value, isActive] = lineOf(section, spec, options);
            const std::string element = '<' + spec.key + '>' + xmlText(value) + "</" + spec.key + '>';
            out += "    " + (isActive ? element : "<!-- " + xmlComment(element) + " -->") + '\n';
        }
        out += isPlugin ? "  </plugin>\n" : "  </" + section.name + ">\n";
    }
    return out + "</mortise>\n";
}

} // namespace mortise::config
