// SPDX-License-Identifier: Apache-2.0
import { prisma } from "./client";

export async function userWithProfile(name: string, email: string, bio: string) {
  // query
  const user = await prisma.user.create({
    data: { name, email, profile: { create: { bio } } },
  });
  // end
  return user;
}
