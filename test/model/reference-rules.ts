/** Parameters of the rules that the reference follows. A faulty reference differs in one of them. */
export interface Rules {
  /** Days after which a probe is final; the same for a hole; days after which a missing file is late. */
  lookBackDays: number;
  holeDays: number;
  lateDays: number;
  /** Days without a file that make a symbol dormant, and days between its LISTs. */
  dormantDays: number;
  restDays: number;
  /** Gaps that end a life, without and with a settled folder; size of a flat file; whether a folder's end counts. */
  absentDays: number;
  dullDays: number;
  flatBytes: number;
  settledEndsLife: boolean;
  /** Half published days. */
  publicationDays: number;
  lackingSymbols: number;
  /** Whether an empty day waits for a sweep after D+90. */
  emptyDayWaits: boolean;
  /** Whether a run over some cells leaves the others due. */
  cellByCell: boolean;
  /** Whether a failed cell stays a gap; otherwise it is stored as missing. */
  failuresAreGaps: boolean;
  /** Whether an incomplete listing is discarded. */
  wholeLists: boolean;
  /** Whether a cell probed in the future is due again. */
  clocksLie: boolean;
  /** Whether the past of a new name is due. */
  newPast: boolean;
  /** Whether a listing that lacks a name proves its cells missing. */
  listingsProve: boolean;
  /** Whether a day with unknown cells is partial. */
  partial: boolean;
  /** Whether a different ETag alone counts as a replacement. */
  etags: boolean;
  /** Whether conditions are those of the question's cells; otherwise those of the day. */
  byQuestion: boolean;
  /** Whether a sweep also probes cells that are final. */
  sweepsAll: boolean;
  /** Whether an age is marked as a lower bound. */
  bounds: boolean;
  /** Whether a delisting is reported only when the missing file is final. */
  delistingsWait: boolean;
}

/** The rules of README.md in this folder. */
export const RULES: Readonly<Rules> = {
  lookBackDays: 20,
  holeDays: 90,
  lateDays: 3,
  dormantDays: 60,
  restDays: 7,
  absentDays: 30,
  dullDays: 28,
  flatBytes: 10_000,
  settledEndsLife: true,
  publicationDays: 4,
  lackingSymbols: 5,
  emptyDayWaits: true,
  cellByCell: true,
  failuresAreGaps: true,
  wholeLists: true,
  clocksLie: true,
  newPast: true,
  listingsProve: true,
  partial: true,
  etags: true,
  byQuestion: true,
  sweepsAll: true,
  bounds: true,
  delistingsWait: true,
};
