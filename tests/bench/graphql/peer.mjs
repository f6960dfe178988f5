// SPDX-License-Identifier: Apache-2.0
// Times graphql-js and graphql-jit by the same lines as bench_graphql.cpp.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { buildSchema, parse, validate } from 'graphql';
import { compileQuery } from 'graphql-jit';

const folder = new URL('.', import.meta.url);
const schema = buildSchema(readFileSync(new URL('schema.graphql', folder), 'utf8'));
const query = readFileSync(new URL('query.graphql', folder), 'utf8');
const small = '{ user { id name email } }';
const root = { user: { id: 42, name: 'Ada Lovelace', email: 'ada@example.org' } };

const compiled = compileQuery(schema, parse(small));
const cache = new Map([[small, compiled]]);

const works = {
  prepare() {
    if (validate(schema, parse(query)).length !== 0) throw new Error('the query is not valid');
  },
  execute: () => JSON.stringify(compiled.query(root, undefined, {})),
  serve: () => JSON.stringify(cache.get(small).query(root, undefined, {})),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [what, count] = line.split(' ');
  if (what === 'text') {
    console.log(works.serve());
    continue;
  }
  const work = works[what];
  let bytes = 0;
  const start = process.hrtime.bigint();
  for (let i = Number(count); i > 0; --i) bytes += work()?.length ?? 0;
  const took = Number(process.hrtime.bigint() - start);
  if (what !== 'prepare' && bytes === 0) throw new Error('nothing was written');
  console.log(took / Number(count));
}
