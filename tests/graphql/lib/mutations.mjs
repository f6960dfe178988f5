// SPDX-License-Identifier: Apache-2.0
// Changes to the text of a document that know nothing of its meaning: characters and tokens dropped, doubled, swapped,
// and pieces put in that a lexer or parser must look at closely.
const pieces = [
  '{', '}', '(', ')', '[', ']', '!', '$', '&', '...', '..', '.', ':', '=', '@', '|', '"', '"""', '\\"""', "'", '#', '%', '?', '`',
  '\\', '\\u', '\\u{', '\\u{0}', '\\u{}', '\\u{110000}', '\\u{FFFFFFFF}', '\\u12', '\\uD800', '\\uDC00', '\\uD83D\\uDE00', '\\x', '\\"', '\\n',
  '0', '00', '01', '-', '+', '1.', '1e', '.5', '1x', '-1.5e-10', '9999999999', '\u0000', '\u0007', '\u007f', '\u00a0', '\ufeff', '\uffff', 'é', '😀',
  '\r\n', '\n', '\r', ',', ' ', '\t', 'on', 'query', 'mutation', 'fragment', 'extend', 'type', 'enum', 'input', 'schema', 'directive',
  'implements', 'repeatable', 'FIELD', 'true', 'null', '$x', '"on"', '"true"', '"""a"""', '""', '""""""', 'name',
];
const separators = [' ', '\n', '\r\n', '\r', ',', ' # é 😀\n', '\t\ufeff'];
const tokens = /"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n\r])*"|\.\.\.|[_A-Za-z][_0-9A-Za-z]*|-?[0-9][0-9.eE+-]*|[^\s,]/gu;

const changes = [
  (characters, at) => characters.splice(at, 1),
  (characters, at, end) => characters.splice(at, end - at),
  (characters, at, end) => characters.splice(at, 0, ...characters.slice(at, end)),
  (characters, at, end, random) => characters.splice(at, 0, random.of(pieces)),
  (characters, at, end, random) => characters.splice(at, 1, random.of(pieces)),
  (characters, at) => {
    if (at + 1 < characters.length) [characters[at], characters[at + 1]] = [characters[at + 1], characters[at]];
  },
  (characters, at) => {
    characters.length = at;
  },
];

function changeCharacters(text, random) {
  const characters = Array.from(text);
  const at = random.below(characters.length + 1);
  random.of(changes)(characters, at, Math.min(characters.length, at + 1 + random.below(6)), random);
  return characters.join('');
}

function changeTokens(text, random) {
  const found = text.match(tokens) ?? [];
  const [first, second] = [random.below(found.length + 1), random.below(found.length + 1)];
  switch (random.below(4)) {
    case 0:
      found.splice(first, 1);
      break;
    case 1:
      if (first < found.length && second < found.length) [found[first], found[second]] = [found[second], found[first]];
      break;
    case 2:
      found.splice(first, 0, random.of(pieces));
      break;
    default:
      if (second < found.length) found.splice(first, 0, found[second]);
  }
  return found.join(random.of(separators));
}

// A text with up to three changes; most of them are no GraphQL any more.
export function mutated(text, random) {
  let changed = text;
  for (let left = random.below(4); left > 0; --left) changed = random.chance(0.4) ? changeTokens(changed, random) : changeCharacters(changed, random);
  return changed;
}
