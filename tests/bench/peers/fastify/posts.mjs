// SPDX-License-Identifier: Apache-2.0
// Posts, and what users show of them.
import { Type } from '@sinclair/typebox'
import { cursorOf, idOf } from 'peers-lib/uuid'
import { CreatePost, ErrorBody, Post, PostList, PostQuery, ValidationError } from './schemas.mjs'
import { rejected } from './errors.mjs'
import { entityTag } from './etag.mjs'

const included = ['profile', 'posts']

/** What a comma list names; throws what is a 400. */
export function includeOf (text) {
  const wanted = {}
  if (text === undefined) return wanted
  for (const name of text.split(',')) {
    if (!included.includes(name)) throw rejected('query', '/include', 'format', `must be a comma list of: ${included.join(', ')}`)
    wanted[name] = true
  }
  return wanted
}

/** Cuts off the one that was read to see whether there are more; a cursor to them, or null. */
export function cutPage (rows, limit) {
  if (rows.length <= limit) return null
  rows.length = limit
  return cursorOf(rows[limit - 1].id)
}

export async function postRoutes (app, { posts, users, isForeignKeyViolation }) {
  const IdParams = Type.Object({ id: Type.String() })
  const Envelope = Type.Object({ post: Post })
  // A token may be left out; a bad one is a 401 all the same.
  const optionally = async (request, reply) => {
    if (request.headers.authorization !== undefined) return app.authenticate(request, reply)
  }

  /** By page or by cursor, of a source with both. */
  function listOf ({ page, limit, after }, source) {
    if (after === undefined) {
      const total = source.count()
      const rows = source.page(page ?? 1, limit)
      return { posts: rows, pagination: { page: page ?? 1, limit, total, pages: Math.ceil(total / limit) } }
    }
    if (page !== undefined) throw rejected('query', '/page', 'not', 'must not come together with after')
    const last = after === '' ? null : idOf(after)
    if (last === undefined) throw rejected('query', '/after', 'format', 'must be the next of an earlier response')
    const rows = last === null ? source.newest(limit + 1) : source.after(last, limit + 1)
    return { pagination: { limit, next: cutPage(rows, limit) }, posts: rows }
  }

  app.get('/api/posts', {
    schema: { querystring: PostQuery, response: { 200: PostList, 400: ValidationError } }
  }, async (request) => listOf(request.query, posts))

  app.get('/api/users/:id/posts', {
    onRequest: [optionally],
    schema: { params: IdParams, querystring: PostQuery, response: { 200: PostList, 400: ValidationError, 401: ErrorBody, 404: ErrorBody } }
  }, async (request, reply) => {
    const { id } = request.params
    if (!users.find(id)) return reply.status(404).send({ error: 'User not found' })
    const viewer = request.user?.id
    return listOf(request.query, {
      newest: (limit) => posts.newestOf(id, viewer, limit),
      after: (last, limit) => posts.ofAfter(id, viewer, last, limit),
      page: (page, limit) => posts.ofPage(id, viewer, page, limit),
      count: () => posts.countOf(id, viewer)
    })
  })

  app.get('/api/posts/:id', {
    onRequest: [optionally],
    onSend: [entityTag],
    schema: { params: IdParams, response: { 200: Envelope, 401: ErrorBody, 404: ErrorBody } }
  }, async (request, reply) => {
    const post = posts.find(request.params.id)
    if (!post || !(post.published || post.authorId === request.user?.id)) return reply.status(404).send({ error: 'Post not found' })
    return { post }
  })

  app.post('/api/posts', {
    onRequest: [app.authenticate],
    onSend: [entityTag],
    schema: { body: CreatePost, response: { 201: Envelope, 400: ValidationError, 401: ErrorBody } }
  }, async (request, reply) => {
    try {
      const post = posts.create(request.user.id, request.body)
      return reply.status(201).headers({ Location: `/api/posts/${post.id}`, 'Cache-Control': 'no-store' }).send({ post })
    } catch (err) {
      if (!isForeignKeyViolation(err)) throw err
      return reply.status(401).send({ error: 'User not found' })
    }
  })
}
