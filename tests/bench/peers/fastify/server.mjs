// SPDX-License-Identifier: Apache-2.0
// Fastify peer, laid out as in the guide: TypeBox schemas, helmet, cors, rate limit, jwt, pino, mercurius.
import http from 'node:http'
import Fastify, { LogController } from 'fastify'
import fastifyHelmet from '@fastify/helmet'
import fastifyCors from '@fastify/cors'
import fastifyRateLimit from '@fastify/rate-limit'
import fastifyJwt from '@fastify/jwt'
import { Type } from '@sinclair/typebox'
import { env } from 'peers-lib/env'
import { logger } from 'peers-lib/log'
import { CreateUser, Echo, ErrorBody, Items, ItemsCounted, ReadQuery, User, UserDetails, ValidationError } from './schemas.mjs'
import { answerError } from './errors.mjs'
import { entityTag } from './etag.mjs'
import { graphqlRoute } from './graphql.mjs'
import { cutPage, includeOf, postRoutes } from './posts.mjs'

// Without DB no native module has to be built; the routes that need it then answer 500.
const { openDb, openUsers, openPosts, durabilityOf, hashPassword, verifyPassword, isUniqueViolation, isForeignKeyViolation } =
  env.DB ? await import('peers-lib/db') : {}
const db = env.DB ? openDb(env.DB, env.SYNCHRONOUS) : null
// On MariaDB there are the users by id, and nothing else.
const server = env.MARIADB ? await import('peers-lib/mariadb') : null
const users = server ? server.openUsers(server.openPool(env.MARIADB, env.MARIADB_CONNECTIONS)) : db && openUsers(db)
const posts = db && openPosts(db)

// /hello is a Fastify instance of its own with no logger, hook or plugin: the framework's minimum.
const bare = Fastify()
bare.get('/hello', {
  schema: { response: { 200: Type.Object({ hello: Type.String() }) } }
}, (request, reply) => { reply.send({ hello: 'world' }) })
await bare.ready()

// One access-log line a request, like the other peers. FASTIFY_LOG=default gives Fastify's own two lines
// ('incoming request', 'request completed') and a line with a stack for each 4xx, which costs more.
class OneLine extends LogController {
  incomingRequest () {}
  requestCompleted (err, request, reply) {
    reply.log.info({
      method: request.method,
      url: request.url,
      status: reply.statusCode,
      duration: reply.elapsedTime,
      userAgent: request.headers['user-agent'],
      ip: request.ip
    }, 'Request completed')
  }

  defaultErrorLog (err, request, reply) {
    if (reply.statusCode >= 500) super.defaultErrorLog(err, request, reply)
  }
}

const logging = {
  loggerInstance: logger,
  logController: process.env.FASTIFY_LOG === 'default' ? new LogController() : new OneLine()
}
// All failures of a body in one answer, as the contract wants it.
const checking = { ajv: { customOptions: { allErrors: true } }, bodyLimit: 10 * 1024 * 1024 }

// /echo and /items: the log and the schemas, no plugin.
const plain = Fastify({ ...logging, ...checking })
plain.post('/echo', { schema: { body: Echo, response: { 200: Echo, 400: ValidationError } } }, (request, reply) => {
  reply.send(request.body)
})
plain.post('/items', { schema: { body: Items, response: { 200: ItemsCounted, 400: ValidationError } } }, (request, reply) => {
  reply.send({ count: request.body.length })
})
plain.setErrorHandler(answerError)
await plain.ready()

const others = { '/hello': bare, '/echo': plain, '/items': plain }
const app = Fastify({
  ...logging,
  ...checking,
  serverFactory: (handler) => http.createServer((req, res) => {
    const other = others[req.url]
    if (other !== undefined) other.routing(req, res)
    else handler(req, res)
  })
})
app.server.keepAliveTimeout = env.KEEP_ALIVE_MS
app.setErrorHandler(answerError)

// FILTERS=0 leaves out what ours may run without, too.
if (process.env.FILTERS !== '0') {
  await app.register(fastifyHelmet)
  await app.register(fastifyCors, { origin: env.CORS_ORIGIN, credentials: true })
  await app.register(fastifyRateLimit, { max: env.RATE_LIMIT_MAX, timeWindow: env.RATE_LIMIT_WINDOW_MS })
}
// JWT_CACHE=1000 turns on fast-jwt's cache of verified tokens (off by default).
const verify = { algorithms: ['HS256'], cache: Number(process.env.JWT_CACHE) || false }
await app.register(fastifyJwt, { secret: env.JWT_SECRET, sign: { expiresIn: env.ACCESS_TTL }, verify })
await app.register(fastifyJwt, {
  namespace: 'refresh',
  jwtVerify: 'refreshVerify',
  jwtSign: 'refreshSign',
  secret: env.JWT_REFRESH_SECRET,
  sign: { expiresIn: env.REFRESH_TTL },
  verify: { algorithms: ['HS256'] }
})

app.decorate('authenticate', async (request, reply) => {
  let payload
  try {
    payload = await request.jwtVerify()
  } catch {
    return reply.status(401).send({ error: 'Unauthorized' })
  }
  const user = await users.findForAuth(payload.userId)
  if (!user) return reply.status(401).send({ error: 'User not found' })
  request.user = user
})

