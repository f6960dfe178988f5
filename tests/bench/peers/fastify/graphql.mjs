// SPDX-License-Identifier: Apache-2.0
// What ours reads over GraphQL: the same types and arguments, the same token and look at the caller's row as over REST, limits on
// depth and aliases, posts of all users of an operation by one statement.
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases'
import DataLoader from 'dataloader'
import { GraphQLScalarType } from 'graphql'
import mercurius from 'mercurius'
import { idOf } from 'peers-lib/uuid'

const schema = `
  scalar DateTimeISO
  type Profile { bio: String avatar: String }
  type Author { id: ID! name: String! }
  type Post { id: ID! title: String! content: String! published: Boolean! author: Author! createdAt: DateTimeISO! }
  type User {
    id: ID! name: String! email: String! createdAt: DateTimeISO!
    posts(limit: Int = 20, after: String): [Post!]!
    profile: Profile
  }
  type Query {
    users(page: Int = 1, limit: Int = 10): [User!]!
    user(id: String!): User
    me: User
    posts(page: Int = 1, limit: Int = 10): [Post!]!
    post(id: String!): Post
  }
`

const fail = (message, code) => { throw new mercurius.ErrorWithProps(message, { code }) }

function authenticated (context) {
  if (!context.user) fail('Access denied! You need to be authenticated to perform this action!', 'UNAUTHENTICATED')
  return context.user
}

function checkPage (limit, page = 1) {
  if (!(limit >= 1 && limit <= 100 && page >= 1)) fail('Argument Validation Error', 'BAD_USER_INPUT')
}

/** The position of an `after`, or null: the beginning. */
function positionOf (after) {
  if (after == null || after === '') return null
  const last = idOf(after)
  if (last === undefined) fail('Argument Validation Error', 'BAD_USER_INPUT')
  return last
}

/** `loader`: mercurius or dataloader; `jit`: whether graphql-jit compiles what is asked twice, or graphql-js executes it. */
export async function graphqlRoute (app, { users, posts, loader, jit }) {
  // A token may be left out; a bad one is a 401 all the same.
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.authorization !== undefined) return app.authenticate(request, reply)
  })

  const boolean = (post) => ({ ...post, content: post.content ?? '', published: post.published === 1 })

  /** For each of { obj, params }, of which those with the same arguments are read by one statement. */
  function postsOfAll (asked, { user }) {
    const groups = new Map()
    for (const { obj, params } of asked) {
      checkPage(params.limit)
      const key = `${params.limit} ${params.after ?? ''}`
      if (!groups.has(key)) groups.set(key, { params, ids: [] })
      groups.get(key).ids.push(obj.id)
    }
    const found = new Map([...groups].map(([key, { params, ids }]) =>
      [key, posts.newestOfAll(ids, user?.id, positionOf(params.after), params.limit)]))
    return asked.map(({ obj, params }) => (found.get(`${params.limit} ${params.after ?? ''}`).get(obj.id) ?? []).map(boolean))
  }
  const authorsOfAll = (asked) => asked.map(({ obj }) => users.find(obj.authorId))

  const User = { profile: (user) => posts.profileOf(user.id) }
  const Post = {}
  const loaders = {}
  if (loader === 'dataloader') {
    User.posts = (obj, params, context) => context.posts.load({ obj, params })
    Post.author = (obj, params, context) => context.authors.load({ obj })
  } else {
    loaders.User = { posts: { loader: async (asked, context) => postsOfAll(asked, context), opts: { cache: false } } }
    loaders.Post = { author: { loader: async (asked) => authorsOfAll(asked), opts: { cache: false } } }
  }

  await app.register(mercurius, {
    schema,
    resolvers: {
      DateTimeISO: new GraphQLScalarType({ name: 'DateTimeISO' }),
      Query: {
        users: (_, { page, limit }, context) => {
          authenticated(context)
          checkPage(limit, page)
          return users.page(page, limit)
        },
        user: (_, { id }, context) => authenticated(context) && (users.find(id) ?? null),
        me: (_, args, context) => authenticated(context),
        posts: (_, { page, limit }) => {
          checkPage(limit, page)
          return posts.page(page, limit).map(boolean)
        },
        post: (_, { id }, { user }) => {
          const post = posts.find(id)
          return post && (post.published || post.authorId === user?.id) ? boolean(post) : null
        }
      },
      User,
      Post
    },
    loaders,
    context: async (request) => {
      const context = { user: request.user ?? null }
      if (loader === 'dataloader') {
        context.posts = new DataLoader(async (asked) => postsOfAll(asked, context), { cache: false })
        context.authors = new DataLoader(async (asked) => authorsOfAll(asked), { cache: false })
      }
      return context
    },
    // Of a text that is known neither is looked at again: mercurius keeps 1024 documents.
    queryDepth: 50,
    validationRules: [maxAliasesRule({ n: 30 })],
    jit: jit ? 1 : 0
  })
}
