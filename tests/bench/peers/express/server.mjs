// SPDX-License-Identifier: Apache-2.0
// Express peer, laid out as in the guide.
import express from 'express'
import helmet from 'helmet'
import cors from 'cors'
import { rateLimit } from 'express-rate-limit'
import jwt from 'jsonwebtoken'
import { z } from 'zod'
import { env, accessKey, refreshKey } from 'peers-lib/env'
import { logger } from 'peers-lib/log'
import { openDb, openUsers, hashPassword, verifyPassword, isUniqueViolation } from 'peers-lib/db'

const users = openUsers(openDb(env.DB))
const app = express()

// Before any middleware: the framework's minimum.
app.get('/hello', (req, res) => {
  res.json({ hello: 'world' })
})

app.use((req, res, next) => {
  const start = Date.now()
  res.on('finish', () => {
    logger.info({
      method: req.method,
      url: req.originalUrl,
      status: res.statusCode,
      duration: Date.now() - start,
      userAgent: req.get('user-agent'),
      ip: req.ip
    }, 'Request completed')
  })
  next()
})
app.use(helmet())
app.use(cors({ origin: env.CORS_ORIGIN, credentials: true }))
app.use(rateLimit({ windowMs: env.RATE_LIMIT_WINDOW_MS, limit: env.RATE_LIMIT_MAX }))
app.use(express.json({ limit: '10mb' }))
app.use(express.urlencoded({ extended: true }))

const validate = (schema) => (req, res, next) => {
  try {
    req.body = schema.parse(req.body)
    next()
  } catch (err) {
    next(err)
  }
}

const accessToken = (u) => jwt.sign({ userId: u.id, email: u.email }, accessKey, { expiresIn: env.ACCESS_TTL })
const refreshToken = (u) => jwt.sign({ userId: u.id, email: u.email }, refreshKey, { expiresIn: env.REFRESH_TTL })

function authenticate (req, res, next) {
  try {
    const header = req.headers.authorization
    if (!header || !header.startsWith('Bearer ')) {
      return res.status(401).json({ error: 'No token provided' })
    }
    const payload = jwt.verify(header.substring(7), accessKey, { algorithms: ['HS256'] })
    const user = users.findForAuth(payload.userId)
    if (!user) return res.status(401).json({ error: 'User not found' })
    req.userId = user.id
    req.user = user
    next()
  } catch {
    res.status(401).json({ error: 'Invalid token' })
  }
}

const createUserSchema = z.object({
  name: z.string().min(2).max(100),
  email: z.email(),
  password: z.string().min(8)
})
const loginSchema = z.object({ email: z.email(), password: z.string() })
const refreshSchema = z.object({ refreshToken: z.string() })

const api = express.Router()

api.get('/', authenticate, (req, res) => {
  const page = Math.max(parseInt(req.query.page) || 1, 1)
  const limit = Math.min(Math.max(parseInt(req.query.limit) || 10, 1), 100)
  const rows = users.page(page, limit)
  const total = users.count()
  res.json({ users: rows, pagination: { page, limit, total, pages: Math.ceil(total / limit) } })
})

api.get('/me', authenticate, (req, res) => {
  const { id, name, email, createdAt } = req.user
  res.json({ user: { id, name, email, createdAt } })
})

api.get('/:id', authenticate, (req, res) => {
  const user = users.find(req.params.id)
  if (!user) return res.status(404).json({ error: 'User not found' })
  res.json({ user })
})

async function create (body) {
  if (users.findByEmail(body.email)) return null
  const password = await hashPassword(body.password)
  return users.create({ name: body.name, email: body.email, password })
}

api.post('/', validate(createUserSchema), async (req, res) => {
  const user = await create(req.body)
  if (!user) return res.status(409).json({ error: 'User already exists' })
  res.status(201).json({ user })
})

const auth = express.Router()

auth.post('/register', validate(createUserSchema), async (req, res) => {
  const user = await create(req.body)
  if (!user) return res.status(409).json({ error: 'User already exists' })
  const { id, name, email } = user
  res.status(201).json({ user: { id, name, email }, accessToken: accessToken(user), refreshToken: refreshToken(user) })
})

auth.post('/login', validate(loginSchema), async (req, res) => {
  const user = users.findByEmail(req.body.email)
  if (!user || !(await verifyPassword(req.body.password, user.password))) {
    return res.status(401).json({ error: 'Invalid credentials' })
  }
  const { id, name, email } = user
  res.json({ user: { id, name, email }, accessToken: accessToken(user), refreshToken: refreshToken(user) })
})

auth.post('/refresh', validate(refreshSchema), (req, res) => {
  try {
    const payload = jwt.verify(req.body.refreshToken, refreshKey, { algorithms: ['HS256'] })
    res.json({ accessToken: accessToken({ id: payload.userId, email: payload.email }) })
  } catch {
    res.status(401).json({ error: 'Invalid refresh token' })
  }
})

app.use('/api/users', api)
app.use('/auth', auth)

app.get('/health', (req, res) => {
  res.json({ status: 'ok', timestamp: new Date().toISOString() })
})

app.use((req, res) => {
  res.status(404).json({ error: 'Route not found' })
})

app.use((err, req, res, next) => {
  if (err instanceof z.ZodError) {
    return res.status(400).json({ error: 'Validation error', details: err.issues })
  }
  if (isUniqueViolation(err)) return res.status(409).json({ error: 'Resource already exists' })
  if (err.status >= 400 && err.status < 500) return res.status(err.status).json({ error: err.message })
  logger.error({ err }, 'Unhandled error')
  res.status(500).json({ error: 'Internal server error' })
})

const server = app.listen(env.PORT, env.HOST, (err) => {
  if (err) throw err
  console.log(`express peer on http://${env.HOST}:${env.PORT}`)
})
server.keepAliveTimeout = env.KEEP_ALIVE_MS

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => { users.close(); process.exit(0) })
    server.closeIdleConnections()
    setTimeout(() => process.exit(0), 2000).unref()
  })
}
