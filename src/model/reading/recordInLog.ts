import type { RecordPiece } from '../invocation.ts';
import { isObject, memberSpans, objectEnd, parseObject, withoutBlanks, type JsonObject } from './jsonText.ts';
import { readRecordText, type RecordText } from './recordText.ts';

/** A line is searched only so far: objects side by side, objects in objects, texts in texts. */
const maximumCandidates = 8;
const maximumDepth = 4;

/**
 * The record that a destination function logged: its event as JSON, alone, after a log prefix, or as (or in) the message of
 * a JSON log line. What `console.log(event)` prints in text format is no JSON, and is not found. `undefined`: there is none
 * in it. Never throws.
 */
export function recordInLog(message: string, destinationArn: string): RecordPiece | undefined {
  const record = recordInText(message, 0);
  return record && { kind: 'record', destinationArn, ...record };
}

function recordInText(text: string, depth: number): RecordText | undefined {
  // Nearly every line ends here.
  if (!text.includes('requestContext')) return undefined;
  let start = text.indexOf('{');
  for (let candidate = 0; candidate < maximumCandidates && start >= 0; candidate++) {
    const end = objectEnd(text, start);
    const part = end === undefined ? undefined : text.slice(start, end);
    const value = part === undefined ? undefined : parseObject(part);
    const record = part !== undefined && value ? recordInObject(part, value, depth) : undefined;
    if (record) return record;
    start = text.indexOf('{', value && end !== undefined ? end : start + 1);
  }
  return undefined;
}

function recordInObject(text: string, value: JsonObject, depth: number): RecordText | undefined {
  const record = readRecordText(text, value);
  if (record || depth >= maximumDepth) return record;
  const spans = memberSpans(text);
  for (const [key, inner] of Object.entries(value)) {
    const span = spans.get(key);
    const found =
      typeof inner === 'string'
        ? recordInText(inner, depth + 1)
        : isObject(inner) && span
          ? recordInObject(text.slice(...withoutBlanks(text, span)), inner, depth + 1)
          : undefined;
    if (found) return found;
  }
  return undefined;
}
