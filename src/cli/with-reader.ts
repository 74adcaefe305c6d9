import type { Store } from "../store/open.js";

/** Opens a database for reading and closes it after use. */
export async function withReader<Result>(db: string, use: (store: Store) => Promise<Result>): Promise<Result> {
  const { openReader } = await import("../store/open.js");
  const store = await openReader(db);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
