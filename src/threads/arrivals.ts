/**
 * Counts messages that come over one port against what is promised over another, between which nothing keeps the order:
 * whoever was promised some can wait until they are all there.
 */
export class Arrivals {
  private due = 0;
  private announceAll: () => void = () => undefined;

  /** So many messages were sent. */
  promise(count: number): void {
    this.due += count;
    this.check();
  }

  /** A message arrived, perhaps before it was promised. */
  arrived(): void {
    this.due--;
    this.check();
  }

  /** Resolves when everything promised so far has arrived. */
  all(): Promise<void> {
    return new Promise((resolve) => {
      this.announceAll = resolve;
      this.check();
    });
  }

  private check(): void {
    if (this.due <= 0) this.announceAll();
  }
}
