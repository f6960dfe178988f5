// SPDX-License-Identifier: Apache-2.0
import { desc, eq } from "drizzle-orm";
import { db } from "./client";
import { posts, users } from "./schema";

export async function userWithPosts(id: string) {
  // query
  const user = await db.query.users.findFirst({
    where: eq(users.id, id),
    with: {
      posts: { where: eq(posts.published, true), orderBy: desc(posts.createdAt) },
    },
  });
  // end
  return user;
}
