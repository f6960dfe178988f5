#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// usage: seed-db.mjs DB [N=10000]
// Makes a new database with N users and prints, as KEY=VALUE lines, one user's id and tokens that every peer takes.
// env: JWT_SECRET, JWT_REFRESH_SECRET (needed), TOKEN_TTL (seconds, default 30 days).
import { existsSync } from 'node:fs'
import { createHash, createHmac } from 'node:crypto'
import { openDb } from './lib/db.mjs'

const [path, n = '10000'] = process.argv.slice(2)
const N = Number(n)
const { JWT_SECRET, JWT_REFRESH_SECRET, TOKEN_TTL = String(30 * 86400) } = process.env
if (!path || !(N > 0) || !JWT_SECRET || !JWT_REFRESH_SECRET) {
  console.error('usage: JWT_SECRET=… JWT_REFRESH_SECRET=… seed-db.mjs DB [N]')
  process.exit(2)
}
if (existsSync(path)) {
  console.error(`${path} exists; remove it first`)
  process.exit(1)
}

// bcrypt, cost 10, of 'password123'
const HASH = '$2b$10$A36jnQDbtbYemq5pt3dH8..dJxtpEirManzOF2e0HVoTDVIBYSToW'

const base = Date.UTC(2025, 0, 1)

/** The same id for the same number on every run, increasing with it (UUIDv7). */
function uuid (i) {
  const h = createHash('sha256').update(`user ${i}`).digest()
  h.writeUIntBE(base + i * 1000, 0, 6)
  h[6] = (h[6] & 0x0f) | 0x70
  h[8] = (h[8] & 0x3f) | 0x80
  return h.toString('hex', 0, 16).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}

function sign (payload, secret) {
  const b64 = (o) => Buffer.from(JSON.stringify(o)).toString('base64url')
  const iat = Math.floor(Date.now() / 1000)
  const data = `${b64({ alg: 'HS256', typ: 'JWT' })}.${b64({ ...payload, iat, exp: iat + Number(TOKEN_TTL) })}`
  return `${data}.${createHmac('sha256', secret).update(data).digest('base64url')}`
}

const db = openDb(path)
const insert = db.prepare('INSERT INTO users VALUES (?, ?, ?, ?, ?, ?)')
db.transaction(() => {
  for (let i = 1; i <= N; i++) {
    const at = new Date(base + i * 1000).toISOString()
    insert.run(uuid(i), `User ${i}`, `user${i}@example.com`, HASH, at, at)
  }
})()
db.pragma('wal_checkpoint(TRUNCATE)')
db.close()

const i = Math.ceil(N / 2)
const payload = { userId: uuid(i), email: `user${i}@example.com` }
console.log(`USER_ID=${payload.userId}`)
console.log(`USER_EMAIL=${payload.email}`)
console.log(`TOKEN=${sign(payload, JWT_SECRET)}`)
console.log(`REFRESH_TOKEN=${sign(payload, JWT_REFRESH_SECRET)}`)
