// SPDX-License-Identifier: Apache-2.0
// node clients.mjs ADDRESS: runs the flow by each client library against the server at ADDRESS and prints a line each.
import assert from 'node:assert/strict';
import { apolloClient } from './apollo_client.mjs';
import { runFlow } from './flow.mjs';
import { graphqlRequestClient } from './graphql_request_client.mjs';
import { urqlClient } from './urql_client.mjs';

const address = process.argv[2];
const endpoint = `${address}/graphql`;

// A fetch that notes what was sent of an operation: by which method, whether its text, and the code of the response's first error.
function noting() {
  const sent = [];
  const fetchNoted = async (input, options = {}) => {
    const response = await fetch(input, options);
    const method = options.method ?? 'GET';
    const request = method === 'GET' ? Object.fromEntries(new URL(input).searchParams) : JSON.parse(options.body);
    const extensions = typeof request.extensions === 'string' ? JSON.parse(request.extensions) : request.extensions;
    const body = await response.clone().json();
    sent.push({ method, text: Boolean(request.query), hash: extensions?.persistedQuery?.sha256Hash?.length, code: body.errors?.[0]?.extensions?.code });
    return response;
  };
  return { sent, fetch: fetchNoted };
}

// Operations are sent by their hashes: with their text once, and then without.
async function runPersisted(make, name) {
  const { sent, fetch } = noting();
  const client = make(endpoint, { persisted: true, fetch });
  assert.equal(client.name, name);
  const query = `query Once${Date.now().toString(36)} { posts(limit: 1) { id } }`;
  const first = await client.request(query);
  const second = await client.request(query);
  assert.deepEqual(first, second);
  assert.deepEqual(sent.map(({ text, hash, code }) => [text, hash, code]),
    [[false, 64, 'PERSISTED_QUERY_NOT_FOUND'], [true, 64, undefined], [false, 64, undefined]]);
  assert.equal(sent[2].method, 'GET');
  return 'persisted operations';
}

const report = (client, said) => console.log(`${client}: ${said}`);
for (const make of [graphqlRequestClient, urqlClient, apolloClient]) {
  const client = make(endpoint);
  report(client.name, await runFlow(client, address));
}
report('urql', await runPersisted(urqlClient, 'urql, persisted'));
report('Apollo Client', await runPersisted(apolloClient, 'Apollo Client, persisted'));

const byGet = graphqlRequestClient(endpoint, { get: true });
const { posts } = await byGet.request('query ($limit: Int) { posts(limit: $limit) { id } }', { limit: 1 });
assert.ok(posts.length <= 1);
report('graphql-request', 'GET');
const batched = await graphqlRequestClient(endpoint).batch(['{ posts(limit: 1) { id } }', '{ posts(limit: 2) { id } }'])
  .then(() => assert.fail('batching is on'), (error) => error);
assert.equal(batched.response.status, 400);
report('graphql-request', 'no batches');
