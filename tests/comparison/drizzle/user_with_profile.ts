// SPDX-License-Identifier: Apache-2.0
import { db } from "./client";
import { profiles, users } from "./schema";

export async function userWithProfile(name: string, email: string, bio: string) {
  // query
  const user = await db.transaction(async (tx) => {
    const [user] = await tx.insert(users).values({ name, email }).returning();
    await tx.insert(profiles).values({ userId: user.id, bio });
    return user;
  });
  // end
  return user;
}