app.setNotFoundHandler((request, reply) => {
  reply.status(404).send({ error: 'Route not found' })
})

// Schemas
const BriefUser = Type.Object({ id: Type.String(), name: Type.String(), email: Type.String() })
const IdParams = Type.Object({ id: Type.String() })
const PageQuery = Type.Object({
  page: Type.Integer({ minimum: 1, default: 1 }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 10 })
})
const Page = Type.Object({
  users: Type.Array(User),
  pagination: Type.Object({ page: Type.Integer(), limit: Type.Integer(), total: Type.Integer(), pages: Type.Integer() })
})
const Session = Type.Object({ user: BriefUser, accessToken: Type.String(), refreshToken: Type.String() })

app.get('/health', {
  schema: { response: { 200: Type.Object({ status: Type.String(), timestamp: Type.String() }) } }
}, async () => ({ status: 'ok', timestamp: new Date().toISOString() }))

app.get('/api/users', {
  onRequest: [app.authenticate],
  schema: { querystring: PageQuery, response: { 200: Page, 401: ErrorBody } }
}, async (request) => {
  const { page, limit } = request.query
  const rows = users.page(page, limit)
  const total = users.count()
  return { users: rows, pagination: { page, limit, total, pages: Math.ceil(total / limit) } }
})

app.get('/api/users/me', {
  onRequest: [app.authenticate],
  schema: { response: { 200: Type.Object({ user: User }), 401: ErrorBody } }
}, async (request) => ({ user: request.user }))

app.get('/api/users/:id', {
  onRequest: [app.authenticate],
  onSend: [entityTag],
  schema: {
    params: IdParams,
    querystring: ReadQuery,
    response: { 200: Type.Object({ user: UserDetails }), 400: ValidationError, 401: ErrorBody, 404: ErrorBody }
  }
}, async (request, reply) => {
  const { include, postsLimit } = request.query
  const wanted = includeOf(include)
  const user = await users.find(request.params.id)
  if (!user) return reply.status(404).send({ error: 'User not found' })
  reply.header('Cache-Control', 'no-store')
  if (wanted.profile) user.profile = posts.profileOf(user.id)
  if (wanted.posts) {
    const newest = posts.newestOf(user.id, request.user.id, postsLimit + 1)
    user.postsNext = cutPage(newest, postsLimit)
    user.posts = newest
  }
  return { user }
})

if (posts) await app.register(postRoutes, { posts, users, isForeignKeyViolation })

async function create (body) {
  if (users.findByEmail(body.email)) return null
  const password = await hashPassword(body.password)
  try {
    return users.create({ name: body.name, email: body.email, password })
  } catch (err) {
    if (isUniqueViolation(err)) return null
    throw err
  }
}

function session (user) {
  const payload = { userId: user.id, email: user.email }
  return { user, accessToken: app.jwt.sign(payload), refreshToken: app.jwt.refresh.sign(payload) }
}

app.post('/api/users', {
  schema: { body: CreateUser, response: { 201: Type.Object({ user: User }), 400: ValidationError, 409: ErrorBody } }
}, async (request, reply) => {
  const user = await create(request.body)
  if (!user) return reply.status(409).send({ error: 'User already exists' })
  return reply.status(201).send({ user })
})

app.post('/auth/register', {
  schema: { body: CreateUser, response: { 201: Session, 409: ErrorBody } }
}, async (request, reply) => {
  const user = await create(request.body)
  if (!user) return reply.status(409).send({ error: 'User already exists' })
  return reply.status(201).send(session(user))
})

app.post('/auth/login', {
  schema: {
    body: Type.Object({ email: Type.String({ format: 'email' }), password: Type.String() }),
    response: { 200: Session, 401: ErrorBody }
  }
}, async (request, reply) => {
  const { email, password } = request.body
  const user = users.findByEmail(email)
  if (!user || !(await verifyPassword(password, user.password))) {
    return reply.status(401).send({ error: 'Invalid credentials' })
  }
  return session(user)
})

app.post('/auth/refresh', {
  schema: {
    body: Type.Object({ refreshToken: Type.String() }),
    response: { 200: Type.Object({ accessToken: Type.String() }), 401: ErrorBody }
  }
}, async (request, reply) => {
  try {
    const { userId, email } = app.jwt.refresh.verify(request.body.refreshToken)
    return { accessToken: app.jwt.sign({ userId, email }) }
  } catch {
    return reply.status(401).send({ error: 'Invalid refresh token' })
  }
})

if (posts) {
  const { GRAPHQL_LOADER: loader = 'mercurius', GRAPHQL_JIT: jit = '1' } = process.env
  await app.register(graphqlRoute, { users, posts, loader, jit: jit !== '0' })
}

app.addHook('onClose', async () => users?.close())

await app.listen({ port: env.PORT, host: env.HOST })
console.log(`fastify peer on http://${env.HOST}:${env.PORT}${db ? `, ${durabilityOf(db)}` : ''}`)

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, async () => {
    setTimeout(() => process.exit(0), 2000).unref()
    app.server.closeIdleConnections()
    await app.close()
    process.exit(0)
  })
}
