// SPDX-License-Identifier: Apache-2.0
// What breaks a sound model of a schema: at least one change for each rule of SDL and of schemas, named as what goes
// wrong. A breaker returns false when the model has no place for it.

const ofKind = (model, ...kinds) => model.types.filter(({ kind }) => kinds.includes(kind));
const composites = (model) => ofKind(model, 'type', 'interface');
const fieldsOf = (model) => composites(model).flatMap((type) => type.fields);
const extra = (model, text) => void (model.extra ??= []).push(text);

function picked(random, list) {
  return list.length === 0 ? undefined : random.of(list);
}

// Somewhere an input stands: an argument or an input field.
function inputsOf(model) {
  return [...ofKind(model, 'input').flatMap((type) => type.fields), ...fieldsOf(model).flatMap((field) => field.args), ...model.directives.flatMap(({ args }) => args)];
}

function misspelt(random, name) {
  return random.of([`${name}x`, name.slice(0, -1), name.toLowerCase(), 'NothingLikeIt', `${name[0]}${name}`]);
}

const reserved = '__Reserved';

export const schemaBreakers = {
  'type defined twice': ({ model, random }) => extra(model, random.of(['type', 'interface', 'input']) + ` ${random.of(model.types).name} { name: Int }`),
  'field defined twice': ({ model, random }) => {
    const type = random.of([...composites(model), ...ofKind(model, 'input')]);
    type.fields.push({ args: [], ...random.of(type.fields) });
  },
  'enum value defined twice': ({ model, random }) => {
    const type = random.of(ofKind(model, 'enum'));
    for (let i = random.below(2); i >= 0; --i) type.values.push(random.of(type.values));
  },
  'argument defined twice': ({ model, random }) => {
    const owner = picked(random, [...fieldsOf(model), ...model.directives].filter(({ args }) => args.length !== 0));
    if (!owner) return false;
    for (let i = random.below(2); i >= 0; --i) owner.args.push({ ...random.of(owner.args) });
    return true;
  },
  'directive defined twice': ({ model, random }) => {
    if (model.directives.length === 0) return false;
    model.directives.push(random.of(model.directives));
    return true;
  },
  'unknown type of a field': ({ model, random }) => {
    const field = random.of(fieldsOf(model));
    field.type = field.type.replace(/\w+/, (name) => misspelt(random, name));
  },
  'unknown type of an input': ({ model, random }) => {
    const input = random.of(inputsOf(model));
    Object.assign(input, { type: input.type.replace(/\w+/, (name) => misspelt(random, name)), initial: undefined });
  },
  'unknown member or interface': ({ model, random }) => {
    if (random.chance(0.5)) random.of(ofKind(model, 'union')).members.push(misspelt(random, random.of(model.types).name));
    else random.of(composites(model)).interfaces.push(misspelt(random, random.of(model.types).name));
  },
  'unknown root': ({ model, random }) => {
    const name = misspelt(random, random.of(model.types).name);
    if (model.roots) model.roots[random.of(['query', 'mutation', 'subscription'])] = name;
    else extra(model, `extend schema { subscription: ${name} }`);
  },
  'two schema definitions': ({ model, random }) => {
    const root = random.of(ofKind(model, 'type')).name;
    extra(model, `schema { query: ${root} }`);
    if (!model.roots || random.chance(0.3)) extra(model, `schema { mutation: ${root} }`);
  },
  'root named twice': ({ model, random }) => {
    const root = random.of(ofKind(model, 'type')).name;
    const kind = random.of(['query', 'mutation', 'subscription']);
    extra(model, `extend schema { ${kind}: ${root} ${kind}: ${root} }`);
  },
  'extension of nothing': ({ model, random }) => {
    extra(model, random.of(['extend type NAME { a: Int }', 'extend enum NAME { A A }', 'extend input NAME { a: Int }', 'extend union NAME = NAME', 'extend scalar NAME @deprecated',
      'extend interface NAME { a: Int a: Int }']).replaceAll('NAME', misspelt(random, random.of(model.types).name)));
  },
  'extension of another kind': ({ model, random }) => {
    const [kind, body] = random.of([['type', '{ added: Int }'], ['interface', '{ added: Int }'], ['enum', '{ ADDED }'], ['input', '{ added: Int }'], ['union', '= Query']]);
    extra(model, `extend ${kind} ${random.of(model.types.filter((type) => type.kind !== kind)).name} ${body}`);
  },
  'unknown directive': ({ model, random }) => {
    random.of([...model.types, ...fieldsOf(model), ...inputsOf(model)]).marks = ' @nothing(like: "it")';
  },
  'misplaced directive': ({ model, random }) => {
    random.of([...model.types, ...fieldsOf(model), ...inputsOf(model)]).marks = random.of([' @include(if: true)', ' @specifiedBy(url: "u")', ' @oneOf', ' @deprecated']);
  },
  'directive twice': ({ model, random }) => {
    random.of([...model.types, ...fieldsOf(model)]).marks = ' @once @once';
    extra(model, `directive @once on ${'SCALAR | OBJECT | FIELD_DEFINITION | INTERFACE | UNION | ENUM | INPUT_OBJECT'}`);
  },
  'directive twice by an extension': ({ model, random }) => {
    const type = random.of(model.types);
    extra(model, `directive @once on SCALAR | OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT extend ${type.kind} ${type.name} @once extend ${type.kind} ${type.name} @once`);
  },
  'arguments of a directive': ({ model, random }) => {
    random.of([...model.types, ...fieldsOf(model)]).marks = random.of([' @asked', ' @asked(nam: 1)', ' @asked(name: 1, name: 2)', ' @asked(name: 1, size: 2, sice: 3)',
      ' @asked(list: {a: 1, a: 2}, name: 3)']);
    extra(model, 'directive @asked(name: Int!, size: [Int!]! = [1], list: Int) repeatable on SCALAR | OBJECT | FIELD_DEFINITION | INTERFACE | UNION | ENUM | INPUT_OBJECT');
  },
  'value of a directive': ({ model, random }) => {
    for (let i = random.below(2); i >= 0; --i) random.of(fieldsOf(model)).deprecated = random.of(['@deprecated(reason: 5)', '@deprecated(reason: [])', '@deprecated(reason: WORD)']);
  },
  'url of a scalar': ({ model, random }) => extra(model, `scalar Wrong @specifiedBy(url: ${random.of(['null', '5', '{a: "b"}', 'true'])})`),
  'input field twice in a default': ({ model }) => extra(model, 'input Twice { a: Int b: Twice } type UsesTwice { f(of: Twice = {a: 1, a: 2, b: {a: 1, a: 3, a: 4}}): Int }'),
  'reserved name': ({ model, random }) => {
    const field = random.of(fieldsOf(model));
    const directive = picked(random, model.directives);
    random.of([
      () => extra(model, `enum ${reserved} { A }`),
      () => random.of(composites(model)).fields.push({ name: '__field', type: 'Int', args: [] }),
      () => field.args.push({ name: '__argument', type: 'Int' }),
      () => random.of(ofKind(model, 'enum')).values.push({ name: '__VALUE' }),
      () => random.of(ofKind(model, 'input')).fields.push({ name: '__field', type: 'Int' }),
      () => (directive ? directive.args.push({ name: '__argument', type: 'Int' }) : extra(model, 'directive @__mark on FIELD')),
    ])();
  },
  'no query': ({ model }) => {
    if (!model.roots) model.roots = { mutation: 'Query' };
    else delete Object.assign(model.roots, { mutation: model.roots.query }).query;
  },
  'root of another kind': ({ model, random }) => {
    const other = random.of(model.types.filter(({ kind }) => kind !== 'type')).name;
    if (model.roots) model.roots[random.of(['query', 'mutation', 'subscription'])] = other;
    else extra(model, random.of([`enum Subscription { A }`, `interface Subscription { a: Int }`]));
  },
  'empty type': ({ model, random }) => extra(model, random.of(['type Empty', 'interface Empty', 'union Empty', 'enum Empty', 'input Empty', 'input Empty @oneOf'])),
  'output type as an input': ({ model, random }) => {
    const input = random.of(inputsOf(model));
    Object.assign(input, { type: input.type.replace(/\w+/, random.of(ofKind(model, 'type', 'interface', 'union')).name), initial: undefined });
  },
  'input type as an output': ({ model, random }) => {
    const field = random.of(fieldsOf(model));
    field.type = field.type.replace(/\w+/, random.of(ofKind(model, 'input')).name);
  },
  'implements no interface': ({ model, random }) => {
    random.of(composites(model)).interfaces.push(random.of(model.types.filter(({ kind }) => kind !== 'interface')).name);
  },
  'implements itself': ({ model, random }) => {
    const type = random.of(ofKind(model, 'interface'));
    type.interfaces.push(type.name);
  },
  'implements twice': ({ model, random }) => {
    const type = picked(random, composites(model).filter(({ interfaces }) => interfaces.length !== 0));
    if (!type) return false;
    type.interfaces.push(random.of(type.interfaces));
    return true;
  },
  'interfaces in a circle': ({ model, random }) => {
    const [first, second] = [random.of(ofKind(model, 'interface')), random.of(ofKind(model, 'interface'))];
    first.interfaces.push(second.name);
    second.interfaces.push(first.name);
  },
  'interface of an interface left out': ({ model, random }) => {
    const type = picked(random, composites(model).filter(({ interfaces }) => interfaces.length > 1));
    if (type && random.chance(0.5)) type.interfaces.splice(random.below(type.interfaces.length), 1);
    else extra(model, `interface Base { a: Int } interface Derived implements Base { a: Int } ${random.of(['type', 'interface'])} Lacks implements Derived { a: Int }`);
  },
  'field of an interface left out': ({ model, random }) => {
    const type = picked(random, composites(model).filter(({ interfaces, fields }) => interfaces.length !== 0 && fields.length > 1));
    if (!type) return false;
    type.fields.splice(random.below(type.fields.length), 1);
    return true;
  },
  'field of an interface changed': ({ model, random }) => {
    const type = picked(random, composites(model).filter(({ interfaces }) => interfaces.length !== 0));
    if (!type) return false;
    const field = random.of(type.fields);
    field.type = random.of([`[${field.type}]`, 'Int', 'String!', field.type.replace(/!$/, ''), random.of(composites(model)).name]);
    return true;
  },
  'argument of an interface changed': ({ model, random }) => {
    const field = picked(random, composites(model).filter(({ interfaces }) => interfaces.length !== 0).flatMap(({ fields }) => fields).filter(({ args }) => args.length !== 0));
    if (!field) return false;
    const arg = random.of(field.args);
    if (random.chance(0.4)) field.args.splice(field.args.indexOf(arg), 1);
    else Object.assign(arg, { type: random.of([`${arg.type.replace(/!$/, '')}!`, arg.type.replace(/!$/, ''), 'Boolean', '[Int!]']), initial: undefined, deprecated: undefined });
    return true;
  },
  'required argument beyond an interface': ({ model, random }) => {
    const type = picked(random, composites(model).filter(({ interfaces }) => interfaces.length !== 0));
    if (!type) return false;
    random.of(type.fields).args.push({ name: 'added', type: 'Int!' });
    return true;
  },
  'member twice': ({ model, random }) => {
    const type = random.of(ofKind(model, 'union'));
    type.members.push(random.of(type.members));
  },
  'member that is no object': ({ model, random }) => {
    const name = random.of(model.types.filter(({ kind }) => kind !== 'type')).name;
    random.of(ofKind(model, 'union')).members.push(...(random.chance(0.2) ? [name, name] : [random.chance(0.2) ? 'Int' : name]));
  },
  'required and deprecated': ({ model, random }) => {
    const input = random.of(inputsOf(model));
    Object.assign(input, { type: `${input.type.replace(/!$/, '')}!`, initial: undefined, deprecated: '@deprecated(reason: "never")' });
  },
  'oneOf that asks too much': ({ model, random }) => {
    const type = random.of(ofKind(model, 'input'));
    type.oneOf = true;
    random.of(type.fields).type = random.of(['Int!', '[Int!]!']);
  },
  'oneOf with a default': ({ model }) => extra(model, 'input OneDefault @oneOf { a: Int = 1 b: [Int!] = null c: String }'),
  'input without an end': ({ model, random }) => {
    const inputs = ofKind(model, 'input');
    const [from, to] = [random.of(inputs), random.of(inputs)];
    from.fields.push({ name: 'there', type: `${to.name}!` });
    to.fields.push({ name: 'back', type: `${from.name}!` });
    if (random.chance(0.3)) extra(model, `input Endless { a: Int b: Endless! c: ${to.name}! }`);
  },
  'default that does not fit': ({ model, random }) => extra(model, `type Unfit { f(a: Int = ${random.of(['"x"', '1.5', 'true', '[1]', '{a: 1}', '99999999999', 'WORD'])}): Int }`),
};
