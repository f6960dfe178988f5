// SPDX-License-Identifier: Apache-2.0
// What goes in and out, as TypeBox describes it: Ajv compiles the bodies, fast-json-stringify the answers.
import { Type } from '@sinclair/typebox'

// Members that a schema does not name are dropped, as Fastify's own Ajv settings do where this is said.
const closed = { additionalProperties: false }

export const ErrorBody = Type.Object({ error: Type.String() })
export const ValidationError = Type.Object({
  error: Type.String(),
  details: Type.Optional(Type.Array(Type.Object({
    in: Type.String(), path: Type.String(), code: Type.String(), message: Type.String()
  }))),
  requestId: Type.String()
})
export const CreateUser = Type.Object({
  name: Type.String({ minLength: 2, maxLength: 100 }),
  email: Type.String({ format: 'email' }),
  password: Type.String({ minLength: 8 })
}, closed)

// POST /echo: the same shapes as tests/bench/shapes.hpp.
export const Echo = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  email: Type.String({ format: 'email' }),
  age: Type.Integer({ minimum: 0, maximum: 150 }),
  active: Type.Boolean(),
  score: Type.Number(),
  tags: Type.Array(Type.String({ maxLength: 40 }), { maxItems: 10 }),
  address: Type.Object({
    street: Type.String({ maxLength: 200 }), city: Type.String({ maxLength: 100 }), zip: Type.String({ maxLength: 20 })
  }, closed)
}, closed)

// POST /items: an array of some 7,000 of these.
export const Items = Type.Array(Type.Object({
  sku: Type.String({ minLength: 1, maxLength: 40 }),
  name: Type.String({ minLength: 1, maxLength: 100 }),
  note: Type.String({ maxLength: 500 }),
  quantity: Type.Integer({ minimum: 0, maximum: 1000000 }),
  price: Type.Number({ minimum: 0 })
}, closed))
export const ItemsCounted = Type.Object({ count: Type.Integer() })

// Users and posts. `nullable` is what fast-json-stringify compiles; a union with null it would validate for each value.
const nullable = { nullable: true }
const limited = (maximum, fallback) => Type.Integer({ minimum: 1, maximum, default: fallback })
export const User = Type.Object({ id: Type.String(), name: Type.String(), email: Type.String(), createdAt: Type.String() })
export const Post = Type.Object({
  id: Type.String(),
  title: Type.String(),
  content: Type.String(nullable),
  published: Type.Boolean(),
  authorId: Type.String(),
  createdAt: Type.String()
})
export const UserDetails = Type.Object({
  ...User.properties,
  profile: Type.Optional(Type.Object({ bio: Type.String(nullable), avatar: Type.String(nullable) }, nullable)),
  posts: Type.Optional(Type.Array(Post)),
  postsNext: Type.Optional(Type.String(nullable))
})
export const ReadQuery = Type.Object({ include: Type.Optional(Type.String()), postsLimit: limited(100, 20) })
export const CreatePost = Type.Object({
  title: Type.String({ minLength: 1, maxLength: 255 }),
  content: Type.Optional(Type.String({ maxLength: 65535, ...nullable })),
  published: Type.Boolean({ default: false })
}, closed)
export const PostQuery = Type.Object({
  page: Type.Optional(Type.Integer({ minimum: 1 })), limit: limited(100, 10), after: Type.Optional(Type.String())
})
// By page or by cursor: the members that the other one has are left out.
export const PostList = Type.Object({
  posts: Type.Array(Post),
  pagination: Type.Object({
    page: Type.Optional(Type.Integer()),
    limit: Type.Integer(),
    total: Type.Optional(Type.Integer()),
    pages: Type.Optional(Type.Integer()),
    next: Type.Optional(Type.String(nullable))
  })
})
