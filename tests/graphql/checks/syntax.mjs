// SPDX-License-Identifier: Apache-2.0
// Syntax: what does not parse has the same message at the same place; what does has the same nodes at the same places
// and prints as the same text.
import { getLocation, parse, print, visit } from 'graphql';
import { Generator } from '../lib/generator.mjs';
import { mutated } from '../lib/mutations.mjs';
import { Random } from '../lib/random.mjs';
import { syntax as listed } from '../differences.mjs';

const least = 3000;
const leastValid = 0.1;

const names = {
  Document: 'document', OperationDefinition: 'operation', SelectionSet: 'selectionSet',
  IntValue: 'int', FloatValue: 'float', StringValue: 'string', BooleanValue: 'boolean', NullValue: 'null', EnumValue: 'enum', ListValue: 'list', ObjectValue: 'object',
  SchemaDefinition: 'schema', OperationTypeDefinition: 'rootOperation', ScalarTypeDefinition: 'scalarType', ObjectTypeDefinition: 'objectType',
  InterfaceTypeDefinition: 'interfaceType', UnionTypeDefinition: 'unionType', EnumTypeDefinition: 'enumType', InputObjectTypeDefinition: 'inputType',
  InputValueDefinition: 'inputValue', EnumValueDefinition: 'enumValue',
};
const described = ['OperationDefinition', 'VariableDefinition', 'FragmentDefinition'];

function nameOfKind(kind) {
  const definition = kind.replace(/Extension$/, 'Definition');
  return names[definition] ?? definition[0].toLowerCase() + definition.slice(1);
}

// A document without the descriptions that the engine does not keep.
function withoutDescriptions(document) {
  const leave = (node) => ({ ...node, description: undefined });
  return visit(document, Object.fromEntries(described.map((kind) => [kind, leave])));
}

// The nodes that the engine has: no names, but those that are directive locations.
function nodesOf(document, source) {
  const nodes = [];
  const add = (kind, node, name) => {
    const { line, column } = getLocation(source, node.loc.start);
    nodes.push(`${kind} ${line}:${column} ${name ?? ''}`);
  };
  visit(document, {
    enter(node, key, parent, path, ancestors) {
      const above = Array.isArray(parent) ? ancestors.at(-1) : parent;
      if (node.kind === 'Name') {
        if (Array.isArray(parent)) add('location', node, node.value);
      } else if (node.kind === 'NamedType' && Array.isArray(parent) && above.interfaces === parent) {
        add('implements', node, node.name.value);
      } else if (!(node.kind === 'Variable' && key === 'variable')) {
        add(nameOfKind(node.kind), node, (node.variable ?? node).name?.value);
      }
    },
  });
  return nodes.sort();
}

function theirsOf(text) {
  try {
    const document = withoutDescriptions(parse(text));
    return { errors: [], nodes: nodesOf(document, { body: text }), printed: print(document) };
  } catch (error) {
    if (!error.locations) throw error;
    return { errors: [{ message: error.message, locations: error.locations.map(({ line, column }) => `${line}:${column}`) }] };
  }
}

function oursOf({ errors, nodes, printed }) {
  const plain = errors.map(({ message, locations }) => ({ message, locations: locations.map(({ line, column }) => `${line}:${column}`) }));
  return plain.length === 0 ? { errors: plain, nodes: nodes.sort(), printed } : { errors: plain };
}

// A message without what it quotes of the document.
function classOf(message) {
  return message.replace(/"[^]*"|'"'|U\+[0-9A-F]+/g, '…');
}

export function run({ ask, sdl, schema, seed, count, written }) {
  const random = new Random(seed + 2);
  const generator = new Generator(schema, random);
  const byHand = written('syntax.graphql');
  const definitions = sdl.split(/\n\n/);
  const texts = [...byHand, ...definitions, '', `{ ${'x'.repeat(300)}: "${'é'.repeat(300)}" }`];
  while (texts.length < Math.max(least, count)) {
    const source = random.chance(0.4) ? random.of(byHand) : random.chance(0.5) ? random.of(definitions) : generator.document();
    texts.push(mutated(source, random));
  }
  const results = ask(texts.map((document) => ({ job: 'parse', document })));
  const failures = [];
  const classes = new Map();
  const listedCounts = Object.fromEntries(listed.map((one) => [one.name, 0]));
  let valid = 0;
  texts.forEach((text, index) => {
    const theirs = theirsOf(text);
    const ours = oursOf(results[index]);
    if (theirs.errors.length === 0) ++valid;
    for (const { message } of theirs.errors) classes.set(classOf(message), (classes.get(classOf(message)) ?? 0) + 1);
    if (JSON.stringify(ours) === JSON.stringify(theirs)) return;
    const known = listed.find((one) => one.is({ ours: ours.errors, theirs: theirs.errors }));
    if (known) ++listedCounts[known.name];
    else failures.push(`${JSON.stringify(text)}\n  engine:     ${JSON.stringify(ours)}\n  graphql-js: ${JSON.stringify(theirs)}`);
  });
  if (valid < leastValid * texts.length) failures.push(`${valid} documents of ${texts.length} parse only`);
  const lines = [`${texts.length} documents, ${valid} of them parse`];
  for (const [message, times] of [...classes].sort((a, b) => b[1] - a[1])) lines.push(`${times} documents: ${message}`);
  for (const [name, times] of Object.entries(listedCounts)) lines.push(`listed difference, ${times} documents: ${name}`);
  return { lines, failures };
}
