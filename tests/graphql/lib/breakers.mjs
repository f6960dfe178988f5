// SPDX-License-Identifier: Apache-2.0
// What breaks a valid document: for every rule of validation at least one change of its syntax tree, named as the rule.
// A breaker returns false when the document has no place for it. Some break other rules as well, or none.
import { Kind, OperationTypeNode, isInputType, parse, parseValue, visit } from 'graphql';

function nodesOf(document, ...kinds) {
  const found = [];
  visit(document, { enter: (node, key, parent) => void (kinds.includes(node.kind) && found.push({ node, parent })) });
  return found;
}

function nameOf(text) {
  return { kind: Kind.NAME, value: text };
}

function typeOf(text) {
  return parse(`query ($v: ${text}) { a }`).definitions[0].variableDefinitions[0].type;
}

function selectionOf(text) {
  return parse(`{ ${text} }`).definitions[0].selectionSet.selections[0];
}

function directiveOf(text) {
  return parse(`{ a ${text} }`).definitions[0].selectionSet.selections[0].directives[0];
}

function misspelt(random, text) {
  const at = random.below(text.length);
  switch (random.below(5)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1) || 'x';
    case 1:
      return `${text.slice(0, at)}x${text.slice(at)}`;
    case 2:
      return text.toLowerCase() === text ? text.toUpperCase() : text.toLowerCase();
    case 3:
      return `${text}s`;
    default:
      return 'nothingLikeIt';
  }
}

function picked(random, list) {
  return list.length === 0 ? undefined : random.of(list);
}

const wrongValues = ['1', '-7', '2147483648', '99999999999999999999', '1.5', '1e50', '"text"', '"""block"""', 'true', 'null', 'LOW', 'LOWW', 'low',
  '[]', '[1, "x"]', '[[1], [null]]', '{}', '{x: 1}', '{x: "a", z: 2}', '{id: 1, number: 2}', '{id: null}', '{numbr: 2}', '{text: 5, levels: LOWER}', '{title: "t"}', '"LOW"'];
const definitions = ['type Extra { a: Int }', 'scalar Extra', 'extend type User { b: Int }', 'enum Extra { A }', 'input Extra { a: Int }', 'union Extra = User',
  'interface Extra { a: Int }', 'directive @extra on FIELD', 'schema { query: Query }', 'extend schema @marked { query: Query }'];

