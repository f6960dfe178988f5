// SPDX-License-Identifier: Apache-2.0
// A pool of connections to MariaDB (mysql2), statements prepared once a connection. The tables are those of ours, and so are the
// statements; rows are read only.
import mysql from 'mysql2/promise'

export const openPool = (uri, connections) => mysql.createPool({
  uri,
  connectionLimit: connections,
  charset: 'utf8mb4',
  timezone: 'Z',
  flags: ['FOUND_ROWS']
})

const bytesOf = (id) => Buffer.from(id.replaceAll('-', ''), 'hex')

function textOf (bytes) {
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

function shown ([row]) {
  if (row === undefined) return undefined
  row.id = textOf(row.id)
  row.createdAt = row.createdAt.toISOString()
  return row
}

export function openUsers (pool) {
  const WHERE = 'FROM users WHERE id = ? AND removed_at IS NULL'
  const byId = `SELECT id, name, email, created_at AS createdAt ${WHERE}`
  const authById = `SELECT id, name, email, role, password_hash AS password, created_at AS createdAt, token_epoch AS epoch ${WHERE}`
  const one = async (statement, id) => shown((await pool.execute(statement, [bytesOf(id)]))[0])

  return {
    find: (id) => one(byId, id),
    findForAuth: (id) => one(authById, id),
    close: () => pool.end()
  }
}
