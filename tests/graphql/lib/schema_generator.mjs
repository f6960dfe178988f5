// SPDX-License-Identifier: Apache-2.0
// Random schemas as a model, `sdlOf` as SDL. Sound by construction: an object implements copies of its interfaces'
// fields, and a non-null input field names only an input that stands before it.
import { Kind, print } from 'graphql';
import { isPrintableAsBlockString } from 'graphql/language/blockString.js';

export const locations = ['SCHEMA', 'SCALAR', 'OBJECT', 'FIELD_DEFINITION', 'ARGUMENT_DEFINITION', 'INTERFACE', 'UNION', 'ENUM', 'ENUM_VALUE', 'INPUT_OBJECT',
  'INPUT_FIELD_DEFINITION'];
const executable = ['QUERY', 'MUTATION', 'FIELD', 'FRAGMENT_SPREAD', 'INLINE_FRAGMENT', 'VARIABLE_DEFINITION'];
const words = ['name', 'title', 'size', 'first', 'after', 'text', 'level', 'author', 'tags', 'score', 'near', 'since', 'url', 'body', 'on', 'type', 'input', 'query'];
const texts = ['short', 'Two words', '', ' ', ' leads', 'trails ', 'ends with "', 'ends with \\', '"""', 'a """ within', 'one\ntwo', 'one\n\n  two\n three', '  both\n  indented',
  '\nbegins with a break', 'ends with a break\n', 'tab\there', 'bell \u0007', 'delete \u007f and \u0085', 'ünïcode 😀 \u2028', 'carriage\rreturn', '"quoted"',
  'A description that is far longer than the seventy characters that fit one line of a block string.'];

export class SchemaGenerator {
  constructor(random) {
    this.random = random;
  }

  model() {
    const { random } = this;
    this.types = [];
    this.inputs = [];
    this.enums = [];
    this.scalars = ['Int', 'Float', 'String', 'Boolean', 'ID'];
    this.serial = 0;
    const model = { types: this.types, directives: [], roots: null, description: undefined };
    this.directives = model.directives;
    for (let i = random.below(3); i > 0; --i) this.add('scalar', { url: random.chance(0.5) ? random.of(texts) : undefined });
    for (let i = 1 + random.below(2); i > 0; --i) this.add('enum', { values: this.named(1 + random.below(4), (name) => ({ name: name.toUpperCase() })) });
    for (let i = 1 + random.below(3); i > 0; --i) this.addInput();
    for (let i = random.below(3); i > 0; --i) this.addDirective();
    const interfaces = [];
    for (let i = 1 + random.below(3); i > 0; --i) interfaces.push(this.addComposite('interface', interfaces));
    const objects = [];
    for (let i = 2 + random.below(4); i > 0; --i) objects.push(this.addComposite('type', interfaces));
    for (let i = 1 + random.below(2); i > 0; --i) this.add('union', { members: this.some(objects).map((type) => type.name) });
    // Fields of types made before may name all that came after.
    for (const type of [...interfaces, ...objects]) {
      const part = { name: `late${type.name}`, type: this.wrapped(random.of([...interfaces, ...objects, ...this.types.filter(({ kind }) => kind === 'union')]).name), args: [] };
      type.fields.push(part);
      for (const other of this.types) {
        if (other !== type && other.interfaces?.includes(type.name)) other.fields.push({ ...part, args: [] });
      }
    }
    this.addRoots(model, objects);
    for (const type of this.types) this.mark(type, type.kind === 'type' ? 'OBJECT' : type.kind === 'input' ? 'INPUT_OBJECT' : type.kind.toUpperCase());
    for (let i = this.types.length - 1; i > 0; --i) {
      const j = random.below(i + 1);
      [this.types[i], this.types[j]] = [this.types[j], this.types[i]];
    }
    return model;
  }

  addRoots(model, objects) {
    const { random } = this;
    const first = random.of(objects);
    if (random.chance(0.6)) {
      this.rename(model, first, 'Query');
      if (random.chance(0.4)) this.rename(model, random.of(objects.filter((type) => type !== first)), 'Mutation');
      if (random.chance(0.4)) model.roots = { query: 'Query' };
    } else {
      model.roots = { query: first.name };
    }
    if (!model.roots) return;
    if (random.chance(0.5)) model.roots.mutation = random.of(objects).name;
    if (random.chance(0.3)) model.roots.subscription = random.of(objects).name;
    model.description = this.description();
    model.marks = this.marksFor('SCHEMA');
  }

  rename(model, type, name) {
    const old = type.name;
    const fix = (text) => text.replace(new RegExp(`\\b${old}\\b`), name);
    type.name = name;
    for (const other of model.types) {
      for (const field of other.fields ?? []) field.type = fix(field.type);
      if (other.members) other.members = other.members.map((member) => (member === old ? name : member));
    }
  }

