// SPDX-License-Identifier: Apache-2.0
// node client.mjs BASE: a day in the life of a user, through a client whose types come from the document alone.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.js';

type User = components['schemas']['User'];

// All that is needed of Node's own types.
declare const process: { argv: string[]; pid: number };

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

const client = createClient<paths>({ baseUrl: process.argv[2]! });
const email = `client-${process.pid}@example.com`;
const password = 'correct horse';

const registered = await client.POST('/auth/register', { body: { name: 'Ada', email, password } });
check(registered.response.status === 201, 'registered.response.status is not 201');
const id: string = registered.data!.user.id;

const again = await client.POST('/auth/register', { body: { name: 'Ada', email, password } });
check(again.response.status === 409, 'again.response.status is not 409');
const sentence: string | undefined = again.error && 'error' in again.error ? again.error.error : undefined;
check(sentence === 'User already exists', 'sentence is not the one expected');

const loggedIn = await client.POST('/auth/login', { body: { email, password } });
check(loggedIn.response.status === 200, 'loggedIn.response.status is not 200');
const headers = { Authorization: `Bearer ${loggedIn.data!.accessToken}` };

const listed = await client.GET('/api/users', { params: { query: { limit: 100 } }, headers });
const users: User[] = listed.data!.users;
check(users.some((user) => user.id === id && user.email === email), 'the user is not in the list');

const changed = await client.PATCH('/api/users/{id}', { params: { path: { id } }, body: { name: 'Ada L.' }, headers });
check(changed.data!.user.name === 'Ada L.', 'changed.data!.user.name is not the new name');
// @ts-expect-error: the document knows no such member
const refused = await client.PATCH('/api/users/{id}', { params: { path: { id } }, body: { name: 7 }, headers });
check(refused.response.status === 400, 'refused.response.status is not 400');

const deleted = await client.DELETE('/api/users/{id}', { params: { path: { id } }, headers });
check(deleted.response.status === 204, 'deleted.response.status is not 204');
const gone = await client.GET('/api/users/me', { headers });
check(gone.response.status === 401, 'gone.response.status is not 401');
console.log('register login list update delete');
