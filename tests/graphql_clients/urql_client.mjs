// SPDX-License-Identifier: Apache-2.0
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { parse } from 'graphql';
import { Failure } from './failure.mjs';

const isMutation = (document) => parse(document).definitions.some((one) => one.operation === 'mutation');

// `persisted`: operations are sent by their hash. `fetch` is what requests are sent by.
export function urqlClient(endpoint, { persisted = false, fetch = globalThis.fetch } = {}) {
  const exchanges = persisted ? [persistedExchange({ preferGetForPersistedQueries: true }), fetchExchange] : [fetchExchange];
  return {
    name: persisted ? 'urql, persisted' : 'urql',
    async request(document, variables = {}, token = '') {
      // A client of each request: the network is asked each time, by this token.
      const client = new Client({
        url: endpoint, exchanges, fetch, preferGetMethod: false, requestPolicy: 'network-only',
        fetchOptions: { headers: token ? { Authorization: `Bearer ${token}` } : {} },
      });
      const send = isMutation(document) ? client.mutation(document, variables) : client.query(document, variables);
      const { data, error } = await send.toPromise();
      if (!error) return data;
      const errors = error.graphQLErrors.map(({ message, path, extensions }) => ({ message, path, extensions }));
      throw new Failure(error.response?.status, errors.length ? errors : undefined, error.networkError?.message);
    },
  };
}
