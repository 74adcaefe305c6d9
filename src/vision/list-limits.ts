/*
 * Limits on a listing of the bucket. A bucket holds a bounded number of objects, so a listing that exceeds these limits
 * is abandoned: it would fill the memory or never end.
 */

/** Each period has two keys, the file and its checksum. */
export const KEYS_PER_PERIOD = 2;

/** Maximum keys and prefixes of an S3 list page. */
export const MAX_PAGE_ENTRIES = 1000;

/** Days on one list page of a daily dataset. */
export const PAGE_DAYS = MAX_PAGE_ENTRIES / KEYS_PER_PERIOD;

/** Maximum bytes of a page; one of 1,000 keys is 265 kB. */
export const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** Maximum bytes of a key, by S3's own rule. */
export const MAX_KEY_BYTES = 1024;

/** Maximum bytes of a tag with its attributes. */
export const MAX_TAG_BYTES = 1024;

/** Maximum folders below a dataset. The largest has about 3,600. */
export const MAX_FOLDERS = 50_000;

/** Maximum pages of folders: ten times what the maximum number fills, since servers may send less than requested. */
export const MAX_FOLDER_PAGES = (10 * MAX_FOLDERS) / MAX_PAGE_ENTRIES;

/** Maximum pages of one symbol's files: ten times what its periods fill, plus room for unexpected keys. */
export function maxFilePages(periods: number): number {
  return 10 * (Math.ceil((periods * KEYS_PER_PERIOD) / MAX_PAGE_ENTRIES) + 1);
}
