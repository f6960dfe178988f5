// SPDX-License-Identifier: Apache-2.0
// Variables as they come with a request, and the arguments made of them and of literals: the same values, or the same
// errors word for word and at the same places.
import { isDeepStrictEqual } from 'node:util';
import { buildSchema, getArgumentValues, getVariableValues, parse, parseType, parseValue, typeFromAST, valueFromAST } from 'graphql';
import { Random } from '../lib/random.mjs';
import { coercion as listed } from '../differences.mjs';

const leastOperations = 2000;
const leastShare = 0.2; // of operations that fit, and of those that do not
const types = ['Int', 'Int!', 'Float', 'String', 'Boolean!', 'ID', 'ID!', 'Level', 'Level!', 'Anything', '[Int]', '[Int!]!', '[[Float!]]', '[ID]', '[Level!]', 'Point', 'Point!',
  '[Point!]', '[[Point]!]!', 'Choice', 'Choice!', '[Choice]', 'Tree', 'Tree!', '[Anything!]', 'Boolean'];
const defaults = { Int: '3', Level: 'HIGH', Point: '{x: 1}', '[Int]': '5', 'Int!': '4', Tree: '{}', ID: '7' };
const sdl = `
  scalar Anything
  enum Level { LOW MIDDLE HIGH }
  input Point { x: Float! y: Float = 2.5 label: String level: Level! = LOW inner: Point }
  input Choice @oneOf { a: Int b: String point: Point list: [Int!] }
  input Tree { left: Tree right: Tree leaf: Int! = 0 leaves: [Int!] = [1] choice: Choice }
  input Unused { a: Int }
  type Out { a: Int }
  type Query {
    ${types.map((type, index) => `f${index}(value: ${type}${index % 2 === 0 && defaults[type] ? ` = ${defaults[type]}` : ''}): Int`).join('\n    ')}
  }`;
const numbers = ['0', '1', '-7', '2147483647', '2147483648', '-2147483649', '1.5', '1.0', '1e3', '1e50', '-0.5', '9007199254740993', '1e21', '0.0000001'];
const texts = ['', 'x', 'LOW', 'LOWW', 'low', '5', 'a "quoted"\n\ttext\\', 'ünïcode 😀', '\u0007\u007f'];
const unknown = ['z', 'lable', 'Y', 'inne', 'lef', 'aa', '__proto', '😀', ''];

class Values {
  constructor(schema, random) {
    this.schema = schema;
    this.random = random;
  }

  // JSON text of a value; now and then one that does not fit.
  json(type, depth = 0) {
    const { random } = this;
    if (random.chance(0.04)) return this.anyJson(depth);
    if (type.endsWith('!')) return this.json(type.slice(0, -1), depth);
    if (random.chance(0.06)) return 'null';
    if (type.startsWith('[')) {
      const item = type.slice(1, -1);
      if (random.chance(0.15)) return this.json(item, depth + 1);
      return `[${Array.from({ length: random.chance(0.05) ? 12 : random.below(4) }, () => this.json(item, depth + 1)).join(',')}]`;
    }
    const wanted = this.schema.getType(type);
    if (wanted.getFields) {
      const fields = Object.values(wanted.getFields());
      const given = wanted.isOneOf && random.chance(0.85) ? [random.of(fields)]
        : fields.filter((field) => random.chance(String(field.type).endsWith('!') ? 0.92 : depth > 3 ? 0.1 : 0.4));
      const members = given.map((field) => `${JSON.stringify(field.name)}:${this.json(String(field.type), depth + 1)}`);
      if (random.chance(0.05)) members.splice(random.below(members.length + 1), 0, `${JSON.stringify(random.of(unknown))}:${this.anyJson(depth + 2)}`);
      return `{${members.join(',')}}`;
    }
    if (wanted.getValues) return JSON.stringify(random.of(['LOW', 'MIDDLE', 'HIGH']));
    switch (type) {
      case 'Int':
        return random.of(['0', '5', '-3', '2147483647', '7.0']);
      case 'Float':
        return random.of(numbers);
      case 'Boolean':
        return random.of(['true', 'false']);
      case 'ID':
        return random.of(['"a"', '12', '"007"', '-5', '3.0']);
      case 'String':
        return JSON.stringify(random.of(texts));
      default:
        return this.anyJson(depth);
    }
  }

