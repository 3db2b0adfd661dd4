import { readEnvelope } from './readEnvelope.ts';
import type { ReadFrom, ReadPiece } from './readFrom.ts';

/** An object of a bucket that is an on-failure destination. */
export interface StoredObject {
  readonly key: string;
  readonly body: Uint8Array;
  /** Epoch ms. */
  readonly lastModified?: number;
}

/** Spec 2.5; keys of event source mappings begin otherwise. */
const keyPattern = /^aws\/lambda\/async\/([^/]+)\//;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What an object is: an execution record (spec 2.5), else a raw piece. Bytes that are no UTF-8 are kept as base64. Never throws. */
export function readObject({ key, body, lastModified }: StoredObject, from: ReadFrom): ReadPiece {
  const { destinationArn } = from;
  const at = lastModified ?? from.at;
  const functionName = keyPattern.exec(key)?.[1];
  const named = functionName === undefined ? {} : { functionName };
  const text = decoded(body);
  if (text === undefined) {
    return {
      kind: 'raw',
      rawId: `${destinationArn}/${key}`,
      at,
      destinationArn,
      what: 'unknown',
      ...named,
      base64: true,
      body: base64(body),
    };
  }
  const piece = readEnvelope({ text, destinationArn, id: key, at, attribute: () => undefined });
  return piece.kind === 'raw' ? { ...named, ...piece } : piece;
}

function decoded(body: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(body);
  } catch {
    return undefined;
  }
}

/** In portions: a call takes a limited number of arguments. */
function base64(body: Uint8Array): string {
  const portion = 0x8000;
  let binary = '';
  for (let at = 0; at < body.length; at += portion) binary += String.fromCharCode(...body.subarray(at, at + portion));
  return btoa(binary);
}
