// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/manifest.h>
#include <mortise/abi/types.h>
#include <mortise/detail/given_extensions.hpp>
#include <mortise/detail/plugin_lists.hpp>
#include <mortise/detail/setting_text.hpp>
#include <mortise/detail/tuple.hpp>

namespace mortise {
inline namespace v1 {
namespace detail {

// Writes JSON; commas are set by themselves.
template<class Sink>
class ManifestWriter {
public:
    constexpr explicit ManifestWriter(Sink& out) : out_(out) {}

    constexpr void begin(char bracket) {
        separate();
        out_.put(bracket);
        fresh_ = true;
    }
    constexpr void end(char bracket) {
        out_.put(bracket);
        fresh_ = false;
    }
    constexpr void key(std::string_view name) {
        string(name);
        out_.put(':');
        fresh_ = true;
    }
    constexpr void string(std::string_view text) {
        beginString();
        for (const char c : text) put(c);
        endString();
    }
    constexpr void beginString() {
        separate();
        out_.put('"');
    }
    constexpr void endString() { out_.put('"'); }
    // A character of a string.
    constexpr void put(char c) {
        constexpr char digits[] = "0123456789abcdef";
        if (c == '"' || c == '\\') {
            out_.put('\\');
            out_.put(c);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            putText(out_, "\\u00");
            out_.put(c < 0x10 ? '0' : '1');
            out_.put(digits[c & 15]);
        } else {
            out_.put(c);
        }
    }
    constexpr void integer(std::int64_t number) {
        separate();
        putInteger(out_, number);
    }
    constexpr void number(double number) {
        separate();
        if (!putNumber(out_, number)) throw "a bound of a number is written with up to 15 digits";
    }
    constexpr void yes() {
        separate();
        putText(out_, "true");
    }

    constexpr void member(std::string_view name, std::string_view text) {
        if (text.empty()) return;
        key(name);
        string(text);
    }
    constexpr void flag(std::string_view name, bool set) {
        if (!set) return;
        key(name);
        yes();
    }

private:
    constexpr void separate() {
        if (!fresh_) out_.put(',');
        fresh_ = false;
    }

    Sink& out_;
    bool fresh_ = true;
};

// A comma list as an array.
template<class Sink>
constexpr void writeItems(ManifestWriter<Sink>& json, std::string_view name, std::string_view list) {
    if (list.empty()) return;
    json.key(name);
    json.begin('[');
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        std::string_view item = list.substr(0, comma);
        while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
        while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
        json.string(item);
        list = comma == list.npos ? std::string_view() : list.substr(comma + 1);
    }
    json.end(']');
}

constexpr std::string_view settingTypeNames[] = {"",         "boolean", "integer", "number", "text",
                                                 "duration", "size",    "list",    "path",   "choice"};

// Whether the defaults of a settings struct are known to the compiler.
template<class S, int = (S{}, 0)>
constexpr bool isLiteralSettings(int) {
    return true;
}
template<class S>
constexpr bool isLiteralSettings(long) {
    return false;
}

template<class Sink, class S, class Value>
constexpr void writeBounds(ManifestWriter<Sink>& json, const Setting<S, Value>& setting) {
    if ((setting.flags & MORTISE_SETTING_HAS_RANGE) == 0) return;
    if constexpr (std::is_floating_point_v<Value>) {
        if (setting.numberMinimum > std::numeric_limits<double>::lowest()) {
            json.key("minimum");
            json.number(setting.numberMinimum);
        }
        if (setting.numberMaximum < std::numeric_limits<double>::max()) {
            json.key("maximum");
            json.number(setting.numberMaximum);
        }
    } else {
        if (setting.minimum > std::numeric_limits<std::int64_t>::min()) {
            json.key("minimum");
            json.integer(setting.minimum);
        }
        if (setting.maximum < std::numeric_limits<std::int64_t>::max()) {
            json.key("maximum");
            json.integer(setting.maximum);
        }
    }
}

template<class Sink, class S, class Value>
constexpr void writeSetting(ManifestWriter<Sink>& json, const Setting<S, Value>& described) {
    const auto setting = described.bounded();
    json.begin('{');
    json.key("key");
    json.beginString();
    if (setting.keyText.empty())
        putSnakeCase(json, setting.name);
    else
        putText(json, setting.keyText);
    json.endString();
    json.member("type", settingTypeNames[settingType(setting)]);
    if constexpr (isLiteralSettings<S>(0)) {
        S defaults{}; // not const: g++ 12 makes no constant of a const std::string
        CountedText written;
        if (putValue(written, defaults.*setting.member)) {
            json.key("default");
            json.beginString();
            putValue(json, defaults.*setting.member);
            json.endString();
        }
    }
    json.member("text", setting.sentence);
    json.member("unit", unitOf(setting));
    if (setting.choiceCount != 0) {
        json.key("choices");
        json.begin('[');
        for (std::size_t i = 0; i < setting.choiceCount; ++i) json.string(setting.choice[i]);
        json.end(']');
    }
    json.member("pattern", setting.form);
    json.member("replaced_by", setting.replacement);
    writeItems(json, "environment", setting.variables);
    writeBounds(json, setting);
    if (setting.leastLength != 0) {
        json.key("minimum_length");
        json.integer(static_cast<std::int64_t>(setting.leastLength));
    }
    if (setting.mostLength != 0) {
        json.key("maximum_length");
        json.integer(static_cast<std::int64_t>(setting.mostLength));
    }
    json.flag("secret", (setting.flags & MORTISE_SETTING_SECRET) != 0);
    json.flag("needs_restart", (setting.flags & MORTISE_SETTING_NEEDS_RESTART) != 0);
    json.flag("deprecated", (setting.flags & MORTISE_SETTING_DEPRECATED) != 0);
    json.end('}');
}

template<class Sink, class S>
constexpr void writeSettings(ManifestWriter<Sink>& json, Tag<S> tag) {
    unpack([&json](const auto&... setting) { (writeSetting(json, setting), ...); }, mortiseSettings(tag));
}

// Of the lists of MORTISE_PLUGIN those of one kind, together.
template<class Kind, class Sink, class... Lists>
constexpr void writeLists(ManifestWriter<Sink>& json, const Tuple<Lists...>& lists) {
    json.key(Kind::member);
    json.begin('[');
    const auto one = [&json](const auto& list) {
        if constexpr (std::is_base_of_v<Kind, std::decay_t<decltype(list)>>)
            for (const std::string_view id : list.ids) json.string(id);
    };
    unpack([&one](const auto&... list) { (one(list), ...); }, lists);
    json.end(']');
}

// The arguments of MORTISE_PLUGIN.
template<class T, class... Lists>
struct PluginParts {
    using Plugin = T;

    std::string_view id;
    std::string_view version;
    Tuple<Lists...> lists;

    constexpr std::string_view licence() const {
        std::string_view found;
        const auto one = [&found](const auto& list) {
            if constexpr (std::is_same_v<std::decay_t<decltype(list)>, Licence>) found = list.expression;
        };
        unpack([&one](const auto&... list) { (one(list), ...); }, lists);
        return found;
    }
};

template<class T, class... Lists>
constexpr PluginParts<T, Lists...> pluginParts(std::string_view id, std::string_view version, Lists... lists) {
    return {id, version, makeTuple(lists...)};
}

template<class Sink, class T, class... Lists>
constexpr void writeManifest(Sink& out, const PluginParts<T, Lists...>& parts) {
    ManifestWriter<Sink> json(out);
    json.begin('{');
    json.key("manifest");
    json.integer(1);
    json.member("id", parts.id);
    json.member("version", parts.version);
    json.member("licence", parts.licence());
    json.member("toolchain", toolchain);
    json.key("abi");
    json.begin('{');
    json.key("draft");
    json.integer(MORTISE_ABI_DRAFT);
    json.key("minor_built");
    json.integer(MORTISE_ABI_MINOR);
    json.key("minor_needed");
    json.integer(MORTISE_ABI_MINOR_NEEDED);
    json.end('}');
    writeLists<NeedsList>(json, parts.lists);
    writeLists<MayUseList>(json, parts.lists);
    writeLists<OffersList>(json, parts.lists);
    writeLists<PointList>(json, parts.lists);
    writeLists<FilterList>(json, parts.lists);
    json.key("extensions");
    json.begin('[');
    forGivenExtensions<T>([&json](std::string_view id) { json.string(id); });
    json.end(']');
    json.flag("example", (std::is_same_v<Lists, InExample> || ...));
    json.key("settings");
    json.begin('[');
    writeSettings(json, Tag<typename T::SettingsType>{});
    json.end(']');
    json.end('}');
}

template<std::size_t N>
struct ManifestNote {
    std::uint32_t nameSize = 8;
    std::uint32_t size = N;
    std::uint32_t type = MORTISE_MANIFEST_NOTE;
    char name[8] = MORTISE_MANIFEST_NOTE_NAME;
    char text[N] = {};
};

// Of a function without captures that returns PluginParts; it is called by the compiler only.
template<class Parts>
constexpr auto manifestNote(Parts parts) {
    constexpr std::size_t size = [](Parts of) {
        CountedText counted;
        writeManifest(counted, of());
        return counted.size;
    }(parts);
    static_assert(size < MORTISE_MANIFEST_SIZE, "the manifest is larger than a host reads");
    FixedText<size> text;
    writeManifest(text, parts());
    ManifestNote<(size + 4) / 4 * 4> note;
    for (std::size_t i = 0; i < size; ++i) note.text[i] = text.data[i];
    return note;
}

} // namespace detail
} // namespace v1
} // namespace mortise
