// SPDX-License-Identifier: Apache-2.0
// Entity tags as @fastify/etag and Express make them, of the payload; SHA-1 by OpenSSL is the fastest of their hashes here.
import { createHash } from 'node:crypto'

/** An onSend hook for routes whose responses have one; 304 where the client knows it. */
export async function entityTag (request, reply, payload) {
  if (typeof payload !== 'string' || reply.statusCode >= 300) return payload
  const tag = `"${createHash('sha1').update(payload).digest('base64')}"`
  reply.header('ETag', tag)
  if (request.method !== 'GET' || request.headers['if-none-match'] !== tag) return payload
  reply.code(304)
  return null
}
