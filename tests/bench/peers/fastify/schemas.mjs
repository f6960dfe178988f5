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