  anyJson(depth) {
    const { random } = this;
    const kind = random.below(depth > 4 ? 4 : 6);
    if (kind === 0) return random.of(numbers);
    if (kind === 1) return JSON.stringify(random.of(texts));
    if (kind === 2) return random.of(['true', 'false']);
    if (kind === 3) return 'null';
    if (kind === 4) return `[${Array.from({ length: random.below(4) }, () => this.anyJson(depth + 1)).join(',')}]`;
    return `{${this.names(random.below(3)).map((name) => `${JSON.stringify(name)}:${this.anyJson(depth + 1)}`).join(',')}}`;
  }

  names(count) {
    return [...new Set(Array.from({ length: count }, () => this.random.of(['a', 'b', 'x', 'label', 'ключ'])))];
  }

  // A constant that fits, which validation sees to where it is a default.
  fitting(type) {
    for (;;) {
      const text = this.literal(type, []);
      if (valueFromAST(parseValue(text), typeFromAST(this.schema, parseType(type))) !== undefined) return text;
    }
  }

  // A literal; `variables` may stand in it.
  literal(type, variables, depth = 0) {
    const { random } = this;
    if (variables.length !== 0 && random.chance(depth === 0 ? 0.45 : 0.15)) {
      const same = variables.filter((one) => one.type === type);
      return `$${random.of(same.length !== 0 && random.chance(0.8) ? same : variables).name}`;
    }
    if (random.chance(0.03)) return random.of(['1', '1.5', '"x"', 'true', 'null', 'LOW', 'LOWW', '[]', '[1]', '{}', '{x: 1}', '{a: 1, b: "c"}', '99999999999', '1e400', '"""b"""']);
    if (type.endsWith('!')) return this.literal(type.slice(0, -1), variables, depth + 0.5);
    if (random.chance(0.05)) return 'null';
    if (type.startsWith('[')) {
      const item = type.slice(1, -1);
      if (random.chance(0.2)) return this.literal(item, variables, depth + 1);
      return `[${Array.from({ length: random.below(4) }, () => this.literal(item, variables, depth + 1)).join(', ')}]`;
    }
    const wanted = this.schema.getType(type);
    if (wanted.getFields) {
      const fields = Object.values(wanted.getFields());
      const given = wanted.isOneOf && random.chance(0.85) ? [random.of(fields)]
        : fields.filter((field) => random.chance(String(field.type).endsWith('!') ? 0.92 : depth > 3 ? 0.1 : 0.4));
      const members = given.map((field) => `${field.name}: ${this.literal(String(field.type), variables, depth + 1)}`);
      if (random.chance(0.03)) members.push('other: 1');
      return `{${members.join(', ')}}`;
    }
    if (wanted.getValues) return random.of(['LOW', 'MIDDLE', 'HIGH']);
    switch (type) {
      case 'Int':
        return random.of(['0', '5', '-3', '2147483647']);
      case 'Float':
        return random.of(['0', '1.5', '-2.50', '1e50', '1E-7', '123456789012345678901234', '1e-400']);
      case 'Boolean':
        return random.of(['true', 'false']);
      case 'ID':
        return random.of(['"a"', '12', '"007"', '-5', '99999999999999999999']);
      case 'String':
        return random.of(['""', '"x"', '"\\u00e9 \\n\\"\\\\ \\u{1F600}"', '"""\n  block\n    text\n"""']);
      default:
        return random.of(['1', '1.5', '"x"', 'WORD', 'true', '[1, [WORD]]', '{a: [1, "x"], b: {c: null}}']);
    }
  }
}

