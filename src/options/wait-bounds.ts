/** Minimum and maximum time that a command waits for a database that another process is using, ms. */
export const WAIT_BOUNDS = [0, 86_400_000] as const;
