// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client/core/index.js';
import { createPersistedQueryLink } from '@apollo/client/link/persisted-queries/index.js';
import { Failure } from './failure.mjs';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

// As urqlClient.
export function apolloClient(endpoint, { persisted = false, fetch = globalThis.fetch } = {}) {
  const http = new HttpLink({ uri: endpoint, fetch });
  const link = persisted ? createPersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(http) : http;
  const client = new ApolloClient({
    link, cache: new InMemoryCache(),
    defaultOptions: { query: { fetchPolicy: 'no-cache' }, mutate: { fetchPolicy: 'no-cache' } },
  });
  return {
    name: persisted ? 'Apollo Client, persisted' : 'Apollo Client',
    async request(text, variables = {}, token = '') {
      const document = gql(text);
      const context = { headers: token ? { Authorization: `Bearer ${token}` } : {} };
      const isMutation = document.definitions.some((one) => one.operation === 'mutation');
      try {
        const { data } = isMutation ? await client.mutate({ mutation: document, variables, context })
          : await client.query({ query: document, variables, context });
        return data;
      } catch (error) {
        const network = error.networkError;
        const errors = network?.result?.errors ?? (error.graphQLErrors?.length ? error.graphQLErrors : undefined);
        if (!network && !errors) throw error;
        throw new Failure(network ? network.statusCode : 200, errors, network?.result);
      }
    },
  };
}
