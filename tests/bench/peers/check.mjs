#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// usage: check.mjs NAME=URL...   (peers.sh must have seeded: reads $RUN/seed.env)
// Asks each peer for every endpoint and says what differs from what is expected. Leaves a few users behind.
import { readFileSync } from 'node:fs'
import { createHmac } from 'node:crypto'

const run = process.env.RUN ?? '/tmp/peers-run'
const seed = Object.fromEntries(readFileSync(`${run}/seed.env`, 'utf8').trim().split('\n').map((l) => l.split(/=(.*)/s).slice(0, 2)))
const secret = process.env.JWT_SECRET ?? 'bench-access-secret-0123456789abcdef'
const { USER_ID: id, USER_EMAIL: email, TOKEN: token, REFRESH_TOKEN: refresh } = seed
const b64 = (o) => Buffer.from(JSON.stringify(o)).toString('base64url')
const sign = (payload, key = secret, head = { alg: 'HS256', typ: 'JWT' }) => {
  const d = `${b64(head)}.${b64(payload)}`
  return `${d}.${createHmac('sha256', key).update(d).digest('base64url')}`
}
const now = Math.floor(Date.now() / 1000)
let bad = 0
const tokens = {} // one fresh access token of each peer, tried on all the others

for (const arg of process.argv.slice(2)) {
  const [name, url] = arg.split(/=(.*)/s)
  let n = 0
  const fail = (what, got) => { bad++; console.log(`${name}: ${what}: ${JSON.stringify(got)?.slice(0, 300)}`) }
  const ask = async (method, path, { body, auth, raw } = {}) => {
    const headers = {}
    if (body !== undefined || raw) headers['content-type'] = 'application/json'
    if (auth) headers.authorization = `Bearer ${auth}`
    const r = await fetch(url + path, { method, headers, body: raw ?? (body === undefined ? undefined : JSON.stringify(body)) })
    const text = await r.text()
    let json
    try { json = JSON.parse(text) } catch { json = text }
    return { status: r.status, json, headers: r.headers }
  }
  const expect = async (what, status, test, ...req) => {
    n++
    const r = await ask(...req)
    if (r.status !== status || !test(r.json, r.headers)) fail(`${what}, expected ${status}`, { status: r.status, body: r.json })
    return r.json
  }
  const isErr = (j) => typeof j === 'object' && typeof (j.error ?? j.message) === 'string'
  const isUser = (u) => u.id === id && u.email === email && u.name && !('password' in u)
  const reference = name.startsWith('nginx')

  await expect('hello', 200, (j, h) => j.hello === 'world' && !h.get('x-frame-options'), 'GET', '/hello')
  await expect('health', 200, (j, h) => j.status === 'ok' && !isNaN(Date.parse(j.timestamp)) && /^application\/json/.test(h.get('content-type')) &&
    (reference || (h.get('x-frame-options') && h.get('content-security-policy') && h.get('access-control-allow-origin') && h.get('x-ratelimit-limit'))), 'GET', '/health')
  await expect('no such route', 404, isErr, 'GET', '/nothing')
  if (!reference) {
    await expect('list without token', 401, isErr, 'GET', '/api/users')
    await expect('list with junk token', 401, isErr, 'GET', '/api/users', { auth: 'junk' })
    await expect('token with a wrong key', 401, isErr, 'GET', '/api/users/me', { auth: sign({ userId: id, email, exp: now + 60 }, 'other') })
    await expect('expired token', 401, isErr, 'GET', '/api/users/me', { auth: sign({ userId: id, email, exp: now - 60 }) })
    await expect('alg none', 401, isErr, 'GET', '/api/users/me', { auth: `${b64({ alg: 'none' })}.${b64({ userId: id, email })}.` })
    await expect('token of nobody', 401, isErr, 'GET', '/api/users/me', { auth: sign({ userId: 'nobody', email, exp: now + 60 }) })
    await expect('list', 200, (j) => j.users.length === 10 && j.pagination.page === 1 && j.pagination.limit === 10 &&
      j.pagination.pages === Math.ceil(j.pagination.total / 10) && j.users[0].email === 'user1@example.com' && !('password' in j.users[0]) && j.users[0].createdAt,
    'GET', '/api/users?page=1&limit=10', { auth: token })
    await expect('list, page 3 of 7', 200, (j) => j.users.length === 7 && j.users[0].email === 'user15@example.com', 'GET', '/api/users?page=3&limit=7', { auth: token })
    await expect('list, no query', 200, (j) => j.users.length === 10, 'GET', '/api/users', { auth: token })
    await expect('by id', 200, (j) => isUser(j.user), 'GET', `/api/users/${id}`, { auth: token })
    await expect('me', 200, (j) => isUser(j.user), 'GET', '/api/users/me', { auth: token })
    await expect('unknown id', 404, isErr, 'GET', '/api/users/00000000-0000-4000-8000-000000000000', { auth: token })
    await expect('create, invalid', 400, isErr, 'POST', '/api/users', { body: { name: 'x', email: 'no', password: 'short' } })
    await expect('create, no body', 400, isErr, 'POST', '/api/users', { body: {} })
    await expect('create, broken JSON', 400, isErr, 'POST', '/api/users', { raw: '{"name":' })
    const mail = `${name}-${Date.now()}@example.com`
    await expect('create', 201, (j) => j.user.email === mail && /^[0-9a-f-]{36}$/.test(j.user.id) && j.user.createdAt && !('password' in j.user),
      'POST', '/api/users', { body: { name: 'Jané Doe', email: mail, password: 'password123' } })
    await expect('create again', 409, isErr, 'POST', '/api/users', { body: { name: 'Jané Doe', email: mail, password: 'password123' } })
    const reg = await expect('register', 201, (j) => j.user.email === 'r' + mail && j.accessToken && j.refreshToken, 'POST', '/auth/register',
      { body: { name: 'Reg', email: 'r' + mail, password: 'password123' } })
    await expect('me of the registered', 200, (j) => j.user.email === 'r' + mail, 'GET', '/api/users/me', { auth: reg.accessToken })
    const login = await expect('login', 200, (j) => j.accessToken && j.refreshToken && j.user.id === id, 'POST', '/auth/login', { body: { email, password: 'password123' } })
    await expect('login, wrong password', 401, isErr, 'POST', '/auth/login', { body: { email, password: 'password124' } })
    await expect('login, unknown', 401, isErr, 'POST', '/auth/login', { body: { email: 'x@example.com', password: 'password123' } })
    await expect('refresh', 200, (j) => j.accessToken, 'POST', '/auth/refresh', { body: { refreshToken: refresh } })
    await expect('refresh with own', 200, (j) => j.accessToken, 'POST', '/auth/refresh', { body: { refreshToken: login.refreshToken } })
    await expect('refresh with an access token', 401, isErr, 'POST', '/auth/refresh', { body: { refreshToken: token } })
    tokens[name] = login.accessToken
    const claims = JSON.parse(Buffer.from(login.accessToken.split('.')[1], 'base64url'))
    if (claims.userId !== id || claims.email !== email || claims.exp - claims.iat !== 900) fail('claims', claims)
  }
  if (name.startsWith('fastify')) {
    const gql = (query, auth) => ['POST', '/graphql', { body: { query }, auth }]
    const denied = (field) => (j) => !j.data?.[field] && j.errors?.[0].extensions?.code === 'UNAUTHENTICATED'
    await expect('graphql user', 200, (j) => j.data?.user?.email === email, ...gql(`{ user(id: "${id}") { id name email } }`, token))
    await expect('graphql user, no token', 200, denied('user'), ...gql(`{ user(id: "${id}") { id } }`))
    await expect('graphql users', 200, (j) => j.data?.users?.length === 3, ...gql('{ users(limit: 3) { id createdAt } }', token))
    await expect('graphql users, no token', 200, denied('users'), ...gql('{ users { id } }'))
    await expect('graphql posts of users', 200, (j) => j.data?.users?.length === 10 && j.data.users.every((user) => Array.isArray(user.posts)),
      ...gql('{ users { id posts(limit: 3) { id title author { name } } } }', token))
    await expect('graphql me', 200, (j) => j.data?.me?.id === id, ...gql('{ me { id } }', token))
    await expect('graphql me, no token', 200, denied('me'), ...gql('{ me { id } }'))
    await expect('graphql, bad token', 401, isErr, ...gql('{ me { id } }', 'none'))
    await expect('graphql, deep', 400, (j) => j.errors?.length > 0, ...gql(`{ user(id: "${id}") ${'{ posts { author '.repeat(26)}{ id }${'} }'.repeat(26)} }`, token))
    await expect('graphql, aliases', 200, (j) => j.errors?.length > 0, ...gql(`{ ${Array.from({ length: 31 }, (_, i) => `a${i}: me { id }`).join(' ')} }`, token))
    await expect('graphql, bad query', 400, (j) => j.errors?.length > 0, ...gql('{ nope }'))
  }
  if (name.startsWith('nest')) await expect('swagger', 200, (j) => j.openapi && j.paths['/api/users/{id}'], 'GET', '/docs-json')
  console.log(`${name}: ${n} requests checked`)
}
for (const arg of process.argv.slice(2)) {
  const [name, url] = arg.split(/=(.*)/s)
  if (!tokens[name]) continue
  for (const [other, t] of Object.entries(tokens)) {
    const r = await fetch(`${url}/api/users/me`, { headers: { authorization: `Bearer ${t}` } })
    if (r.status !== 200) { bad++; console.log(`${name} does not take ${other}'s token: ${r.status}`) }
  }
}
console.log(bad ? `${bad} wrong` : 'all as expected')
process.exit(bad ? 1 : 0)
