// SPDX-License-Identifier: Apache-2.0
import { ClientError, GraphQLClient } from 'graphql-request';
import { Failure } from './failure.mjs';

const parsed = (text) => { try { return JSON.parse(text); } catch { return text; } };

// `get`: queries by GET.
export function graphqlRequestClient(endpoint, { get = false } = {}) {
  const client = new GraphQLClient(endpoint, get ? { method: 'GET' } : {});
  return {
    name: get ? 'graphql-request, GET' : 'graphql-request',
    async request(document, variables = {}, token = '') {
      try {
        return await client.request(document, variables, token ? { Authorization: `Bearer ${token}` } : {});
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        const { status, errors, body } = error.response;
        throw new Failure(status, errors, body === undefined ? error.response : parsed(body));
      }
    },
    batch: (documents) => client.batchRequests(documents.map((document) => ({ document }))),
  };
}
