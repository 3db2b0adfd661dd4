import { parseObject, textMember } from '../reading/jsonText.ts';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** Node.js and .NET, Python's logging, the exit line, time-outs before 2025 (spec 5.8); Rust's span. */
const patterns = [
  new RegExp(String.raw`^\d{4}-\d\d-\d\dT[\d:.]+Z\t(${uuid})\t`),
  new RegExp(String.raw`^\[[A-Z]+\]\t\d{4}-\d\d-\d\dT[\d:.]+Z\t(${uuid})\t`),
  new RegExp(String.raw`^RequestId: (${uuid}) (?:Error: |Process exited)`),
  new RegExp(String.raw`^\d{4}-\d\d-\d\dT[\d:.]+Z (${uuid}) Task timed out`),
  new RegExp(String.raw`^(?:\d{4}-\S+Z\s+)?[A-Z]+\s+Lambda runtime invoke\{requestId="?(${uuid})\b`),
];
const wholeUuid = new RegExp(`^${uuid}$`);

/**
 * The request that a line names in the way its runtime does. Not `exact`: a member of a JSON line that may be the runtime's or the
 * function's own.
 */
export function requestIdInLine(message: string): { readonly id: string; readonly exact: boolean } | undefined {
  for (const pattern of patterns) {
    const id = pattern.exec(message)?.[1];
    if (id !== undefined) return { id, exact: true };
  }
  if (!message.startsWith('{') || !/"(?:requestId|AWSRequestId)"/.test(message)) return undefined;
  const value = parseObject(message);
  if (!value) return undefined;
  const id = textMember(value, 'requestId') ?? textMember(value, 'AWSRequestId');
  return id !== undefined && wholeUuid.test(id) ? { id, exact: false } : undefined;
}