export const breakers = {
  ExecutableDefinitionsRule({ document, random }) {
    document.definitions.splice(random.below(document.definitions.length + 1), 0, parse(random.of(definitions)).definitions[0]);
  },
  UniqueOperationNamesRule({ document, random }) {
    const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
    const first = random.of(operations);
    first.name ??= nameOf('Same');
    document.definitions.push({ ...random.of(operations), name: nameOf(first.name.value) });
  },
  LoneAnonymousOperationRule({ document, random }) {
    document.definitions.splice(random.below(document.definitions.length + 1), 0, ...parse('{ __typename }').definitions);
  },
  SingleFieldSubscriptionsRule({ document, random }) {
    let operation = picked(random, document.definitions.filter((one) => one.operation === OperationTypeNode.SUBSCRIPTION));
    if (!operation) {
      operation = parse(`subscription Sub${random.below(99)} { changed { __typename } }`).definitions[0];
      document.definitions = document.definitions.filter((one) => one.kind !== Kind.OPERATION_DEFINITION || one.name);
      document.definitions.push(operation);
    }
    const extra = ['__typename', 'counted(to: 3)', 'more: counted(to: 4)', '... on Subscription { other: counted(to: 5) counted(to: 3) }', '... { __typename }',
      'mine: __typename', 'skipped: counted(to: 3) @skip(if: true)', 'kept: counted(to: 3) @include(if: true)'];
    for (let i = random.below(3); i >= 0; --i) operation.selectionSet.selections.push(selectionOf(random.of(extra)));
  },
  KnownTypeNamesRule({ document, random }) {
    const type = picked(random, nodesOf(document, Kind.NAMED_TYPE));
    if (!type) return false;
    type.node.name.value = misspelt(random, type.node.name.value);
  },
  FragmentsOnCompositeTypesRule({ document, random }) {
    const place = picked(random, nodesOf(document, Kind.INLINE_FRAGMENT, Kind.FRAGMENT_DEFINITION));
    if (!place) return false;
    place.node.typeCondition = typeOf(random.of(['Int', 'Level', 'Filter', 'Moment', 'String', 'Choice']));
  },
  VariablesAreInputTypesRule({ document, random }) {
    const place = picked(random, nodesOf(document, Kind.VARIABLE_DEFINITION));
    if (!place) return false;
    place.node.type = typeOf(random.of(['User', 'User!', '[Found]', '[[Node!]!]!', 'Resource', '__Schema']));
  },
  ScalarLeafsRule({ document, random }) {
    const { node } = random.of(nodesOf(document, Kind.FIELD));
    if (node.selectionSet) delete node.selectionSet;
    else node.selectionSet = { kind: Kind.SELECTION_SET, selections: [selectionOf('id')] };
  },
  FieldsOnCorrectTypeRule({ document, random }) {
    const { node } = random.of(nodesOf(document, Kind.FIELD));
    node.name.value = random.chance(0.6) ? misspelt(random, node.name.value)
      : random.of(['id', 'name', 'title', 'email', 'size', 'text', 'url', 'score', 'level', '__schema', '__typenam', 'author']);
  },
  UniqueFragmentNamesRule({ document, random }) {
    const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
    if (fragments.length === 0) return false;
    document.definitions.push({ ...random.of(fragments), name: nameOf(random.of(fragments).name.value) });
  },
  KnownFragmentNamesRule({ document, random }) {
    const spread = picked(random, nodesOf(document, Kind.FRAGMENT_SPREAD));
    if (!spread) return false;
    spread.node.name.value = misspelt(random, spread.node.name.value);
  },
  NoUnusedFragmentsRule({ document, random }) {
    document.definitions.splice(random.below(document.definitions.length + 1), 0,
      ...parse(random.of(['fragment Lost on User { id }', 'fragment Lost on Node { id ...Other } fragment Other on Node { id }',
        'fragment Lost on Post { ...Lost title }'])).definitions);
  },
  PossibleFragmentSpreadsRule({ document, random }) {
    const { node } = random.of(nodesOf(document, Kind.SELECTION_SET));
    const on = random.of(['User', 'Post', 'File', 'Comment', 'Subject', 'Resource', 'Query', 'Mutation', 'Found', 'Named']);
    if (random.chance(0.5)) {
      node.selections.push(selectionOf(`... on ${on} { __typename }`));
    } else {
      const name = `On${on}${random.below(99)}`;
      node.selections.push(selectionOf(`...${name}`));
      document.definitions.push(...parse(`fragment ${name} on ${on} { __typename }`).definitions);
    }
  },
  NoFragmentCyclesRule({ document, random }) {
    const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
    if (fragments.length === 0) return false;
    for (let i = random.below(3); i >= 0; --i) {
      const { node } = random.of(nodesOf(random.of(fragments), Kind.SELECTION_SET));
      node.selections.splice(random.below(node.selections.length + 1), 0, selectionOf(`...${random.of(fragments).name.value}`));
    }
  },
  UniqueVariableNamesRule({ document, random }) {
    const place = picked(random, document.definitions.filter((one) => one.variableDefinitions?.length));
    if (!place) return false;
    for (let i = random.below(2); i >= 0; --i) place.variableDefinitions.push(structuredClone(random.of(place.variableDefinitions)));
  },
  NoUndefinedVariablesRule({ document, random }) {
    const place = picked(random, document.definitions.filter((one) => one.variableDefinitions?.length));
    if (!place) return false;
    place.variableDefinitions.splice(random.below(place.variableDefinitions.length), 1);
  },
  NoUnusedVariablesRule({ document, random }) {
    const place = random.of(document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION));
    place.variableDefinitions = [...(place.variableDefinitions ?? []),
      parse(`query ($unused${random.below(9)}: ${random.of(['Int', '[Filter!]', 'Level = LOW', 'Choice'])}) { a }`).definitions[0].variableDefinitions[0]];
  },
  KnownDirectivesRule({ document, random }) {
    const { node } = random.of(nodesOf(document, Kind.FIELD, Kind.INLINE_FRAGMENT, Kind.FRAGMENT_SPREAD, Kind.FRAGMENT_DEFINITION, Kind.OPERATION_DEFINITION,
      Kind.VARIABLE_DEFINITION));
    node.directives = [...(node.directives ?? []), directiveOf(random.of(['@unknown', '@unknown(id: 5, first: "x")', '@deprecated', '@skip(if: true)',
      '@once', '@specifiedBy(url: "x")', '@oneOf', '@needed(name: "a")', '@Marked']))];
  },
  UniqueDirectivesPerLocationRule({ document, random }) {
    const { node } = random.of(nodesOf(document, Kind.FIELD, Kind.INLINE_FRAGMENT));
    const directive = directiveOf(random.of(['@skip(if: false)', '@include(if: true)', '@once', '@marked']));
    node.directives = [...(node.directives ?? []), directive, structuredClone(directive)];
    if (random.chance(0.3)) node.directives.push(structuredClone(directive));
  },
  KnownArgumentNamesRule({ document, random }) {
    const place = picked(random, nodesOf(document, Kind.ARGUMENT));
    if (!place || random.chance(0.2)) {
      const { node } = random.of(nodesOf(document, Kind.FIELD));
      node.arguments = [...(node.arguments ?? []), ...selectionOf('a(absolut: true)').arguments];
      return;
    }
    place.node.name.value = misspelt(random, place.node.name.value);
  },
  UniqueArgumentNamesRule({ document, random }) {
    const place = picked(random, nodesOf(document, Kind.FIELD, Kind.DIRECTIVE).filter(({ node }) => node.arguments?.length));
    if (!place) return false;
    for (let i = random.below(2); i >= 0; --i) place.node.arguments.push(structuredClone(random.of(place.node.arguments)));
  },
  ValuesOfCorrectTypeRule({ document, random }) {
    const place = picked(random, nodesOf(document, Kind.ARGUMENT, Kind.OBJECT_FIELD, Kind.VARIABLE_DEFINITION));
    if (!place) return false;
    const value = parseValue(random.of(wrongValues));
    if (place.node.kind === Kind.VARIABLE_DEFINITION) place.node.defaultValue = value;
    else place.node.value = value;
  },
  ProvidedRequiredArgumentsRule({ document, random }) {
    const place = picked(random, nodesOf(document, Kind.FIELD, Kind.DIRECTIVE).filter(({ node }) => node.arguments?.length));
    if (!place) return false;
    place.node.arguments = random.chance(0.5) ? [] : place.node.arguments.slice(1);
  },
  VariablesInAllowedPositionRule({ document, schema, random }) {
    const place = picked(random, nodesOf(document, Kind.VARIABLE_DEFINITION));
    if (!place) return false;
    if (random.chance(0.3) && place.node.type.kind === Kind.NON_NULL_TYPE) {
      place.node.type = place.node.type.type;
      return;
    }
    const names = Object.values(schema.getTypeMap()).filter(isInputType).map((type) => type.name);
    place.node.type = typeOf(random.of(['', '[', '[[']).replace(/.*/, (open) => `${open}${random.of(names)}${']'.repeat(open.length)}`));
    if (random.chance(0.3)) place.node.type = { kind: Kind.NON_NULL_TYPE, type: place.node.type };
    if (random.chance(0.6)) delete place.node.defaultValue;
  },
  OverlappingFieldsCanBeMergedRule({ document, random }) {
    const fields = nodesOf(document, Kind.FIELD);
    const from = random.of(fields).node;
    const copy = structuredClone(from);
    switch (random.below(4)) {
      case 0: // another field under the same name
        copy.alias = nameOf(from.alias?.value ?? from.name.value);
        copy.name = nameOf(random.of(['id', 'name', 'level', 'score', 'friends', 'author', 'tags', 'matrix']));
        break;
      case 1: // other arguments
        if (copy.arguments?.length) copy.arguments.pop();
        else copy.arguments = selectionOf('a(first: 3)').arguments;
        break;
      case 2: // other fields below
        for (const { node } of nodesOf(copy, Kind.FIELD)) {
          if (node !== copy && random.chance(0.6)) {
            node.alias = nameOf(node.alias?.value ?? node.name.value);
            node.name = nameOf(random.of(['id', 'name', 'level', 'score', 'tags']));
          }
        }
        break;
      default: // the types of two objects
        copy.alias = nameOf(from.alias?.value ?? from.name.value);
    }
    const holders = nodesOf(document, Kind.SELECTION_SET).filter(({ node }) => node.selections.includes(from) || random.chance(0.1));
    const { node } = random.of(holders);
    const wrapped = random.chance(0.3) ? { kind: Kind.INLINE_FRAGMENT, directives: [], selectionSet: { kind: Kind.SELECTION_SET, selections: [copy] } } : copy;
    node.selections.splice(random.below(node.selections.length + 1), 0, wrapped);
  },
  UniqueInputFieldNamesRule({ document, random }) {
    const place = picked(random, nodesOf(document, Kind.OBJECT).filter(({ node }) => node.fields.length !== 0));
    if (!place) return false;
    for (let i = random.below(2); i >= 0; --i) place.node.fields.push(structuredClone(random.of(place.node.fields)));
  },
  MaxIntrospectionDepthRule({ document, random }) {
    const operation = picked(random, document.definitions.filter((one) => one.operation === OperationTypeNode.QUERY));
    if (!operation) return false;
    operation.selectionSet.selections.push(selectionOf(random.of([
      '__schema { types { fields { type { fields { type { fields { name } } } } } } }',
      'deep: __type(name: "User") { interfaces { interfaces { interfaces { name } } } }',
      'deep: __type(name: "User") { fields { type { possibleTypes { inputFields { name } name } } } }',
      'flat: __type(name: "User") { fields { type { fields { name } } } }'])));
  },
};

// One to three changes; the names of those that found a place.
export function broken(document, schema, random, first) {
  const applied = [];
  const names = Object.keys(breakers);
  let name = first;
  for (let i = random.chance(0.75) ? 1 : 2 + random.below(2); i > 0; --i) {
    if (breakers[name]({ document, schema, random }) !== false) applied.push(name);
    name = random.of(names);
  }
  return applied;
}
