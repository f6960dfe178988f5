// SPDX-License-Identifier: Apache-2.0
// usage: decode.mjs FILE [RUNS]
// What POST /items costs inside of Fastify, apart: the body as a string, Fastify's own JSON parser, the compiled schema.
// Prints one line of JSON with MB/s (10^6 bytes) at the median of the runs, each part and together.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Items } from './schemas.mjs'

const require = createRequire(import.meta.url)
const fastify = createRequire(require.resolve('fastify'))
const { parse } = fastify('secure-json-parse')
const buildAjv = fastify('@fastify/ajv-compiler')

const [file, runs = '60'] = process.argv.slice(2)
const body = readFileSync(file)
const validate = buildAjv()({}, { customOptions: { allErrors: true } })({ schema: Items })
const samples = { text: [], parse: [], validate: [], together: [] }
for (let run = -10; run < Number(runs); run++) { // the first ten warm up
  const begin = process.hrtime.bigint()
  const text = body.toString('utf8')
  const read = process.hrtime.bigint()
  const items = parse(text, { protoAction: 'error', constructorAction: 'error' })
  const parsed = process.hrtime.bigint()
  if (!validate(items)) throw new Error('the array does not pass its schema')
  const end = process.hrtime.bigint()
  if (run < 0) continue
  samples.text.push(Number(read - begin))
  samples.parse.push(Number(parsed - read))
  samples.validate.push(Number(end - parsed))
  samples.together.push(Number(end - begin))
}
const rate = (list) => {
  const sorted = list.sort((a, b) => a - b)
  return Math.round(body.length * 1e4 / sorted[sorted.length >> 1]) / 10
}
console.log(JSON.stringify(Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, rate(list)]))))
