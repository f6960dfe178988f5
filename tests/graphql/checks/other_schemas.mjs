// SPDX-License-Identifier: Apache-2.0
// Validation and execution over random schemas, which have what schema.graphql does not: roots that are missing or the
// same type, interfaces that nothing implements, names that are words of the language. The same errors and responses.
import { buildSchema, execute, parse, print, specifiedRules, validate } from 'graphql';
import { broken } from '../lib/breakers.mjs';
import { Derived } from '../lib/derived.mjs';
import { Generator } from '../lib/generator.mjs';
import { Random } from '../lib/random.mjs';
import { SchemaGenerator, sdlOf } from '../lib/schema_generator.mjs';
import { variablesOf } from './execution.mjs';
import { execution as listedResponses, validation as listedErrors } from '../differences.mjs';

const share = 40; // of the oracle's count
const documentsOfSchema = 20;
const leastExecuted = 0.3;

function plain(errors) {
  return errors.map((error) => ({ message: error.message, locations: (error.locations ?? []).map(({ line, column }) => `${line}:${column}`) }));
}

// What is broken by a name that is none does not parse, and is left out.
function doesParse(text) {
  try {
    return parse(text) !== undefined;
  } catch {
    return false;
  }
}

function documentsOf(schema, random) {
  const generator = new Generator(schema, random);
  return Array.from({ length: documentsOfSchema }, (_, i) => {
    const document = JSON.parse(JSON.stringify(parse(generator.document(), { noLocation: true })));
    if (i % 2 === 1) broken(document, schema, random, random.of(specifiedRules).name);
    return print(document);
  }).filter(doesParse);
}

// The job of executing one of a document's operations.
function executionOf(one, random) {
  const operations = parse(one.text).definitions.filter(({ kind }) => kind === 'OperationDefinition');
  const operation = random.of(operations);
  return {
    ...one, operation: operations.length > 1 ? operation.name.value : '', variables: variablesOf(one.schema, operation, random),
  };
}

function theirResponse({ schema, text, operation, variables }) {
  const response = execute({
    schema, document: parse(text), rootValue: { handle: 1 }, variableValues: variables, operationName: operation || undefined,
    fieldResolver: new Derived(schema).resolver(),
  });
  return JSON.stringify(response);
}

export function run({ ask, seed, count }) {
  const random = new Random(seed + 5);
  const schemas = new SchemaGenerator(random);
  const all = Array.from({ length: Math.ceil(count / share) }, () => sdlOf(schemas.model(), random)).flatMap((sdl) => {
    const schema = buildSchema(sdl);
    return documentsOf(schema, random).map((text) => ({ sdl, schema, text }));
  });
  const failures = [];
  const valid = [];
  let known = 0;
  const validated = ask(all.map(({ sdl, text }) => ({ job: 'validate', schema: sdl, document: text })));
  all.forEach((one, index) => {
    const document = parse(one.text);
    const theirs = plain(validate(one.schema, document, specifiedRules, { maxErrors: 50 }));
    const ours = plain(validated[index].errors);
    if (theirs.length === 0) valid.push(one);
    if (JSON.stringify(ours) === JSON.stringify(theirs)) return;
    if (listedErrors.some(({ is }) => is({ text: one.text, document, ours, theirs }))) ++known;
    else failures.push(`${one.text}\n  engine:     ${JSON.stringify(ours)}\n  graphql-js: ${JSON.stringify(theirs)}\n${one.sdl}`);
  });
  const jobs = valid.map((one) => executionOf(one, random));
  const executed = ask(jobs.map(({ sdl, text, operation, variables }) => ({
    job: 'execute', schema: sdl, document: text, operation, variables: JSON.stringify(variables),
  })));
  jobs.forEach((one, index) => {
    const theirs = theirResponse(one);
    const ours = executed[index].text;
    if (ours === theirs) return;
    if (listedResponses.some(({ is }) => is({ job: one, ours, theirs }))) ++known;
    else failures.push(`${one.text}\n${JSON.stringify(one.variables)}\n  engine:     ${ours}\n  graphql-js: ${theirs}\n${one.sdl}`);
  });
  if (jobs.length < leastExecuted * all.length) failures.push(`${jobs.length} documents of ${all.length} are executed only`);
  return { lines: [`${all.length} documents, ${jobs.length} of them executed, ${known} with listed differences`], failures };
}