  add(kind, parts) {
    const type = { kind, name: `${kind[0].toUpperCase()}${this.serial++}`, description: this.description(), ...parts };
    this.types.push(type);
    if (kind === 'scalar') this.scalars.push(type.name);
    if (kind === 'enum') {
      this.enums.push(type);
      for (const value of type.values) Object.assign(value, { description: this.description(), deprecated: this.deprecated(), marks: this.marksFor('ENUM_VALUE') });
    }
    return type;
  }

  addInput() {
    const { random } = this;
    const oneOf = random.chance(0.25);
    const fields = this.named(1 + random.below(4), (name) => {
      const type = oneOf ? this.inputType(0.6).replace(/!$/, '') : this.inputType(0.6);
      return this.inputValue(name, type, oneOf, 'INPUT_FIELD_DEFINITION');
    });
    this.inputs.push(this.add('input', { fields, oneOf }));
  }

  addDirective() {
    const { random } = this;
    const places = [...this.some(locations), ...this.some(executable)];
    const args = this.named(random.below(3), (name) => this.inputValue(name, random.chance(0.3) ? `${random.of(this.scalars)}!` : random.of(this.scalars), false, ''));
    this.directives.push({ name: `mark${this.serial++}`, description: this.description(), args, repeatable: random.chance(0.3), locations: places });
  }

  addComposite(kind, interfaces) {
    const { random } = this;
    const chosen = new Set(random.chance(0.6) && interfaces.length !== 0 ? this.some(interfaces) : []);
    for (const one of [...chosen]) for (const name of one.interfaces) chosen.add(interfaces.find((other) => other.name === name));
    const fields = new Map();
    for (const one of chosen) {
      for (const field of one.fields) {
        const { args } = field;
        const before = fields.get(field.name);
        if (before && field.type.endsWith('!')) before.type = field.type;
        if (!before) fields.set(field.name, { ...field, args: args.map((arg) => ({ ...arg })), type: random.chance(0.2) && !field.type.endsWith('!') ? `${field.type}!` : field.type });
      }
    }
    for (const field of this.named(1 + random.below(3), (name) => this.fieldOf(`${name}${this.serial}`, this.wrapped(random.of([...this.scalars, ...this.enums.map(({ name: one }) => one)]))))) {
      fields.set(field.name, field);
    }
    return this.add(kind, { interfaces: [...chosen].map((one) => one.name), fields: [...fields.values()] });
  }

  fieldOf(name, type) {
    const args = this.random.chance(0.4) ? this.named(1 + this.random.below(3), (one) => this.inputValue(one, this.inputType(0.4), false, 'ARGUMENT_DEFINITION')) : [];
    return { name, type, args, description: this.description(), deprecated: this.deprecated(), marks: this.marksFor('FIELD_DEFINITION') };
  }

  inputType(named) {
    const { random } = this;
    return this.wrapped(random.chance(named) ? random.of(this.scalars) : random.of([...this.enums, ...this.inputs, ...this.enums]).name);
  }

  wrapped(name) {
    let text = name;
    while (this.random.chance(0.25)) text = this.random.chance(0.4) ? `[${text}!]` : `[${text}]`;
    return this.random.chance(0.3) ? `${text}!` : text;
  }

  inputValue(name, type, bare, location) {
    const initial = !bare && this.random.chance(0.35) ? this.literal(type) : undefined;
    const deprecated = type.endsWith('!') && initial === undefined ? undefined : this.deprecated();
    return { name, type, initial, deprecated, description: this.description(), marks: location === '' ? '' : this.marksFor(location) };
  }

  named(count, make) {
    const names = new Set();
    while (names.size < count) names.add(this.random.of(words));
    return [...names].map(make);
  }

  some(list) {
    const chosen = list.filter(() => this.random.chance(0.5));
    return chosen.length === 0 ? [this.random.of(list)] : chosen;
  }

  // A literal that fits.
  literal(type, depth = 0) {
    const { random } = this;
    if (type.endsWith('!')) return this.literal(type.slice(0, -1), depth + 1);
    if (depth === 0 && random.chance(0.1)) return 'null';
    if (type.startsWith('[')) {
      const item = type.slice(1, -1);
      if (random.chance(0.2)) return this.literal(item, 1);
      return `[${Array.from({ length: random.below(3) }, () => this.literal(item, 1)).join(', ')}]`;
    }
    switch (type) {
      case 'Int':
        return random.of(['0', '7', '-12', '2147483647']);
      case 'Float':
        return random.of(['0', '1.0', '-2.50', '1e3', '1E-7', '1.5e300', '123456789012345678901234', '0.000001', '-0.0']);
      case 'String':
        return this.string();
      case 'Boolean':
        return random.of(['true', 'false']);
      case 'ID':
        return random.of(['5', '"5"', '"05"', '"x"', '-3', '""', '"-0"']);
      default:
    }
    const found = this.types.find(({ name }) => name === type);
    if (found.kind === 'enum') return random.of(found.values).name;
    if (found.kind === 'scalar') return random.of(['1', '1.5', '"text"', 'true', 'WORD']);
    const required = (field) => field.type.endsWith('!') && field.initial === undefined;
    const fields = found.oneOf ? [random.of(found.fields)] : found.fields.filter((field) => required(field) || random.chance(0.4));
    return `{${fields.map((field) => `${field.name}: ${this.literal(field.type, found.oneOf ? 1 : 0)}`).join(', ')}}`;
  }

