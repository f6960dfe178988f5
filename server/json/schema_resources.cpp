// SPDX-License-Identifier: Apache-2.0
#include "json/schema_resources.hpp"

#include "json/metaschemas.hpp"
#include "json/parser.hpp"
#include "json/schema_keywords.hpp"
#include "json/uri_reference.hpp"

#include <array>
#include <utility>

namespace mortise::json {
namespace {

// What a schema may consist of.
constexpr std::size_t most_documents = 64;
constexpr std::uint32_t most_nodes = 1 << 20;
// Steps into bigger containers are looked up, so that many references into one stay cheap.
constexpr std::uint32_t few_steps = 16;

struct VocabularyName {
    std::string_view name;
    std::uint16_t bit;
};
constexpr std::string_view vocabulary_folder = "https://json-schema.org/draft/2020-12/vocab/";
constexpr std::array vocabulary_names = {
    VocabularyName{"core", vocabulary::core},
    VocabularyName{"applicator", vocabulary::applicator},
    VocabularyName{"unevaluated", vocabulary::unevaluated},
    VocabularyName{"validation", vocabulary::validation},
    VocabularyName{"meta-data", vocabulary::annotation},
    VocabularyName{"content", vocabulary::annotation},
    VocabularyName{"format-annotation", vocabulary::format},
    VocabularyName{"format-assertion", vocabulary::format | vocabulary::format_assertion},
};

[[noreturn]] void refuse(std::string pointer, std::string message) {
    throw CompileFault{std::move(pointer), std::move(message)};
}

std::unique_ptr<Tape> parsed(std::string_view text, const std::string& uri) {
    auto tape = std::make_unique<Tape>();
    ParseLimits limits;
    limits.nodes = most_nodes;
    if (const auto fault = parse(text, *tape, limits)) {
        refuse(uri,
               "is not JSON: " + std::string(describe(fault->reason)) + " at byte " + std::to_string(fault->position));
    }
    return tape;
}

} // namespace

std::uint32_t SchemaResources::load(std::string_view text, const std::string& uri) {
    if (program_.documents.size() == most_documents) refuse(uri, "is one document too many");
    program_.documents.push_back(parsed(text, uri));
    const Value root = program_.documents.back()->root();
    // Places in the schema itself are told as plain pointers.
    std::string pointer = uri.empty() ? "" : uri + "#";
    const std::uint32_t index = addResource(root, uri, pointer);
    scan(root, index, pointer);
    return index;
}

std::uint32_t SchemaResources::addResource(Value root, std::string uri, const std::string& pointer) {
    const auto index = static_cast<std::uint32_t>(resources_.size());
    if (!uri.empty() && !byUri_.emplace(uri, index).second) refuse(pointer, "has the address of another: " + uri);
    auto resource = std::make_unique<SchemaResource>();
    resource->uri = std::move(uri);
    resource->pointer = pointer;
    resource->root = root;
    if (options_.mode == SchemaMode::strict) resource->vocabularies = vocabulary::strict;
    resources_.push_back(std::move(resource));
    byRoot_[&root.node()] = index;
    return index;
}

void SchemaResources::scan(Value schema, std::uint32_t resource, std::string& pointer) {
    if (!schema.isObject()) return;
    const Value id = schema.find("$id");
    if (options_.mode == SchemaMode::spec && id && id.isString()) {
        const bool document = &schema.node() == &resources_[resource]->root.node();
        const std::string uri(splitFragment(resolveUri(resources_[resource]->uri, id.bytes())).address);
        if (!document) {
            const std::uint16_t inherited = resources_[resource]->vocabularies;
            resource = addResource(schema, uri, pointer);
            resources_[resource]->vocabularies = inherited;
        } else if (uri != resources_[resource]->uri) {
            if (!byUri_.emplace(uri, resource).second) refuse(pointer, "has the address of another: " + uri);
            resources_[resource]->uri = uri;
        }
    }
    readAnchors(schema, resource, pointer);
    scanBelow(schema, resource, pointer);
}

void SchemaResources::readAnchors(Value schema, std::uint32_t resource, const std::string& pointer) {
    for (const Member member : schema.members()) {
        if (member.key == "$anchor" || member.key == "$dynamicAnchor")
            addAnchor(resource, member.value, schema, pointer, member.key == "$dynamicAnchor");
        if (member.key == "$schema" && options_.mode == SchemaMode::spec && member.value.isString())
            resources_[resource]->vocabularies = vocabulariesOf(member.value.bytes(), pointer + "/$schema");
    }
}

void SchemaResources::addAnchor(std::uint32_t resource, Value name, Value schema, const std::string& pointer,
                                bool dynamic) {
    if (!name.isString()) return; // the compiler tells
    auto& anchors = resources_[resource]->anchors;
    const auto [known, added] = anchors.emplace(name.bytes(), SchemaAnchor{schema, pointer, dynamic});
    if (added) return;
    if (&known->second.schema.node() != &schema.node())
        refuse(pointer, "has the same anchor as another schema: " + std::string(name.bytes()));
    known->second.dynamic = true;
}

void SchemaResources::scanBelow(Value schema, std::uint32_t resource, std::string& pointer) {
    for (const Member member : schema.members()) {
        const Subschemas kind = subschemasOf(member.key);
        if (kind == Subschemas::none) continue;
        const SchemaStep step(pointer, member.key);
        if (kind == Subschemas::one) {
            scan(member.value, resource, pointer);
        } else if (kind == Subschemas::list && member.value.isArray()) {
            std::uint64_t place = 0;
            for (const Value element : member.value.elements()) {
                const SchemaStep inner(pointer, place++);
                scan(element, resource, pointer);
            }
        } else if (kind == Subschemas::map && member.value.isObject()) {
            for (const Member below : member.value.members()) {
                const SchemaStep inner(pointer, below.key);
                scan(below.value, resource, pointer);
            }
        }
    }
}

std::optional<std::string> SchemaResources::fetch(const std::string& uri) {
    if (const std::string_view own = metaschemaAt(uri); !own.empty()) return std::string(own);
    return options_.resolver ? options_.resolver(uri) : std::nullopt;
}

std::uint16_t SchemaResources::vocabulariesOf(std::string_view dialect, const std::string& pointer) {
    const std::string uri(splitFragment(dialect).address);
    if (uri == standard_dialect) return vocabulary::standard;
    if (const auto known = dialects_.find(uri); known != dialects_.end()) return known->second;
    const auto text = fetch(uri);
    if (!text) refuse(pointer, "names a dialect that is not known: " + uri);
    const auto tape = parsed(*text, uri);
    const Value list = tape->root().find("$vocabulary");
    std::uint16_t bits = list && list.isObject() ? vocabulary::core : vocabulary::standard;
    if (bits == vocabulary::core) {
        for (const Member member : list.members()) {
            std::uint16_t bit = 0;
            if (member.key.starts_with(vocabulary_folder)) {
                for (const VocabularyName& known : vocabulary_names)
                    if (member.key.substr(vocabulary_folder.size()) == known.name) bit = known.bit;
            }
            if (bit == 0 && member.value.boolean())
                refuse(pointer, "requires a vocabulary that is not known: " + std::string(member.key));
            bits = static_cast<std::uint16_t>(bits | bit);
        }
    }
    dialects_.emplace(uri, bits);
    return bits;
}

std::uint32_t SchemaResources::resourceOf(Value schema, std::uint32_t around) const {
    const auto found = byRoot_.find(&schema.node());
    return found != byRoot_.end() ? found->second : around;
}

Value SchemaResources::follow(Value parent, const std::string& step) {
    if (parent.size() <= few_steps) return followStep(parent, step);
    const auto [index, added] = steps_.try_emplace(&parent.node());
    if (added && parent.isArray()) {
        std::uint64_t place = 0;
        for (const Value element : parent.elements()) index->second.emplace(std::to_string(place++), element);
    } else if (added) {
        for (const Member member : parent.members()) index->second.emplace(member.key, member.value);
    }
    const auto found = index->second.find(step);
    return found != index->second.end() ? found->second : Value();
}

SchemaTarget SchemaResources::find(std::uint32_t base, std::string_view reference, const std::string& pointer) {
    const auto astray = [&]() { refuse(pointer, "leads nowhere: '" + std::string(reference) + "'"); };
    SchemaTarget target;
    target.resource = base;
    if (options_.mode == SchemaMode::strict && !reference.starts_with('#'))
        refuse(pointer, "only references into this schema are supported, as '#/$defs/name'");
    const std::string uri = resolveUri(resources_[base]->uri, reference);
    const SplitUri split = splitFragment(uri);
    if (split.address != resources_[base]->uri) {
        const std::string address(split.address);
        const auto known = byUri_.find(address);
        if (known != byUri_.end()) {
            target.resource = known->second;
        } else {
            const auto text = fetch(address);
            if (!text) astray();
            target.resource = load(*text, address);
        }
    }
    const auto fragment = decodePercent(split.fragment);
    if (!fragment) refuse(pointer, "has a malformed percent escape");
    const SchemaResource& resource = *resources_[target.resource];
    target.schema = resource.root;
    target.pointer = resource.pointer;
    if (fragment->empty()) return target;
    if (fragment->front() != '/') {
        const auto anchor = resource.anchors.find(*fragment);
        if (anchor == resource.anchors.end()) astray();
        target.schema = anchor->second.schema;
        target.pointer = anchor->second.pointer;
        if (anchor->second.dynamic) target.dynamicAnchor = anchor->first;
        return target;
    }
    target.pointer += cutUtf8(*fragment, 1024);
    for (std::string_view rest = *fragment; target.schema && !rest.empty();) {
        const auto step = takeStep(rest);
        target.schema = step ? follow(target.schema, *step) : Value();
        if (target.schema) target.resource = resourceOf(target.schema, target.resource);
    }
    if (!target.schema) astray();
    return target;
}

} // namespace mortise::json
