/** What `replay` takes from code. */
export interface ReplayArgs {
  /** Invocations of the selected connection. */
  readonly requestIds: readonly string[];
  /** Another version or alias; `''`: unqualified. Absent: as it was invoked. */
  readonly qualifier?: string;
  /** Selects local Lambda and sends there. */
  readonly to?: 'local';
  /** Sends that begin in a second; default 5. */
  readonly perSecond?: number;
  /** Sends nothing: says what would be sent. */
  readonly dryRun?: boolean;
  /** What the person used. With it they are asked where to and how fast, and failures are shown to them. */
  readonly origin?: string;
}

/** What came of a replay: each of the invocations is in one of the lists. */
export interface ReplayResult {
  readonly sent: readonly { readonly requestId: string; readonly replayOf: string }[];
  readonly failed: readonly { readonly replayOf: string; readonly message: string }[];
  /** Not sent: a dry run, cancelled, or given up after failures. */
  readonly left: readonly {
    readonly replayOf: string;
    readonly functionName: string;
    readonly qualifier?: string;
    readonly payload: string;
  }[];
  /** Nothing to send is known of these. */
  readonly refused: readonly { readonly replayOf: string; readonly message: string }[];
}