  string(text = this.random.of(texts)) {
    return print({ kind: Kind.STRING, value: text, block: this.random.chance(0.5) && isPrintableAsBlockString(text) });
  }

  description() {
    return this.random.chance(0.25) ? this.string() : undefined;
  }

  deprecated() {
    if (!this.random.chance(0.12)) return undefined;
    return this.random.chance(0.4) ? '@deprecated' : `@deprecated(reason: ${this.random.chance(0.1) ? 'null' : this.string()})`;
  }

  // Applications of declared directives that may stand there.
  marksFor(location) {
    const { random } = this;
    if (!random.chance(0.15)) return '';
    const fitting = this.directives.filter((directive) => directive.locations.includes(location));
    if (fitting.length === 0) return '';
    const directive = random.of(fitting);
    const args = directive.args.filter((arg) => (arg.type.endsWith('!') && arg.initial === undefined) || random.chance(0.3));
    const text = ` @${directive.name}${args.length === 0 ? '' : `(${args.map((arg) => `${arg.name}: ${this.literal(arg.type, 1)}`).join(', ')})`}`;
    return directive.repeatable && random.chance(0.3) ? text + text : text;
  }

  mark(type, location) {
    type.marks = this.marksFor(location);
  }
}

function described(part, indent = '') {
  return part.description === undefined ? '' : `${indent}${part.description}\n`;
}

function inputText(part) {
  const initial = part.initial === undefined ? '' : ` = ${part.initial}`;
  return `${part.name}: ${part.type}${initial}${part.deprecated ? ` ${part.deprecated}` : ''}${part.marks ?? ''}`;
}

function argsText(args) {
  if (args.length === 0) return '';
  return `(${args.map((arg) => `${described(arg)}${inputText(arg)}`).join(', ')})`;
}

function bodyText(kind, parts) {
  if (parts.length === 0) return '';
  if (kind === 'union') return ` = ${parts.join(' | ')}`;
  const text = (part) => {
    if (kind === 'input') return inputText(part);
    const head = kind === 'enum' ? part.name : `${part.name}${argsText(part.args)}: ${part.type}`;
    return `${head}${part.deprecated ? ` ${part.deprecated}` : ''}${part.marks ?? ''}`;
  };
  return ` {\n${parts.map((part) => `${described(part, '  ')}  ${text(part)}\n`).join('')}}`;
}

function partsOf(type) {
  return type.members ?? type.values ?? type.fields ?? [];
}

// Parts of types are given by extensions now and then. `extra` is SDL that stands at the end.
export function sdlOf(model, random) {
  const definitions = [];
  const roots = (named) => ` {\n${Object.entries(named).map(([kind, name]) => `  ${kind}: ${name}\n`).join('')}}`;
  if (model.roots) definitions.push(`${described(model)}schema${model.marks ?? ''}${roots(model.roots)}`);
  for (const directive of model.directives) {
    definitions.push(`${described(directive)}directive @${directive.name}${argsText(directive.args)}${directive.repeatable ? ' repeatable' : ''} on ${directive.locations.join(' | ')}`);
  }
  for (const type of model.types) {
    const parts = partsOf(type);
    const kept = parts.length > 1 && random.chance(0.2) ? 1 + random.below(parts.length - 1) : parts.length;
    const interfaces = type.interfaces?.length > 0 ? ` implements ${type.interfaces.join(' & ')}` : '';
    const special = type.oneOf ? ' @oneOf' : type.url !== undefined ? ` @specifiedBy(url: ${print({ kind: Kind.STRING, value: type.url })})` : '';
    definitions.push(`${described(type)}${type.kind} ${type.name}${interfaces}${special}${type.marks ?? ''}${bodyText(type.kind, parts.slice(0, kept))}`);
    if (kept < parts.length) {
      const place = random.chance(0.3) ? 0 : definitions.length;
      definitions.splice(place, 0, `extend ${type.kind} ${type.name}${bodyText(type.kind, parts.slice(kept))}`);
    }
  }
  return [...definitions, ...(model.extra ?? [])].join(random.chance(0.5) ? '\n\n' : '\n');
}
