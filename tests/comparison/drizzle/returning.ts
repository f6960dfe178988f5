// SPDX-License-Identifier: Apache-2.0
import { eq } from "drizzle-orm";
import { db } from "./client";
import { posts, users } from "./schema";

export async function returning(id: string, name: string, email: string, title: string) {
  // query
  const [user] = await db.insert(users).values({ name, email }).returning();
  const [post] = await db.update(posts).set({ title }).where(eq(posts.id, id)).returning();
  // end
  return { user, post };
}