function operationOf(random, values) {
  const variables = Array.from({ length: random.below(4) }, (_, index) => ({ name: `v${index}`, type: random.of(types) }));
  for (const one of variables) {
    if (random.chance(0.03)) one.type = random.of(['Out', '[Query!]', 'Nothing', 'Unuse']);
    else if (random.chance(0.2)) one.initial = values.fitting(one.type);
  }
  const definitions = variables.map(({ name, type, initial }) => `$${name}: ${type}${initial === undefined ? '' : ` = ${initial}`}`);
  const fields = Array.from({ length: 1 + random.below(3) }, (_, index) => {
    const at = random.below(types.length);
    const given = random.chance(0.9) ? `(value: ${values.literal(types[at], variables)})` : '';
    return `a${index}: f${at}${given}`;
  });
  const members = [];
  for (const { name, type } of variables) {
    const known = values.schema.getType(type.replace(/[[\]!]/g, ''))?.getInterfaces === undefined && !/Nothing|Unuse/.test(type);
    if (random.chance(0.85)) members.push(`${JSON.stringify(name)}:${known ? values.json(type) : '1'}`);
  }
  return {
    document: `query${definitions.length === 0 ? '' : ` (${definitions.join(', ')})`} {\n  ${fields.join('\n  ')}\n}`,
    variables: `{${members.join(',')}}`,
    suggestions: random.chance(0.9),
  };
}

function plain(errors) {
  return errors.map(({ message, locations }) => ({ message, locations: (locations ?? []).map(({ line, column }) => ({ line, column })) }));
}

// Without what no JSON has: prototypes, undefined members, and Infinity, which becomes a word.
function jsonOf(value) {
  return JSON.parse(JSON.stringify(value, (_, one) => (one === Infinity ? 'beyond' : one)));
}

function theirsOf(schema, { document, variables, suggestions }) {
  const operation = parse(document).definitions[0];
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions, JSON.parse(variables), { maxErrors: 50, hideSuggestions: !suggestions });
  if (errors) return { errors: plain(errors) };
  const fields = schema.getQueryType().getFields();
  const args = operation.selectionSet.selections.map((node) => {
    try {
      return jsonOf(getArgumentValues(fields[node.name.value], node, coerced));
    } catch (thrown) {
      return { errors: plain([thrown]) };
    }
  });
  return { errors: [], variables: jsonOf(coerced), arguments: args };
}

function oursOf({ errors, variables, arguments: args }) {
  if (variables === undefined) return { errors: plain(errors) };
  return {
    errors: plain(errors),
    variables: JSON.parse(variables),
    arguments: args.map((one) => (typeof one === 'string' ? JSON.parse(one) : { errors: plain(one.errors) })),
  };
}

export function run({ ask, seed, count }) {
  const random = new Random(seed + 3);
  const schema = buildSchema(sdl);
  const values = new Values(schema, random);
  const all = Array.from({ length: Math.max(leastOperations, count) }, () => operationOf(random, values));
  const results = ask(all.map((one) => ({ job: 'coerce', schema: sdl, ...one })));
  const listedCounts = Object.fromEntries(listed.map((one) => [one.name, 0]));
  const counts = { variables: 0, 'variables do not fit': 0, arguments: 0, 'arguments do not fit': 0 };
  const failures = [];
  all.forEach((one, index) => {
    const theirs = theirsOf(schema, one);
    const ours = oursOf(results[index]);
    ++counts[theirs.errors.length === 0 ? 'variables' : 'variables do not fit'];
    for (const args of theirs.arguments ?? []) ++counts[args.errors ? 'arguments do not fit' : 'arguments'];
    if (isDeepStrictEqual(ours, theirs)) return;
    const rounded = oursOf(JSON.parse(JSON.stringify(results[index]).replaceAll('9007199254740993', '9007199254740992')));
    const known = listed.find((difference) => difference.is({ ours, theirs, isWide: isDeepStrictEqual(rounded, theirs) }));
    if (known) ++listedCounts[known.name];
    else failures.push(`${one.document}\n${one.variables}\n  engine:     ${JSON.stringify(ours)}\n  graphql-js: ${JSON.stringify(theirs)}`);
  });
  const lines = [`${all.length} operations`, ...Object.entries(counts).map(([name, times]) => `${name}: ${times}`)];
  for (const name of ['variables', 'variables do not fit']) if (counts[name] < leastShare * all.length) failures.push(`${name}: ${counts[name]} operations only`);
  for (const [name, times] of Object.entries(listedCounts)) lines.push(`listed difference, ${times} operations: ${name}`);
  return { lines, failures };
}
