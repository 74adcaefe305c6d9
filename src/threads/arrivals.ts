/**
 * Counts messages that arrive over one port against the number promised over another. The order between two ports is
 * undefined, so this allows waiting until all promised messages have arrived.
 */
export class Arrivals {
  private due = 0;
  private announceAll: () => void = () => undefined;

  /** `count` messages were sent. */
  promise(count: number): void {
    this.due += count;
    this.check();
  }

  /** A message arrived, possibly before it was promised. */
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
