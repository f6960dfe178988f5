// SPDX-License-Identifier: Apache-2.0
// RFC 9562 version 7: ids increase with time, so that the order of the key is the order of creation.
import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(16 * 256) // random bytes in blocks, as randomUUID() has them
let used = pool.length
let last = 0
let sequence = 0

export function uuid7 () {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const now = Math.max(Date.now(), last)
  sequence = now === last ? sequence + 1 : 0
  last = sequence > 0xfff ? now + 1 : now
  if (sequence > 0xfff) sequence = 0
  const head = last.toString(16).padStart(12, '0')
  pool[used + 8] = (pool[used + 8] & 0x3f) | 0x80
  const tail = pool.toString('hex', used + 8, used + 16)
  used += 16
  return `${head.slice(0, 8)}-${head.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4)}`
}

/** Of an id, what ours sends as `next`: its bytes. */
export const cursorOf = (id) => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')

/** The id in a cursor; nothing: it is none. */
export function idOf (cursor) {
  const hex = Buffer.from(cursor, 'base64url').toString('hex')
  return hex.length === 32 ? hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5') : undefined
}
