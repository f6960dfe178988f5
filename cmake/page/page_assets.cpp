// SPDX-License-Identifier: Apache-2.0
#include "page_assets.hpp"

// The assembler puts the files that gather.cmake gathered into the plugin: a plugin is one file.
#define PAGE_BYTES(symbol, path)                                                                            \
    asm(".pushsection .rodata\n"                                                                            \
        ".hidden " symbol "_begin\n.globl " symbol "_begin\n" symbol "_begin:\n.incbin \"" PAGE_FOLDER path \
        "\"\n.hidden " symbol "_end\n.globl " symbol "_end\n" symbol "_end:\n.byte 0\n.popsection\n");

#define PAGE_FILE(symbol, name, type, hash) \
    PAGE_BYTES(#symbol, name)               \
    PAGE_BYTES(#symbol "_gz", name ".gz")
#include "page_files.inc"
#undef PAGE_FILE

extern "C" {
#define PAGE_SYMBOL __attribute__((visibility("hidden"))) extern const char
#define PAGE_FILE(symbol, name, type, hash) \
    PAGE_SYMBOL symbol##_begin[];           \
    PAGE_SYMBOL symbol##_end[];             \
    PAGE_SYMBOL symbol##_gz_begin[];        \
    PAGE_SYMBOL symbol##_gz_end[];
#include "page_files.inc"
#undef PAGE_FILE
}

namespace mortise {
namespace {

std::string_view between(const char* begin, const char* end) noexcept {
    return {begin, static_cast<std::size_t>(end - begin)};
}

PageAsset asset(std::string_view name, std::string_view type, std::string_view hash, std::string_view plain,
                std::string_view gzip) noexcept {
    return {name, type, hash, plain, gzip.size() < plain.size() ? gzip : std::string_view()};
}

} // namespace

const std::vector<PageAsset>& pageAssets() {
    static const std::vector<PageAsset> assets{
#define PAGE_FILE(symbol, name, type, hash) \
    asset(name, type, hash, between(symbol##_begin, symbol##_end), between(symbol##_gz_begin, symbol##_gz_end)),
#include "page_files.inc"
#undef PAGE_FILE
    };
    return assets;
}

} // namespace mortise
