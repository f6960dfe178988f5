// SPDX-License-Identifier: Apache-2.0
// One SQLite connection (better-sqlite3, synchronous), statements prepared once.
import { readFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import Database from 'better-sqlite3'
import bcrypt from '@node-rs/bcrypt'

export function openDb (path) {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.pragma('busy_timeout = 5000')
  db.exec(readFileSync(new URL('../schema.sql', import.meta.url), 'utf8'))
  return db
}

export function openUsers (path) {
  const db = openDb(path)
  const PUBLIC = 'id, name, email, created_at AS createdAt'
  const byId = db.prepare(`SELECT ${PUBLIC} FROM users WHERE id = ?`)
  const authById = db.prepare('SELECT id, name, email, password, created_at AS createdAt, updated_at AS updatedAt FROM users WHERE id = ?')
  const byEmail = db.prepare('SELECT id, name, email, password FROM users WHERE email = ?')
  const page = db.prepare(`SELECT ${PUBLIC} FROM users ORDER BY rowid LIMIT ? OFFSET ?`)
  const all = db.prepare(`SELECT ${PUBLIC} FROM users ORDER BY rowid`)
  const count = db.prepare('SELECT count(*) FROM users').pluck()
  const insert = db.prepare('INSERT INTO users (id, name, email, password, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)')

  return {
    /** The public columns of one user. */
    find: (id) => byId.get(id),
    /** The whole row, as the guide's authenticate() reads it on every request. */
    findForAuth: (id) => authById.get(id),
    findByEmail: (email) => byEmail.get(email),
    page: (pageNo, limit) => page.all(limit, (pageNo - 1) * limit),
    slice: (limit, offset) => page.all(limit, offset),
    all: () => all.all(),
    count: () => count.get(),
    create ({ name, email, password }) {
      const id = randomUUID()
      const now = new Date().toISOString()
      insert.run(id, name, email, password, now, now)
      return { id, name, email, createdAt: now }
    },
    close: () => db.close()
  }
}

/** True when an INSERT lost the race for a UNIQUE column. */
export const isUniqueViolation = (err) => err?.code === 'SQLITE_CONSTRAINT_UNIQUE'

export const hashPassword = (password) => bcrypt.hash(password, { cost: 10 })
export const verifyPassword = (password, hash) => bcrypt.verify(password, hash)
