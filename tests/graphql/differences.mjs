// SPDX-License-Identifier: Apache-2.0
// Where the engine means to differ from graphql-js, and why. `is` says whether two lists of errors for a document differ
// in that way alone.
import { getLocation, isExecutableDefinitionNode } from 'graphql';

// Whether an error points into a definition of the type system, past its beginning.
function isWithinDefinition(document, error) {
  return document.definitions.some((definition) => {
    if (isExecutableDefinitionNode(definition)) return false;
    const begin = getLocation(definition.loc.source, definition.loc.start);
    const end = getLocation(definition.loc.source, definition.loc.end);
    const [line, column] = error.locations[0].split(':').map(Number);
    const isAfter = line > begin.line || (line === begin.line && column > begin.column);
    return isAfter && (line < end.line || (line === end.line && column < end.column));
  });
}

export const validation = [
  {
    name: 'a directive that is not constant decides whether a field of a subscription is left out',
    // graphql-js collects the fields without variables, and validate() itself throws an error of execution, also where
    // the directive has no argument. The engine counts such a field as selected.
    is: ({ theirs }) => theirs.length === 1
      && /^Argument "if" .*(was not provided a runtime value|has invalid value|was not provided\.)/.test(theirs[0].message),
  },
  {
    name: 'what is within a definition of the type system',
    // ExecutableDefinitions refuses such a definition as a whole; the engine does not look into it.
    is: ({ document, ours, theirs }) =>
      JSON.stringify(ours) === JSON.stringify(theirs.filter((error) => error.locations.length === 0 || !isWithinDefinition(document, error))),
  },
];

export const syntax = [
  {
    name: 'a message shows 200 bytes of a token',
    // A token may be as long as the document; graphql-js repeats it whole.
    is: ({ ours, theirs }) => {
      const [before, after] = (ours[0]?.message ?? '').split('…');
      return after !== undefined && theirs[0]?.message.startsWith(before) && theirs[0].message.endsWith(after);
    },
  },
];

export const schemas = [
  {
    name: 'operations and fragments are no part of a schema',
    // graphql-js leaves them aside.
    is: ({ ours, theirs }) => {
      const others = ours.filter((message) => message !== 'A schema has no operations and fragments.');
      return others.length < ours.length && others.every((message) => theirs.includes(message));
    },
  },
  {
    name: 'directives of extensions count',
    // graphql-js 16 looks for @specifiedBy and @oneOf at the definition alone.
    is: ({ sdl, ours, theirs, oursPrinted, theirsPrinted }) => ours.length + theirs.length === 0 && /^ *extend (scalar|input) /m.test(sdl)
      && oursPrinted.replace(/ @oneOf| @specifiedBy\(url: "[^"]*"\)/g, '') === theirsPrinted,
  },
  {
    name: 'a default that is made of itself is an error',
    // graphql-js's coercion runs out of stack.
    is: ({ ours, theirs }) => theirs[0] === 'Maximum call stack size exceeded' && ours.every((message) => message.endsWith('the default value is made of itself.')),
  },
  {
    name: 'a default that goes through a field of an output type',
    // graphql-js breaks off with an invariant of its own.
    is: ({ ours, theirs }) => /^Unexpected input type: /.test(theirs[0] ?? '') && ours.some((message) => message.includes('must be Input Type but got')),
  },
  {
    name: 'a default that does not fit its type is an error',
    // graphql-js 16 drops such a default without a word (its next version reports it).
    is: ({ ours, theirs }) => ours.some((message) => message.includes('has invalid default value')) &&
      JSON.stringify(ours.filter((message) => !message.includes('has invalid default value'))) === JSON.stringify(theirs),
  },
  {
    name: 'all values of directives that do not fit are reported',
    // graphql-js throws at the first.
    is: ({ ours, theirs }) => theirs.length === 1 && ours.length > 1 && ours.includes(theirs[0]) && ours.every((message) => message.startsWith('Argument "')),
  },
];

export const coercion = [
  {
    name: 'an integer of 64 bits stays exact in an ID',
    // In graphql-js it is a double beyond 2^53.
    is: ({ isWide }) => isWide,
  },
  {
    name: 'a literal beyond the range of a double fits no scalar',
    // graphql-js hands Infinity to the resolver, which no response could hold.
    is: ({ theirs }) => JSON.stringify(theirs).includes('"beyond"'),
  },
];

export const execution = [
  {
    name: 'an operation for which the schema has no root gets no data',
    // It is refused before execution begins, and then a response has no "data" (7.1.1 of the specification); graphql-js
    // begins and writes null.
    is: ({ ours, theirs }) => ours.includes('Schema is not configured to execute') && theirs === ours.replace(/\}$/, ',"data":null}'),
  },
];
