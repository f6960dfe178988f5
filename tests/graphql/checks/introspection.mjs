// SPDX-License-Identifier: Apache-2.0
// The whole introspection query over generated schemas: the same response, byte for byte.
import { buildSchema, executeSync, getIntrospectionQuery, parse } from 'graphql';
import { Random } from '../lib/random.mjs';
import { SchemaGenerator, sdlOf } from '../lib/schema_generator.mjs';

const share = 8; // of the oracle's count

export function run({ ask, seed, count }) {
  const random = new Random(seed + 3);
  const generator = new SchemaGenerator(random);
  const text = getIntrospectionQuery({
    schemaDescription: true, specifiedByUrl: true, directiveIsRepeatable: true, inputValueDeprecation: true, oneOf: true,
  });
  const document = parse(text);
  const all = Array.from({ length: Math.ceil(count / share) }, () => sdlOf(generator.model(), random));
  const results = ask(all.map((schema) => ({ job: 'execute', schema, document: text })));
  const failures = [];
  let bytes = 0;
  all.forEach((sdl, index) => {
    const theirs = JSON.stringify(executeSync({ schema: buildSchema(sdl), document }));
    const ours = results[index].text;
    bytes += theirs.length;
    if (ours === theirs) return;
    let at = 0;
    while (ours[at] === theirs[at]) ++at;
    failures.push(`at byte ${at}\n  engine:     ${ours.slice(Math.max(0, at - 200), at + 200)}\n  graphql-js: ${theirs.slice(Math.max(0, at - 200), at + 200)}\n${sdl}`);
  });
  return { lines: [`${all.length} schemas, ${bytes} bytes`], failures };
}
