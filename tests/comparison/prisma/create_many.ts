// SPDX-License-Identifier: Apache-2.0
import { prisma } from "./client";

export async function createMany(tags: { name: string }[]) {
  // query
  const result = await prisma.tag.createMany({ data: tags, skipDuplicates: true });
  // end
  return result.count;
}
