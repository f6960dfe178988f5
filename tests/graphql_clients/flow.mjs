// SPDX-License-Identifier: Apache-2.0
// The life of a user and of posts, by a client library. `client.request(document, variables, token)` gives the data or throws
// a Failure.
import assert from 'node:assert/strict';

const user = 'fragment Shown on User { id name email createdAt profile { bio avatar } }';
const createUser = `mutation Register($input: CreateUserInput!) { createUser(input: $input) { ...Shown } } ${user}`;
const updateUser = `mutation Rename($id: String!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { ...Shown } } ${user}`;
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const id = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

// The first error of the response that is refused.
async function refused(promise, code, message) {
  const failure = await promise.then((data) => assert.fail(`expected ${code}, got ${JSON.stringify(data)}`), (error) => error);
  if (!failure.errors) throw failure;
  const [first] = failure.errors;
  assert.equal(first.extensions?.code, code, failure.message);
  if (message !== undefined) assert.equal(first.message, message);
  assert.match(first.extensions.requestId, /^[A-Za-z0-9._-]{1,128}$/);
  return { ...first, status: failure.status };
}

async function login(address, email, password) {
  const response = await fetch(`${address}/auth/login`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ email, password }),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()).accessToken;
}

export async function runFlow(client, address) {
  const mark = `${Date.now().toString(36)}${Math.floor(Math.random() * 1e6)}`;
  const [ada, eve] = ['ada', 'eve'].map((name) => ({ name, email: `${name}.${mark}@example.com`, password: 'correct horse' }));
  const anonymous = (document, variables) => client.request(document, variables);

  const profile = { bio: 'Writes about looms', avatar: null };
  const { createUser: made } = await anonymous(createUser, { input: { ...ada, profile } });
  assert.match(made.id, id);
  assert.match(made.createdAt, iso);
  assert.deepEqual([made.name, made.email, made.profile.bio, made.profile.avatar], [ada.name, ada.email, profile.bio, null]);
  const { createUser: other } = await anonymous(createUser, { input: eve });
  assert.equal(other.profile, null);

  await refused(anonymous(createUser, { input: ada }), 'CONFLICT', 'User already exists');
  const invalid = await refused(anonymous(createUser, { input: { name: 'x', email: 'nobody', password: 'short' } }),
    'BAD_USER_INPUT', 'Argument Validation Error');
  assert.deepEqual(invalid.path, ['createUser']);
  const details = invalid.extensions.validationErrors.map((detail) => [detail.in, detail.path, detail.code]).sort();
  assert.deepEqual(details, [['body', '/email', 'format'], ['body', '/name', 'minLength'], ['body', '/password', 'minLength']]);
  assert.ok(invalid.extensions.validationErrors.every((detail) => detail.message));

  const me = 'query Me { me { ...Shown } } ' + user;
  const denied = 'Access denied! You need to be authenticated to perform this action!';
  for (const document of [me, '{ users { id } }', `{ user(id: "${made.id}") { id } }`]) {
    await refused(anonymous(document), 'UNAUTHENTICATED', denied);
  }
  const token = await login(address, ada.email, ada.password);
  const own = (document, variables) => client.request(document, variables, token);

  const { me: self } = await own(me);
  assert.deepEqual({ ...self }, { ...made, ...self });
  assert.equal(self.id, made.id);
  const listed = await own('query List($page: Int, $limit: Int) { users(page: $page, limit: $limit) { id } all: users(limit: 100) { id } }',
    { page: 1, limit: 1 });
  assert.equal(listed.users.length, 1);
  assert.ok(listed.all.some((one) => one.id === other.id));
  assert.equal((await own('query One($id: String!) { user(id: $id) { id } }', { id: '01890a5d-ac96-774b-bcce-b302099a8057' })).user, null);

  const { updateUser: renamed } = await own(updateUser, { id: made.id, input: { name: 'Ada L.', profile: { avatar: 'https://example.com/ada.png' } } });
  assert.deepEqual([renamed.name, renamed.email, renamed.profile.bio, renamed.profile.avatar],
    ['Ada L.', ada.email, profile.bio, 'https://example.com/ada.png']);
  await refused(own(updateUser, { id: other.id, input: { name: 'Mine' } }), 'FORBIDDEN', 'Forbidden');
  await refused(own(updateUser, { id: made.id, input: { email: eve.email } }), 'CONFLICT');

  const createPost = 'mutation Write($input: CreatePostInput!) { createPost(input: $input) { id title content published createdAt author { id name } } }';
  const written = [];
  for (const [title, published] of [['First', true], ['Second', false], ['Third', true]]) {
    const { createPost: post } = await own(createPost, { input: { title, content: `Of ${title}`, published } });
    assert.match(post.createdAt, iso);
    assert.deepEqual([post.title, post.content, post.published, post.author.id, post.author.name],
      [title, `Of ${title}`, published, made.id, 'Ada L.']);
    written.push(post);
  }
  await refused(anonymous(createPost, { input: { title: 'Nobody', content: '', published: true } }), 'UNAUTHENTICATED', denied);
  const postsOf = `query Posts($id: String!, $limit: Int) { user(id: $id) { posts(limit: $limit) { title } } }`;
  const titles = async (asker, limit) => (await client.request(postsOf, { id: made.id, limit }, asker)).user.posts.map((post) => post.title);
  const stranger = await login(address, eve.email, eve.password);
  assert.deepEqual(await titles(token, 20), ['Third', 'Second', 'First']);
  assert.deepEqual(await titles(token, 2), ['Third', 'Second']);
  assert.deepEqual(await titles(stranger, 20), ['Third', 'First']);

  const updatePost = 'mutation Edit($id: String!, $input: UpdatePostInput!) { updatePost(id: $id, input: $input) { title published } }';
  const { updatePost: edited } = await own(updatePost, { id: written[1].id, input: { published: true } });
  assert.deepEqual([edited.title, edited.published], ['Second', true]);
  await refused(client.request(updatePost, { id: written[1].id, input: { title: 'Mine' } }, stranger), 'FORBIDDEN', 'Forbidden');
  const read = await anonymous('query Read($id: String!) { post(id: $id) { title author { name } } posts(page: 1, limit: 3) { id title } }',
    { id: written[1].id });
  assert.deepEqual([read.post.title, read.post.author.name], ['Second', 'Ada L.']);
  assert.ok(read.posts.some((post) => post.id === written[2].id));

  const deletePost = 'mutation Remove($id: String!) { deletePost(id: $id) }';
  assert.equal((await own(deletePost, { id: written[0].id })).deletePost, true);
  await refused(own(deletePost, { id: written[0].id }), 'NOT_FOUND', 'Post not found');

  await refused(anonymous('{ nothing }'), 'GRAPHQL_VALIDATION_FAILED');
  // A token that is none is a 401 before anything of GraphQL.
  const bad = await client.request(me, {}, 'none').then(() => assert.fail('a bad token passed'), (error) => error);
  assert.equal(bad.status, 401, bad.message);
  assert.equal(bad.errors, undefined);

  assert.equal((await own('mutation Leave($id: String!) { deleteUser(id: $id) }', { id: made.id })).deleteUser, true);
  const gone = await own(me).then(() => assert.fail('a removed user is there'), (error) => error);
  assert.equal(gone.status, 401, gone.message);
  return 'register, login, query, update, posts, delete';
}
