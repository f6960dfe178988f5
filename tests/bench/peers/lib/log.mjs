// SPDX-License-Identifier: Apache-2.0
// pino in its fast production form: asynchronous, buffered, to a file.
import pino from 'pino'
import { env } from './env.mjs'

const destination = pino.destination({ dest: env.LOG_FILE, sync: false, minLength: 4096 })
setInterval(() => destination.flush(), 1000).unref()

export const logger = pino({
  level: env.LOG_LEVEL,
  formatters: { level: (label) => ({ level: label }) }
}, destination)
