// SPDX-License-Identifier: Apache-2.0
// Schemas of SDL: the same messages of the rules of SDL and of schemas, and the same text when a sound one is printed.
import { buildASTSchema, parse, printSchema, validateSchema } from 'graphql';
import { validateSDL } from 'graphql/validation/validate.js';
import { Random } from '../lib/random.mjs';
import { schemaBreakers } from '../lib/schema_breakers.mjs';
import { SchemaGenerator, sdlOf } from '../lib/schema_generator.mjs';
import { schemas as listed } from '../differences.mjs';

const leastSchemas = 1000;
const leastFaults = 3;

// A message without the names in it.
function classOf(message) {
  return message.replace(/ Did you mean .*/, '').replace(/"[^"]*"/g, '"…"').replace(/@?\b[A-Za-z_]+\d*(\.\w+)?(\(\w*:\))?(?=[ ,.]|$)/g, (word) => (/[A-Z\d_.(@]/.test(word.slice(1)) || /^[A-Z]\d/.test(word) ? '…' : word));
}

function theirsOf(sdl) {
  let schema;
  try {
    const document = parse(sdl);
    const ofDocument = validateSDL(document);
    if (ofDocument.length !== 0) return { errors: ofDocument };
    schema = buildASTSchema(document, { assumeValidSDL: true });
  } catch (thrown) {
    return { errors: [thrown] };
  }
  const errors = validateSchema(schema);
  return errors.length === 0 ? { errors, printed: printSchema(schema) } : { errors };
}

export function run({ ask, seed, count, written }) {
  const random = new Random(seed + 2);
  const generator = new SchemaGenerator(random);
  const names = Object.keys(schemaBreakers);
  const all = [];
  const broken = Object.fromEntries(names.map((name) => [name, 0]));
  for (let i = 0; i < Math.max(leastSchemas, count / 2); ++i) {
    const model = generator.model();
    let how = '';
    if (i % 2 === 1) {
      how = names[((i - 1) / 2) % names.length];
      if (schemaBreakers[how]({ model, random }) === false) how = '';
    }
    all.push({ sdl: sdlOf(model, random), how });
  }
  for (const sdl of written('schemas.graphql')) all.push({ sdl, how: 'written' });
  const results = ask(all.map(({ sdl }) => ({ job: 'print_schema', schema: sdl })));
  const listedCounts = Object.fromEntries(listed.map((one) => [one.name, 0]));
  const classes = new Map();
  const failures = [];
  let sound = 0;
  all.forEach(({ sdl, how }, index) => {
    const theirs = theirsOf(sdl);
    const ours = results[index];
    if (theirs.errors.length === 0) ++sound;
    else if (how in broken) ++broken[how];
    const messages = (errors) => errors.map(({ message }) => message).sort();
    const pair = { sdl, how, ours: messages(ours.errors), theirs: messages(theirs.errors), oursPrinted: ours.printed, theirsPrinted: theirs.printed };
    for (const name of new Set(pair.theirs.map(classOf))) classes.set(name, (classes.get(name) ?? 0) + 1);
    if (how === '' && theirs.errors.length !== 0) failures.push(`the generator made a faulty schema: ${pair.theirs[0]}\n${sdl}`);
    const isSame = JSON.stringify(pair.ours) === JSON.stringify(pair.theirs) && ours.printed === theirs.printed;
    if (isSame) return;
    const known = listed.find((one) => one.is(pair));
    if (known) ++listedCounts[known.name];
    else failures.push(`${how}\n${sdl}\n  engine:     ${JSON.stringify(pair.ours)}\n${ours.printed}\n  graphql-js: ${JSON.stringify(pair.theirs)}\n${theirs.printed}`);
  });
  const lines = [`${all.length} schemas, ${sound} of them sound`];
  for (const [name, times] of Object.entries(broken)) {
    lines.push(`${name}: ${times} schemas`);
    if (times < leastFaults && name !== 'default that does not fit') failures.push(`${name}: ${times} schemas only`);
  }
  lines.push(`${classes.size} classes of messages`);
  for (const [name, times] of Object.entries(listedCounts)) lines.push(`listed difference, ${times} schemas: ${name}`);
  return { lines, failures };
}
