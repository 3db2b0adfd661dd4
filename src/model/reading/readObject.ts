import type { ReadFrom, ReadPiece } from './readFrom.ts';

/** An object of a bucket that is an on-failure destination. */
export interface StoredObject {
  readonly key: string;
  readonly body: Uint8Array;
  /** Epoch ms. */
  readonly lastModified?: number;
}

/** What an object is: an execution record (spec 2.5), else a raw piece. Never throws. */
export function readObject({ key, body, lastModified }: StoredObject, from: ReadFrom): ReadPiece {
  return {
    kind: 'raw',
    rawId: `${from.destinationArn}/${key}`,
    at: lastModified ?? from.at,
    destinationArn: from.destinationArn,
    what: 'unknown',
    body: new TextDecoder('utf-8', { ignoreBOM: true }).decode(body),
  };
}
