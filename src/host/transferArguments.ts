/** What `exportRecords` and `importRecords` take from code. */
export interface TransferArgs {
  /** Absolute path. Absent: it is asked for. */
  readonly file?: string;
  /** Of an export: only what this filter, as the panel's filter box has it, finds. */
  readonly filter?: string;
}

/** What came of it. */
export interface TransferResult {
  readonly file: string;
  /** Invocations written; of an import those that are new or of which more is known now. */
  readonly rows: number;
  /** Of an import: lines that could not be read. */
  readonly skipped?: number;
}
