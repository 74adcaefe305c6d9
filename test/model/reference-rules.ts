/** The numbers and choices of the rules, as the reference follows them; a faulty one differs in one. */
export interface Rules {
  /** Days after which a probe is believed; a hole's; after which a missing file is late. */
  lookBackDays: number;
  holeDays: number;
  lateDays: number;
  /** Days without a file that make a symbol dormant, and days between its LISTs. */
  dormantDays: number;
  restDays: number;
  /** Gaps that end a life, alone and with a settled folder; what a flat file is; whether a settled folder's end counts. */
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
  /** Whether a failed cell is left as a gap; else it is stored as missing. */
  failuresAreGaps: boolean;
  /** Whether a listing that broke off is thrown away. */
  wholeLists: boolean;
  /** Whether a probe from later than now is due again. */
  clocksLie: boolean;
  /** Whether the past of a new name is due. */
  newPast: boolean;
  /** Whether a listing that lacks a name proves its cells missing. */
  listingsProve: boolean;
  /** Whether a day with unknown cells is partial. */
  partial: boolean;
  /** Whether another ETag alone is a replacement. */
  etags: boolean;
  /** Whether conditions are those of the question's cells; else those of the day. */
  byQuestion: boolean;
  /** Whether a sweep asks about what is believed too. */
  sweepsAll: boolean;
  /** Whether an age says that it is a lower bound. */
  bounds: boolean;
  /** Whether a delisting waits until the lack of a file is believed. */
  delistingsWait: boolean;
}

/** DESIGN's rules. */
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
