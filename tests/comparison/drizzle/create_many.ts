// SPDX-License-Identifier: Apache-2.0
import { db } from "./client";
import { tags } from "./schema";

export async function createMany(list: { name: string }[]) {
  // query
  const result = await db.insert(tags).values(list).onConflictDoNothing({ target: tags.name });
  // end
  return result.rowCount;
}
