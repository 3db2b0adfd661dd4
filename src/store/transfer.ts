import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import type { InvocationPiece } from '../model/invocation.ts';
import { UserFacingFailure } from '../model/userFacingFailure.ts';
import { isPiece } from './pieceShape.ts';

/** The first line of a file of records. Later versions may add members to lines; this one reads those of version 1. */
const header = { format: 'lambda-destinations-records', version: 1 } as const;

/** A line: a piece, and the connection it was learnt by. */
export interface ExportedPiece {
  readonly connectionId: string;
  readonly piece: InvocationPiece;
}

/** Less is gathered first. */
const charactersPerWrite = 500_000;

/**
 * Writes the header, then what `parts` gives. A file that is there already is replaced only when all is written.
 * @throws UserFacingFailure `recordsNotWritten`
 */
export async function writeRecords(file: string, parts: AsyncIterable<readonly ExportedPiece[]>): Promise<void> {
  const unfinished = `${file}.part`;
  const to = await open(unfinished, 'w').catch((error: unknown) => {
    throw notWritten(error, file);
  });
  try {
    let pending = `${JSON.stringify({ ...header, exportedAt: new Date().toISOString() })}\n`;
    for await (const part of parts) {
      for (const line of part) {
        pending += `${JSON.stringify(line)}\n`;
        if (pending.length < charactersPerWrite) continue;
        // Unlike `write` it goes on until all is written, or fails.
        await to.appendFile(pending);
        pending = '';
      }
    }
    await to.appendFile(pending);
    await to.close();
    await rename(unfinished, file);
  } catch (error) {
    await to.close().catch(() => undefined);
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw notWritten(error, file);
  }
}

/** An error of the file system, for people; any other error stays as it is. */
function notWritten(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  return new UserFacingFailure(
    'recordsNotWritten',
    `The records can't be written to ${file}: ${error.message}. Make room on its disk or choose another place, then export again.`,
    { cause: error },
  );
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
/** Longer lines are none of ours: a piece's body has some megabytes. */
const longestLine = 100_000_000;

/** Reads a file of records. @throws UserFacingFailure `notRecords` */
export async function* readRecords(file: string): AsyncGenerator<ReadPart> {
  const { size } = await stat(file);
  const stream = createReadStream(file, { encoding: 'utf8' });
  let pieces: InvocationPiece[] = [];
  let skipped = 0;
  let characters = 0;
  let first = true;
  try {
    for await (const line of linesOf(stream)) {
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

/** Ends at line feeds only: texts may have U+2028 in them, which others take for an end. Of lines too long the beginning is left. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let parts: string[] = [];
  let length = 0;
  const add = (part: string): void => {
    length += part.length;
    if (length <= longestLine) parts.push(part);
  };
  for await (const chunk of chunks) {
    let at = 0;
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', at)) {
      add(chunk.slice(at, end));
      yield parts.join('');
      parts = [];
      length = 0;
      at = end + 1;
    }
    add(chunk.slice(at));
  }
  if (length > 0) yield parts.join('');
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
