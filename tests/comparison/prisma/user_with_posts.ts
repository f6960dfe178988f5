// SPDX-License-Identifier: Apache-2.0
import { prisma } from "./client";

export async function userWithPosts(id: string) {
  // query
  const user = await prisma.user.findUnique({
    where: { id },
    include: {
      posts: { where: { published: true }, orderBy: { createdAt: "desc" } },
    },
  });
  // end
  return user;
}
