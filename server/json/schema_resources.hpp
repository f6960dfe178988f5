// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/pointer.hpp"
#include "json/schema.hpp"
#include "json/schema_program.hpp"
#include "json/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mortise::json {

// Vocabularies of 2020-12, and the keywords of our own.
namespace vocabulary {
inline constexpr std::uint16_t core = 1;
inline constexpr std::uint16_t applicator = 2;
inline constexpr std::uint16_t unevaluated = 4;
inline constexpr std::uint16_t validation = 8;
inline constexpr std::uint16_t format = 16;
inline constexpr std::uint16_t annotation = 32;
inline constexpr std::uint16_t format_assertion = 64;
inline constexpr std::uint16_t extension = 128;
inline constexpr std::uint16_t standard = core | applicator | unevaluated | validation | format | annotation;
inline constexpr std::uint16_t strict = standard | format_assertion | extension;
} // namespace vocabulary

// A step of the JSON pointer to a place in a schema, which is taken back at the end of the scope. Of pointers that
// would become long only the beginning is kept.
class SchemaStep {
public:
    template<class Key>
    SchemaStep(std::string& pointer, const Key& key) : pointer_(pointer), size_(pointer.size()) {
        if (size_ < longest) append(key);
    }
    ~SchemaStep() { pointer_.resize(size_); }
    SchemaStep(const SchemaStep&) = delete;
    SchemaStep& operator=(const SchemaStep&) = delete;

private:
    static constexpr std::size_t longest = 1024;
    void append(std::string_view key) { appendStep(pointer_, cutUtf8(key, longest)); }
    void append(std::uint64_t index) { appendStep(pointer_, index); }

    std::string& pointer_;
    std::size_t size_;
};

struct SchemaAnchor {
    Value schema;
    std::string pointer;
    bool dynamic;
};

// A schema with an address of its own: a document, or what has an $id.
struct SchemaResource {
    std::string uri;
    std::string pointer; // of its root, for faults
    Value root;
    std::uint16_t vocabularies = vocabulary::standard;
    std::map<std::string, SchemaAnchor, std::less<>> anchors;
};

struct SchemaTarget {
    Value schema;
    std::uint32_t resource = 0;
    std::string pointer;
    std::string_view dynamicAnchor; // its name, if that led here and is dynamic; lives as long as the resources
};

// The documents of a program, and what can be referred to in them. All functions throw CompileFault.
class SchemaResources {
public:
    SchemaResources(SchemaProgram& program, const CompileOptions& options) : program_(program), options_(options) {}

    // Reads a document that was found at `uri`; returns its resource.
    std::uint32_t load(std::string_view text, const std::string& uri);
    std::size_t size() const noexcept { return resources_.size(); }
    const SchemaResource& operator[](std::uint32_t index) const noexcept { return *resources_[index]; }
    // The resource that `schema`, which stands in `around`, is the root of; `around` when it is none.
    std::uint32_t resourceOf(Value schema, std::uint32_t around) const;
    // What `reference`, which stands at `pointer` in `base`, leads to.
    SchemaTarget find(std::uint32_t base, std::string_view reference, const std::string& pointer);

private:
    void scan(Value schema, std::uint32_t resource, std::string& pointer);
    void scanBelow(Value schema, std::uint32_t resource, std::string& pointer);
    void readAnchors(Value schema, std::uint32_t resource, const std::string& pointer);
    std::uint32_t addResource(Value root, std::string uri, const std::string& pointer);
    std::uint16_t vocabulariesOf(std::string_view dialect, const std::string& pointer);
    std::optional<std::string> fetch(const std::string& uri);
    Value follow(Value parent, const std::string& step);
    void addAnchor(std::uint32_t resource, Value name, Value schema, const std::string& pointer, bool dynamic);

    SchemaProgram& program_;
    const CompileOptions& options_;
    std::vector<std::unique_ptr<SchemaResource>> resources_;
    std::unordered_map<std::string, std::uint32_t> byUri_;
    std::unordered_map<const Node*, std::uint32_t> byRoot_;
    std::unordered_map<std::string, std::uint16_t> dialects_;
    // Of big containers that a pointer leads through: what is in them by its step.
    std::unordered_map<const Node*, std::unordered_map<std::string, Value>> steps_;
};

} // namespace mortise::json
