/** Minimum and maximum of the time that a command waits for a file which another process has, ms. Data alone. */
export const WAIT_BOUNDS = [0, 86_400_000] as const;
