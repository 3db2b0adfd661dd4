import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { InvocationPiece } from '../model/invocation.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';

/** The first line of a file of records. Later versions may add members to lines; this one reads those of version 1. */
const header = { format: 'lambda-destinations-records', version: 1 } as const;

/** A line: a piece, and the connection it was learnt by. */
export interface ExportedPiece {
  readonly connectionId: string;
  readonly piece: InvocationPiece;
}

/** Writes the header, then what `parts` gives; an unfinished file is removed. */
export async function writeRecords(file: string, parts: AsyncIterable<readonly ExportedPiece[]>): Promise<void> {
  const to = await open(file, 'w');
  try {
    await to.write(`${JSON.stringify({ ...header, exportedAt: new Date().toISOString() })}\n`);
    for await (const part of parts) {
      await to.write(part.map((line) => `${JSON.stringify(line)}\n`).join(''));
    }
    await to.close();
  } catch (error) {
    await to.close().catch(() => undefined);
    await rm(file, { force: true });
    throw error;
  }
}

/** What was read up to now. */
export interface ReadPart {
  readonly pieces: readonly InvocationPiece[];
  /** Lines that are no pieces. */
  readonly skipped: number;
  /** Of the file, 0 to 1. */
  readonly fraction: number;
}

/** Pieces of a part of the file at a time: so many, or so many characters. */
const piecesPerPart = 500;
const charactersPerPart = 2_000_000;

/** Reads a file of records. @throws UserFacingFailure `notRecords` */
export async function* readRecords(file: string): AsyncGenerator<ReadPart> {
  const { size } = await stat(file);
  const stream = createReadStream(file, { encoding: 'utf8' });
  let pieces: InvocationPiece[] = [];
  let skipped = 0;
  let characters = 0;
  let first = true;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      if (first) checkHeader(line);
      else if (line.trim() !== '') {
        const piece = pieceOf(line);
        if (piece) pieces.push(piece);
        else skipped++;
      }
      first = false;
      characters += line.length;
      if (pieces.length < piecesPerPart && characters < charactersPerPart) continue;
      yield { pieces, skipped, fraction: Math.min(1, stream.bytesRead / Math.max(1, size)) };
      pieces = [];
      skipped = 0;
      characters = 0;
    }
    if (first) checkHeader('');
    yield { pieces, skipped, fraction: 1 };
  } finally {
    stream.destroy();
  }
}

function checkHeader(line: string): void {
  const found = parsed(line) as { readonly format?: unknown; readonly version?: unknown } | undefined;
  if (found?.format !== header.format) {
    throw new UserFacingFailure(
      'notRecords',
      'This is no file of exported records: its first line does not say so. Choose one that Export Records has written.',
    );
  }
  if (found.version !== header.version) {
    throw new UserFacingFailure(
      'notRecords',
      'This file of records was written by a newer version of Lambda Destinations. Update the extension, then import it again.',
    );
  }
}

function pieceOf(line: string): InvocationPiece | undefined {
  const piece = (parsed(line) as Partial<ExportedPiece> | undefined)?.piece;
  return isPiece(piece) ? piece : undefined;
}

function parsed(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What each kind has to have, beyond its key, to be folded. */
const members = {
  sent: { at: 'number', functionName: 'string', payload: 'string', origin: 'string' },
  accepted: { at: 'number', functionName: 'string', functionArn: 'string' },
  notAccepted: { at: 'number', errorName: 'string', errorMessage: 'string', mayHaveRun: 'boolean' },
  attemptStarted: { at: 'number', attempt: 'number', executedVersion: 'string' },
  attemptEnded: { at: 'number', attempt: 'number', startedAt: 'number', executedVersion: 'string', status: 'string' },
  log: { attempt: 'number', lines: 'object' },
  wait: { at: 'number', afterAttempt: 'number', reason: 'string', until: 'number', nominalMs: 'number' },
  outcome: { at: 'number', condition: 'string', approximateInvokeCount: 'number' },
  delivery: {
    at: 'number',
    deliveryId: 'string',
    role: 'string',
    destinationArn: 'string',
    status: 'string',
    body: 'string',
  },
  record: {
    at: 'number',
    functionArn: 'string',
    condition: 'string',
    role: 'string',
    destinationArn: 'string',
    body: 'string',
  },
  deadLetter: { at: 'number', destinationArn: 'string', body: 'string' },
  logEvents: {
    functionName: 'string',
    logGroupName: 'string',
    logStreamName: 'string',
    marks: 'object',
    lines: 'object',
  },
  settings: { at: 'number', maximumRetryAttempts: 'number', maximumEventAgeSeconds: 'number' },
  raw: { at: 'number', destinationArn: 'string', what: 'string', body: 'string' },
} as const satisfies Record<InvocationPiece['kind'], Readonly<Record<string, string>>>;

/** Whether a value has what a piece of its kind needs; files come from other machines, and people edit them. */
function isPiece(value: unknown): value is InvocationPiece {
  if (typeof value !== 'object' || value === null) return false;
  const has = (key: string, type: string): boolean => {
    const found: unknown = Reflect.get(value, key);
    return typeof found === type && found !== null && (type !== 'object' || Array.isArray(found));
  };
  const kind: unknown = Reflect.get(value, 'kind');
  if (typeof kind !== 'string' || !Object.hasOwn(members, kind)) return false;
  const key = kind === 'raw' ? 'rawId' : kind === 'sent' || kind === 'notAccepted' ? 'clientToken' : 'requestId';
  return (
    has(key, 'string') &&
    Object.entries(members[kind as InvocationPiece['kind']]).every(([name, type]) => has(name, type))
  );
}
