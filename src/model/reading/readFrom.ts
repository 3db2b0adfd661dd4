import type { DeadLetterPiece, RawPiece, RecordPiece } from '../invocation.ts';

/** What a message or an object turns out to be: always one of these, whatever it holds. */
export type ReadPiece = RecordPiece | DeadLetterPiece | RawPiece;

/** Where something was read, and when. */
export interface ReadFrom {
  /**
   * The destination as a function's settings name it: of a queue, a bucket or a function its ARN; of a tap queue that of
   * the topic or bus that it is subscribed to, where one is known. What the envelope itself names counts for more.
   */
  readonly destinationArn: string;
  /** When it was read, epoch ms: for what does not tell a time itself. */
  readonly at: number;
  /** The only function whose dead-letter queue it is, where that is known. */
  readonly deadLetterOf?: string;
}
