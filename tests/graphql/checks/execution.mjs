// SPDX-License-Identifier: Apache-2.0
// Execution over the same derived data: the same response, byte for byte (data, errors with message, locations and path,
// and their order). Introspection likewise.
import {
  execute, getIntrospectionQuery, isEnumType, isInputObjectType, isListType, isNonNullType, parse,
  typeFromAST, validate,
} from 'graphql';
import { execution as listed } from '../differences.mjs';
import { Derived } from '../lib/derived.mjs';
import { Generator } from '../lib/generator.mjs';
import { Random } from '../lib/random.mjs';

const leastWithErrors = 0.3;
const rounds = 8; // of the documents written by hand, each with variables of its own

// A JSON value for a variable; of another kind now and then.
function given(type, random, depth = 0) {
  if (random.chance(0.01)) return random.of([null, 'wrong', 1.5, true, {}, [[]]]);
  if (isNonNullType(type)) return given(type.ofType, random, depth);
  if (random.chance(0.1) && depth === 0) return null;
  if (isListType(type)) return random.chance(0.2) ? given(type.ofType, random, 3) : Array.from({ length: random.below(3) }, () => given(type.ofType, random, depth + 1));
  if (isEnumType(type)) return random.of(type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    if (type.isOneOf) {
      const field = random.of(fields);
      return { [field.name]: given(field.type, random, depth + 1) };
    }
    const some = fields.filter((field) => (isNonNullType(field.type) && field.defaultValue === undefined) || random.chance(depth > 1 ? 0.1 : 0.4));
    return Object.fromEntries(some.map((field) => [field.name, given(field.type, random, depth + 1)]));
  }
  switch (type.name) {
    case 'Int':
      return random.below(100);
    case 'Float':
      return random.of([0, 1.5, -2, 1e21]);
    case 'Boolean':
      return random.chance(0.5);
    case 'ID':
      return random.of(['id', 7]);
    default:
      return random.of(['text', 'ü "x"\n']);
  }
}

export function variablesOf(schema, operation, random) {
  const values = {};
  for (const { variable, type, defaultValue } of operation.variableDefinitions ?? []) {
    const declared = typeFromAST(schema, type);
    if ((!isNonNullType(declared) || defaultValue) && random.chance(0.3)) continue;
    values[variable.name.value] = given(declared, random);
  }
  return values;
}

export function run({ ask, sdl, schema, seed, count, written }) {
  const random = new Random(seed + 2);
  const generator = new Generator(schema, random);
  const derived = new Derived(schema);
  const jobs = [];
  const byHand = written('execution.graphql');
  const texts = [...Array.from({ length: rounds }, () => byHand).flat(), getIntrospectionQuery({
    schemaDescription: true, specifiedByUrl: true, directiveIsRepeatable: true, inputValueDeprecation: true, oneOf: true,
  })];
  while (texts.length < count) texts.push(generator.document());
  for (const text of texts) {
    const document = parse(text);
    const operations = document.definitions.filter((one) => one.kind === 'OperationDefinition');
    const operation = random.of(operations);
    const name = operation.name?.value ?? '';
    jobs.push({ job: 'execute', schema: sdl, document: text, operation: operations.length > 1 ? name : '', variables: variablesOf(schema, operation, random) });
  }
  const results = ask(jobs.map((job) => ({ ...job, variables: JSON.stringify(job.variables) })));
  const failures = [];
  const counts = { whole: 0, withErrors: 0, withoutData: 0, variables: 0, errors: 0, bytes: 0 };
  const listedCounts = Object.fromEntries(listed.map((one) => [one.name, 0]));
  const messages = new Map();
  jobs.forEach((job, index) => {
    const document = parse(job.document);
    const invalid = validate(schema, document);
    if (invalid.length !== 0) {
      failures.push(`not valid: ${invalid[0].message}\n${job.document}`);
      return;
    }
    const response = execute({
      schema, document, rootValue: { handle: 1 }, variableValues: job.variables, operationName: job.operation || undefined, fieldResolver: derived.resolver(),
    });
    const theirs = JSON.stringify(response);
    counts.bytes += theirs.length;
    counts.errors += response.errors?.length ?? 0;
    if (response.errors === undefined) ++counts.whole;
    else if (response.data === undefined) ++counts.variables;
    else if (response.data === null) ++counts.withoutData;
    else ++counts.withErrors;
    for (const error of response.errors ?? []) {
      const kind = error.message.replace(/"[^"]*"/g, '…').replace(/-?\b[0-9][0-9.e+]*|(for non-nullable field) .*|(value:?) .*/g, '$1$2…');
      if (response.data !== undefined) messages.set(kind, (messages.get(kind) ?? 0) + 1);
    }
    const ours = results[index].text;
    if (ours === theirs) return;
    const known = listed.find((one) => one.is({ job, ours, theirs }));
    if (known) {
      ++listedCounts[known.name];
      return;
    }
    let at = 0;
    while (ours[at] === theirs[at]) ++at;
    failures.push(`${job.document}\n  ${JSON.stringify(job.variables)}\n  at byte ${at}\n  engine:     ${ours.slice(Math.max(0, at - 200), at + 200)}\n  graphql-js: ${theirs.slice(Math.max(0, at - 200), at + 200)}`);
  });
  const lines = [
    `${jobs.length} operations, ${counts.bytes} bytes: ${counts.whole} without errors, ${counts.withErrors} with errors and data, `
    + `${counts.withoutData} whose data are null, ${counts.variables} whose variables are refused; ${counts.errors} errors`,
    ...[...messages].sort((a, b) => b[1] - a[1]).slice(0, 16).map(([kind, times]) => `${times} × ${kind}`),
    ...Object.entries(listedCounts).map(([name, times]) => `listed difference, ${times} operations: ${name}`),
  ];
  if (counts.withErrors < leastWithErrors * jobs.length / 2) failures.push(`${counts.withErrors} operations have errors and data only`);
  return { lines, failures };
}
