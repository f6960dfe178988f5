// SPDX-License-Identifier: Apache-2.0
#include "allowed_operations_file.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <utility>

namespace mortise::graphql {
namespace {

constexpr std::string_view apolloFormat = "apollo-persisted-query-manifest";

struct ClosedFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

std::string contentOf(const std::string& path) {
    const std::unique_ptr<std::FILE, ClosedFile> file(std::fopen(path.c_str(), "rbe"));
    if (!file) throw Invalid(path + ": " + std::generic_category().message(errno));
    std::string content;
    char block[16 * 1024];
    for (;;) {
        const std::size_t size = std::fread(block, 1, sizeof block, file.get());
        content.append(block, size);
        if (content.size() > maximumAllowListSize)
            throw Invalid(path + ": it is larger than " + std::to_string(maximumAllowListSize) + " bytes");
        if (size < sizeof block) break;
    }
    if (std::ferror(file.get()) != 0) throw Invalid(path + ": " + std::generic_category().message(errno));
    return content;
}

// Of the tape of one document.
class ManifestReader {
public:
    ManifestReader(const std::string& path, const mortise_json_tape& tape, const Crypto& crypto)
        : path_(path), tape_(tape), crypto_(crypto), operations_(std::make_shared<AllowedOperations>()) {}

    std::shared_ptr<const AllowedOperations> read() {
        const mortise_json_node& root = tape_.nodes[0];
        if (root.kind != MORTISE_JSON_OBJECT) fail("", "it is no object of operations");
        const mortise_json_node* format = memberOf(root, "format");
        if (format != nullptr && textOf(*format) == apolloFormat)
            readApollo(root);
        else
            readTexts(root);
        if (operations_->all().empty()) fail("", "there are no operations in it");
        return std::move(operations_);
    }

private:
    std::string_view textOf(const mortise_json_node& node) const {
        if (node.kind != MORTISE_JSON_STRING) return {};
        return {tape_.text + node.offset, node.length};
    }

    const mortise_json_node* memberOf(const mortise_json_node& object, std::string_view name) const {
        const mortise_json_node* key = &object + 1;
        for (std::uint32_t i = 0; i < object.length; ++i, key = mortise_json_next(key + 1))
            if (textOf(*key) == name) return key + 1;
        return nullptr;
    }

    void readTexts(const mortise_json_node& root) {
        const mortise_json_node* key = &root + 1;
        for (std::uint32_t i = 0; i < root.length; ++i, key = mortise_json_next(key + 1))
            add(textOf(*key), key + 1, "/" + std::string(textOf(*key)));
    }

    void readApollo(const mortise_json_node& root) {
        const mortise_json_node* version = memberOf(root, "version");
        if (version == nullptr || version->kind != MORTISE_JSON_INTEGER ||
            std::string_view(tape_.text + version->offset, version->length) != "1")
            fail("/version", "it is not 1");
        const mortise_json_node* list = memberOf(root, "operations");
        if (list == nullptr || list->kind != MORTISE_JSON_ARRAY) fail("/operations", "it is no array");
        const mortise_json_node* item = list + 1;
        for (std::uint32_t i = 0; i < list->length; ++i, item = mortise_json_next(item)) {
            const std::string place = "/operations/" + std::to_string(i);
            if (item->kind != MORTISE_JSON_OBJECT) fail(place, "it is no object");
            const mortise_json_node* id = memberOf(*item, "id");
            add(id != nullptr ? textOf(*id) : std::string_view(), memberOf(*item, "body"), place);
        }
    }

    void add(std::string_view id, const mortise_json_node* text, const std::string& place) {
        if (id.empty()) fail(place, "it has no id");
        if (text == nullptr || textOf(*text).empty()) fail(place, "it has no text of an operation");
        if (!operations_->add(id, textOf(*text), crypto_.sha256(textOf(*text))))
            fail(place, "the id '" + std::string(id) + "' is there twice");
    }

    [[noreturn]] void fail(const std::string& place, const std::string& reason) const {
        throw Invalid(path_ + ": " + (place.empty() ? "" : "'" + place + "': ") + reason);
    }

    const std::string& path_;
    const mortise_json_tape& tape_;
    const Crypto& crypto_;
    std::shared_ptr<AllowedOperations> operations_;
};

} // namespace

std::shared_ptr<const AllowedOperations> readAllowedOperations(const std::string& path, const Json& json,
                                                               const Crypto& crypto) {
    const std::string content = contentOf(path);
    std::shared_ptr<const AllowedOperations> operations;
    std::string why;
    const auto use = [&](const mortise_json_tape& tape) { operations = ManifestReader(path, tape, crypto).read(); };
    if (!json.visit(content, {}, use, &why)) throw Invalid(path + ": " + why);
    return operations;
}

} // namespace mortise::graphql
