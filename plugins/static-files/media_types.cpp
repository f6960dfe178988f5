// SPDX-License-Identifier: Apache-2.0
#include "media_types.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mortise::static_files {
namespace {

// Names as registered with IANA (https://www.iana.org/assignments/media-types).
constexpr std::array<std::pair<std::string_view, std::string_view>, 47> builtIn{{
    {"aac", "audio/aac"},
    {"apng", "image/apng"},
    {"avif", "image/avif"},
    {"bin", "application/octet-stream"},
    {"bmp", "image/bmp"},
    {"css", "text/css"},
    {"csv", "text/csv"},
    {"flac", "audio/flac"},
    {"gif", "image/gif"},
    {"gz", "application/gzip"},
    {"htm", "text/html"},
    {"html", "text/html"},
    {"ico", "image/vnd.microsoft.icon"},
    {"ics", "text/calendar"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript"},
    {"json", "application/json"},
    {"jsonld", "application/ld+json"},
    {"m4a", "audio/mp4"},
    {"map", "application/json"},
    {"md", "text/markdown"},
    {"mjs", "text/javascript"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"oga", "audio/ogg"},
    {"ogg", "audio/ogg"},
    {"ogv", "video/ogg"},
    {"opus", "audio/ogg"},
    {"otf", "font/otf"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"svg", "image/svg+xml"},
    {"tar", "application/x-tar"},
    {"ttf", "font/ttf"},
    {"txt", "text/plain"},
    {"wasm", "application/wasm"},
    {"wav", "audio/wav"},
    {"webm", "video/webm"},
    {"webmanifest", "application/manifest+json"},
    {"webp", "image/webp"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"xhtml", "application/xhtml+xml"},
    {"xml", "application/xml"},
    {"yaml", "application/yaml"},
    {"zip", "application/zip"},
}};

constexpr std::string_view unknown = "application/octet-stream";

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return result;
}

std::string withCharset(std::string_view type) {
    std::string result(type);
    if (type.substr(0, 5) == "text/" && type.find(';') == type.npos) result += "; charset=utf-8";
    return result;
}

// RFC 9110 section 5.6.2, without the separators that a type's name never has.
bool isName(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$&-^_.+").find(c) != std::string_view::npos;
    });
}

} // namespace

MediaTypes::MediaTypes(const std::vector<std::string>& more) {
    for (const std::string& entry : more) {
        const std::size_t equals = entry.find('=');
        if (equals == entry.npos) continue;
        types_.emplace(lower(std::string_view(entry).substr(0, equals)), withCharset(entry.substr(equals + 1)));
    }
    for (const auto& [extension, type] : builtIn) types_.emplace(extension, withCharset(type));
}

std::string_view MediaTypes::of(std::string_view fileName) const {
    const std::size_t dot = fileName.rfind('.');
    if (dot == fileName.npos) return unknown;
    const auto found = types_.find(lower(fileName.substr(dot + 1)));
    return found == types_.end() ? unknown : std::string_view(found->second);
}

std::string MediaTypes::faultOf(std::string_view entry) {
    const std::size_t equals = entry.find('=');
    if (equals == entry.npos) return "'" + std::string(entry) + "' is no entry extension=type/subtype";
    const std::string_view type = entry.substr(equals + 1);
    const std::size_t slash = type.find('/');
    if (!isName(entry.substr(0, equals)))
        return "'" + std::string(entry) + "' has no extension before the '=' (write it without its dot)";
    if (slash == type.npos || !isName(type.substr(0, slash)) || !isName(type.substr(slash + 1)))
        return "'" + std::string(type) + "' is no media type such as text/plain";
    return {};
}

} // namespace mortise::static_files
