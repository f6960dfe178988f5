// SPDX-License-Identifier: Apache-2.0
// Validation: the same errors, word for word, with the same locations in the same order.
import { NoSchemaIntrospectionCustomRule, parse, print, specifiedRules, stripIgnoredCharacters, validate } from 'graphql';
import { broken } from '../lib/breakers.mjs';
import { Generator } from '../lib/generator.mjs';
import { Random } from '../lib/random.mjs';
import { validation as listed } from '../differences.mjs';

const leastFailures = 20;
const leastValid = 0.4;

// The rules with each error marked by the rule that reports it.
function marked(rules) {
  return rules.map((rule) => (context) => {
    const marking = Object.create(context, {
      reportError: {
        value: (error) => {
          error.rule = rule.name;
          context.reportError(error);
        },
      },
    });
    return rule(marking);
  });
}

// Another layout of the same document, so that locations are not those of a printer alone.
function laidOut(text, random) {
  switch (random.below(5)) {
    case 0:
      return stripIgnoredCharacters(text);
    case 1:
      return text.includes('"""') ? text : text.replaceAll('\n', '\r\n');
    case 2:
      return `# a comment: é 😀\n\ufeff\t${text}`;
    default:
      return text;
  }
}

export function documents({ schema, seed, count, written }) {
  const random = new Random(seed);
  const generator = new Generator(schema, random);
  const texts = written('validation.graphql').map((text) => ({ text, broken: ['written'] }));
  const names = specifiedRules.map((rule) => rule.name);
  for (let i = 0; texts.length < count; ++i) {
    const valid = generator.document();
    if (i % 2 === 0) {
      texts.push({ text: laidOut(random.chance(0.5) ? valid : print(parse(valid)), random), broken: [] });
      continue;
    }
    const document = JSON.parse(JSON.stringify(parse(valid, { noLocation: true })));
    const applied = broken(document, schema, random, names[((i - 1) / 2) % names.length]);
    texts.push({ text: laidOut(print(document), random), broken: applied });
  }
  return texts;
}

function plain(errors) {
  return errors.map((error) => ({ message: error.message, locations: (error.locations ?? []).map(({ line, column }) => `${line}:${column}`) }));
}

export function run(context) {
  const { ask, sdl, schema } = context;
  const random = new Random(context.seed + 1);
  const all = documents(context).map((one) => ({ ...one, bare: random.chance(0.25) }));
  const results = ask(all.map(({ text, bare }) => ({
    job: 'validate', schema: sdl, document: text, ...(bare ? { suggestions: false, introspection: false } : {}),
  })));
  const counts = Object.fromEntries([...specifiedRules, NoSchemaIntrospectionCustomRule].map((rule) => [rule.name, 0]));
  const listedCounts = Object.fromEntries(listed.map((one) => [one.name, 0]));
  const failures = [];
  let valid = 0;
  all.forEach(({ text, broken: how, bare }, index) => {
    const document = parse(text);
    const rules = marked(bare ? [...specifiedRules, NoSchemaIntrospectionCustomRule] : specifiedRules);
    let theirs;
    try {
      theirs = validate(schema, document, rules, { maxErrors: 50, hideSuggestions: bare });
    } catch (thrown) {
      theirs = [thrown];
    }
    if (theirs.length === 0) ++valid;
    for (const rule of new Set(theirs.map((error) => error.rule))) if (rule) ++counts[rule];
    if (how.length === 0 && theirs.length !== 0 && !bare) failures.push(`the generator made an invalid document: ${theirs[0].message}\n${text}`);
    const ours = results[index].errors;
    if (JSON.stringify(plain(ours)) === JSON.stringify(plain(theirs))) return;
    const known = listed.find((one) => one.is({ text, document, ours: plain(ours), theirs: plain(theirs) }));
    if (known) ++listedCounts[known.name];
    else failures.push(`${how.join(' ')}\n${text}\n  engine:     ${JSON.stringify(plain(ours))}\n  graphql-js: ${JSON.stringify(plain(theirs))}`);
  });
  const lines = [`${all.length} documents, ${valid} of them valid`];
  for (const [rule, count] of Object.entries(counts)) {
    lines.push(`${rule} fails ${count} documents`);
    if (count < leastFailures && context.count >= 2000) failures.push(`${rule} failed ${count} documents only`);
  }
  if (valid < leastValid * all.length) failures.push(`${valid} documents of ${all.length} are valid only`);
  for (const [name, count] of Object.entries(listedCounts)) lines.push(`listed difference, ${count} documents: ${name}`);
  return { lines, failures };
}
