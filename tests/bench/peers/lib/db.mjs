// SPDX-License-Identifier: Apache-2.0
// One SQLite connection (better-sqlite3, synchronous), statements prepared once.
import { readFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import bcrypt from '@node-rs/bcrypt'
import { uuid7 } from './uuid.mjs'

/** `synchronous` is what a commit survives: FULL a power failure, NORMAL the end of the process. */
export function openDb (path, synchronous = 'NORMAL') {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.pragma(`synchronous = ${synchronous}`)
  db.pragma('busy_timeout = 5000')
  db.exec(readFileSync(new URL('../schema.sql', import.meta.url), 'utf8'))
  return db
}

/** What a commit of this connection survives, as SQLite itself says. */
export function durabilityOf (db) {
  const synchronous = ['off', 'normal', 'full', 'extra'][db.pragma('synchronous', { simple: true })]
  return `journal_mode=${db.pragma('journal_mode', { simple: true })} synchronous=${synchronous}`
}

export function openUsers (db) {
  const PUBLIC = 'id, name, email, created_at AS createdAt'
  const byId = db.prepare(`SELECT ${PUBLIC} FROM users WHERE id = ?`)
  const authById = db.prepare('SELECT id, name, email, password, created_at AS createdAt, updated_at AS updatedAt FROM users WHERE id = ?')
  const byEmail = db.prepare('SELECT id, name, email, password FROM users WHERE email = ?')
  const page = db.prepare(`SELECT ${PUBLIC} FROM users ORDER BY id LIMIT ? OFFSET ?`)
  const all = db.prepare(`SELECT ${PUBLIC} FROM users ORDER BY id`)
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
      const id = uuid7()
      const now = new Date().toISOString()
      insert.run(id, name, email, password, now, now)
      return { id, name, email, createdAt: now }
    },
    close: () => db.close()
  }
}

/** Posts and profiles, by the statements that ours uses. Rows are as SQLite gives them: `published` is 0 or 1. */
export function openPosts (db) {
  const PUBLIC = 'id, title, content, published, author_id AS authorId, created_at AS createdAt'
  const NEWEST = 'ORDER BY id DESC LIMIT ?'
  const list = (condition) => db.prepare(`SELECT ${PUBLIC} FROM posts WHERE ${condition} ${NEWEST}`)
  const page = (condition) => db.prepare(`SELECT ${PUBLIC} FROM posts WHERE ${condition} ${NEWEST} OFFSET ?`)
  const count = (condition) => db.prepare(`SELECT count(*) FROM posts WHERE ${condition}`).pluck()
  const profile = db.prepare('SELECT bio, avatar FROM profiles WHERE user_id = ?')
  const byId = db.prepare(`SELECT ${PUBLIC} FROM posts WHERE id = ?`)
  const published = {
    list: list('published = 1'), after: list('published = 1 AND id < ?'), page: page('published = 1'), count: count('published = 1')
  }
  const publishedOf = {
    list: list('author_id = ? AND published = 1'),
    after: list('author_id = ? AND published = 1 AND id < ?'),
    page: page('author_id = ? AND published = 1'),
    count: count('author_id = ? AND published = 1')
  }
  const allOf = {
    list: list('author_id = ?'), after: list('author_id = ? AND id < ?'), page: page('author_id = ?'), count: count('author_id = ?')
  }
  // Of each author in turn what the index has first, by one statement.
  const eachOf = (condition) => db.prepare(
    `SELECT ${PUBLIC.split(', ').map((column) => 'p.' + column).join(', ')} FROM json_each(?) AS authors JOIN posts AS p ON p.id IN (
       SELECT id FROM posts WHERE author_id = authors.value AND ${condition} ${NEWEST}) ORDER BY p.id DESC`)
  const each = {
    published: eachOf('published = 1'), publishedAfter: eachOf('published = 1 AND id < ?'), all: eachOf('1'), allAfter: eachOf('id < ?')
  }
  const insert = db.prepare(
    'INSERT INTO posts (id, author_id, title, content, published, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)')
  const of = (author, viewer) => author === viewer ? allOf : publishedOf

  return {
    profileOf: (id) => profile.get(id) ?? null,
    find: (id) => byId.get(id),
    /** What `viewer` sees of the author, newest first. */
    newestOf: (author, viewer, limit) => of(author, viewer).list.all(author, limit),
    /** Of each of the authors what `viewer` sees, newest first, after `last` or, where that is null, from the beginning. */
    newestOfAll (authors, viewer, last, limit) {
      const found = new Map()
      const read = (ids, first, after) => {
        if (ids.length === 0) return
        const text = JSON.stringify(ids)
        for (const post of last === null ? first.all(text, limit) : after.all(text, last, limit)) {
          const list = found.get(post.authorId)
          if (list) list.push(post)
          else found.set(post.authorId, [post])
        }
      }
      read(authors.filter((id) => id !== viewer), each.published, each.publishedAfter)
      read(authors.filter((id) => id === viewer), each.all, each.allAfter)
      return found
    },
    ofAfter: (author, viewer, id, limit) => of(author, viewer).after.all(author, id, limit),
    ofPage: (author, viewer, pageNo, limit) => of(author, viewer).page.all(author, limit, (pageNo - 1) * limit),
    countOf: (author, viewer) => of(author, viewer).count.get(author),
    newest: (limit) => published.list.all(limit),
    after: (id, limit) => published.after.all(id, limit),
    page: (pageNo, limit) => published.page.all(limit, (pageNo - 1) * limit),
    count: () => published.count.get(),
    create (authorId, { title, content = null, published }) {
      const id = uuid7()
      const now = new Date().toISOString()
      insert.run(id, authorId, title, content, published ? 1 : 0, now, now)
      return { id, title, content, published, authorId, createdAt: now }
    }
  }
}

/** True when an INSERT refers to a row that is gone. */
export const isForeignKeyViolation = (err) => err?.code === 'SQLITE_CONSTRAINT_FOREIGNKEY'

/** True when an INSERT lost the race for a UNIQUE column. */
export const isUniqueViolation = (err) => err?.code === 'SQLITE_CONSTRAINT_UNIQUE'

export const hashPassword = (password) => bcrypt.hash(password, { cost: 10 })
export const verifyPassword = (password, hash) => bcrypt.verify(password, hash)
