// SPDX-License-Identifier: Apache-2.0
import { prisma } from "./client";

export async function returning(id: string, name: string, email: string, title: string) {
  // query
  const user = await prisma.user.create({ data: { name, email } });
  const post = await prisma.post.update({ where: { id }, data: { title } });
  // end
  return { user, post };
}
