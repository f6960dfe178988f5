// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/execution.hpp"
#include "schema/sdl_reader.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fuzz {

// A small schema with every kind of type, and resolvers whose values follow from the parent and the field alone: nulls,
// errors and values of a wrong type are among them.
class GraphqlWorld {
public:
    // One execution: whether fields wait, and what they wait with.
    struct Run {
        bool waits = false;
        std::vector<mortise::graphql::BatchToken> tokens;
    };

    GraphqlWorld() : schema_(makeSchema()), table_(schema_) {
        for (const mortise::graphql::Type& type : schema_->types()) {
            if (type.kind != mortise::graphql::TypeKind::object || type.name.starts_with("__")) continue;
            for (const mortise::graphql::Field& field : type.fields)
                table_.own(type.name, field.name, std::make_unique<const Resolver>());
        }
    }

    const std::shared_ptr<const mortise::graphql::Schema>& schema() const { return schema_; }
    const mortise::graphql::ResolverTable& table() const { return table_; }

    // Gives a batch that waits its values.
    static void fill(mortise::graphql::Batch& batch) {
        for (std::size_t row = 0; row < batch.cells().size(); ++row) {
            const std::uint64_t seed = mix(batch.parents()[row] + std::uint64_t{batch.field().id} * 1000003);
            fillRow(batch, row, seed);
        }
    }

private:
    class Resolver final : public mortise::graphql::FieldResolver {
    public:
        mortise::graphql::Progress resolve(mortise::graphql::Batch& batch) const override {
            Run& run = *static_cast<Run*>(batch.context());
            if (run.waits && batch.field().id % 3 != 0) {
                run.tokens.push_back(batch.suspend());
                return mortise::graphql::Progress::pending;
            }
            fill(batch);
            return mortise::graphql::Progress::done;
        }
    };

    static std::shared_ptr<const mortise::graphql::Schema> makeSchema() {
        constexpr std::string_view sdl = R"(
            type Query {
                id: ID! name: String user(id: ID, by: By): User users(first: Int = 3, filter: Filter): [User!]!
                node(id: ID!): Node found(kinds: [Kind!]): [Found] matrix(a: [[Int!]]): [[Int!]]! a: Query! b(c: Int): Int
                f(a: Int, b: Float, c: String, d: Boolean, e: Any): Query any: Any kind(k: Kind! = A): Kind! old: Int @deprecated
            }
            type Mutation { add(a: Int!, b: Int = 2): Int set(user: Filter!): User }
            type Subscription { tick: Int }
            interface Node { id: ID! }
            type User implements Node { id: ID! name: String! email: String friends(first: Int): [User] posts: [Post!] kind: Kind score: Float }
            type Post implements Node { id: ID! title: String! author: User! ok: Boolean! tags: [String!] }
            union Found = User | Post
            enum Kind { A B C }
            input Filter { name: String kind: Kind = B ids: [ID!] inner: Filter by: By }
            input By @oneOf { id: ID name: String }
            scalar Any
            directive @d(x: Int) repeatable on FIELD | QUERY | FRAGMENT_DEFINITION | INLINE_FRAGMENT
        )";
        auto built = mortise::graphql::schemaFromSdl(sdl);
        expect(built.schema.has_value(), "the world has no schema");
        return std::make_shared<const mortise::graphql::Schema>(std::move(*built.schema));
    }

    static std::uint64_t mix(std::uint64_t value) {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
        return value ^ (value >> 31);
    }

    static void fillRow(mortise::graphql::Batch& batch, std::size_t row, std::uint64_t seed) {
        const mortise::graphql::TypeRef type = batch.field().type;
        if (!type.isList() || seed % 8 == 0) {
            batch.cells()[row] = leaf(batch, seed);
            return;
        }
        batch.beginList(row);
        items(batch, type.item(), seed);
        batch.endList();
    }

    static void items(mortise::graphql::Batch& batch, mortise::graphql::TypeRef type, std::uint64_t seed) {
        for (std::uint64_t i = 0; i < seed / 16 % 4; ++i) {
            if (type.isList()) {
                batch.beginList();
                items(batch, type.item(), mix(seed + i));
                batch.endList();
            } else {
                batch.add(leaf(batch, mix(seed + i)));
            }
        }
    }

    static mortise::graphql::Cell leaf(mortise::graphql::Batch& batch, std::uint64_t seed) {
        using mortise::graphql::Cell;
        const auto& schema = batch.execution().plan().document().schema();
        const auto& type = schema[batch.field().type.named];
        switch (seed % 32) {
        case 0:
            return Cell();
        case 1:
            return batch.failure("failed", 7);
        case 2:
            return Cell::ofNumber(0.5);
        case 3:
            return Cell::ofString("\"text\n\xff");
        default:
            break;
        }
        if (type.isComposite()) return Cell::ofObject(mix(seed), type.possible[seed / 32 % type.possible.size()]);
        if (type.kind == mortise::graphql::TypeKind::enumeration)
            return Cell::ofEnumeration(static_cast<std::uint32_t>(seed / 32 % 4));
        switch (type.scalarKind) {
        case mortise::graphql::ScalarKind::custom:
            return Cell::ofJson("{\"a\":[1]}");
        case mortise::graphql::ScalarKind::boolean:
            return Cell::ofBoolean(seed / 32 % 2 == 0);
        case mortise::graphql::ScalarKind::number:
            return Cell::ofNumber(static_cast<double>(seed % 1000) / 8);
        case mortise::graphql::ScalarKind::string:
            return Cell::ofString(batch.keep("text " + std::to_string(seed % 100)));
        default:
            return Cell::ofInteger(static_cast<std::int64_t>(seed % 100'000));
        }
    }

    std::shared_ptr<const mortise::graphql::Schema> schema_;
    mortise::graphql::ResolverTable table_;
};

} // namespace fuzz
