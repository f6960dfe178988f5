// SPDX-License-Identifier: Apache-2.0
// Settings shared by the Node peers. Everything comes from the environment.
import { createSecretKey } from 'node:crypto'

function required (name) {
  const v = process.env[name]
  if (!v) { console.error(`${name} must be set`); process.exit(2) }
  return v
}

// What a commit survives: FULL a power failure, NORMAL the end of the process.
const SYNCHRONOUS = process.env.SYNCHRONOUS ?? 'NORMAL'
if (!['FULL', 'NORMAL'].includes(SYNCHRONOUS)) { console.error('SYNCHRONOUS is FULL or NORMAL'); process.exit(2) }

export const env = {
  PORT: Number(required('PORT')),
  HOST: '127.0.0.1',
  DB: process.env.DB ?? '', // the Fastify peer runs without; the others refuse
  SYNCHRONOUS,
  MARIADB: process.env.MARIADB ?? '', // a mysql:// URL: the Fastify peer reads users there
  MARIADB_CONNECTIONS: Number(process.env.MARIADB_CONNECTIONS ?? 10),
  JWT_SECRET: required('JWT_SECRET'),
  JWT_REFRESH_SECRET: required('JWT_REFRESH_SECRET'),
  RATE_LIMIT_MAX: Number(process.env.RATE_LIMIT_MAX ?? 100), // per 15 minutes and address, as in the guide
  RATE_LIMIT_WINDOW_MS: 15 * 60 * 1000,
  CORS_ORIGIN: process.env.CORS_ORIGIN ?? 'http://localhost:3000',
  LOG_FILE: process.env.LOG_FILE ?? '/dev/null',
  LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
  KEEP_ALIVE_MS: Number(process.env.KEEP_ALIVE_MS ?? 72_000), // Fastify's default; node's own is 5 s
  ACCESS_TTL: '15m',
  REFRESH_TTL: '7d'
}

// jsonwebtoken takes a string secret for a public key first and fails to parse it as PEM on every call (some 0.3 ms);
// given a KeyObject it does not. JWT_STRING_SECRET=1 passes the string, as the guide's code does.
const key = (secret) => process.env.JWT_STRING_SECRET === '1' ? secret : createSecretKey(Buffer.from(secret))
export const accessKey = key(env.JWT_SECRET)
export const refreshKey = key(env.JWT_REFRESH_SECRET)
