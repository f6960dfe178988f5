// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/settings.hpp>

#include <chrono>
#include <string_view>

namespace mortise::static_files {

struct Settings {
    Path root;
    std::string_view prefix = "/static";
    std::string_view index = "index.html";
    std::string_view fallback;
    std::chrono::seconds maxAge{0};
    bool immutable = false;
    mortise::TextList precompressed{"br", "zstd", "gzip"};
    bool hidden = false;
    mortise::TextList types;
};
MORTISE_SETTINGS(
    Settings, field(root).text("Directory whose files are served; nothing outside of it ever is."),
    field(prefix).text("Path under which they are served, without a slash at its end; / is everything that no other "
                       "route takes."),
    field(index).text("File that stands for its directory; empty: directories are 404."),
    field(fallback).text("File under the root that is answered to navigations to what does not exist, for applications "
                         "that route in the browser; empty: 404."),
    field(maxAge)
        .min(std::chrono::seconds(0))
        .max(std::chrono::hours(24 * 366))
        .text("Cache-Control: max-age of every "
              "file."),
    field(immutable).text("Tells caches that a file never changes under its name."),
    field(precompressed)
        .text("Codings of which NAME.br, NAME.zst or NAME.gz beside NAME is answered to clients that "
              "accept them, the most wanted first."),
    field(hidden).text("Serves names that begin with a dot."),
    field(types).text("Media types by extension, such as glb=model/gltf-binary; they go before the built-in ones."))

} // namespace mortise::static_files
