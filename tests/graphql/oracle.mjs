// SPDX-License-Identifier: Apache-2.0
// node oracle.mjs --shell graphql_engine_shell [--seed N] [--count N] [--only CHECK]
//
// Asks the engine and graphql-js the same and compares. Every file of checks/ exports `run(context)`, which returns
// `{ lines, failures }`: what it counted, and each difference that differences.mjs does not list.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildSchema } from 'graphql';

const folder = new URL('.', import.meta.url);
const { values: options } = parseArgs({
  options: {
    shell: { type: 'string' },
    seed: { type: 'string', default: '13' },
    count: { type: 'string', default: '2400' },
    only: { type: 'string', default: '' },
  },
});
const sdl = readFileSync(new URL('schema.graphql', folder), 'utf8');

// The results of jobs, in their order; each is a line of JSON in and one out. A schema is sent once for all jobs in a row.
function ask(jobs) {
  let last;
  const lines = jobs.map(({ schema, ...job }) => {
    if (schema === undefined || schema === last) return JSON.stringify(job);
    last = schema;
    return JSON.stringify({ ...job, schema });
  });
  const done = spawnSync(options.shell, [], {
    input: lines.map((line) => `${line}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  const results = (done.stdout ?? '').split('\n').filter((line) => line !== '');
  if (done.status !== 0 || results.length !== jobs.length) {
    const job = jobs[results.length] ?? {};
    throw new Error(`the shell ended with ${done.status ?? done.signal ?? done.error} at job ${results.length}: ${done.stderr}\n${JSON.stringify(job)}`);
  }
  return results.map((line) => JSON.parse(line));
}

let failed = 0;
console.log(`seed ${options.seed}`);
for (const file of readdirSync(new URL('checks/', folder)).filter((name) => name.endsWith('.mjs')).sort()) {
  const name = file.slice(0, -'.mjs'.length);
  if (options.only !== '' && options.only !== name) continue;
  const { run } = await import(new URL(`checks/${file}`, folder));
  const begun = Date.now();
  const { lines, failures } = await run({
    ask, sdl, schema: buildSchema(sdl), seed: Number(options.seed), count: Number(options.count),
    written: (path) => readFileSync(new URL(`written/${path}`, folder), 'utf8').split(/^# ----.*\n/m).filter((text) => text.trim() !== ''),
  });
  for (const line of lines) console.log(`${name}: ${line}`);
  for (const failure of failures.slice(0, 10)) console.log(`${name}: DIFFERENCE ${failure}`);
  console.log(`${name}: ${failures.length} differences that are not listed, ${Date.now() - begun} ms`);
  failed += failures.length;
}
process.exit(failed === 0 ? 0 : 1);
