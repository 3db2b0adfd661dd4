import { formatExactJson, parseExactJson } from '../../model/exactJson.ts';
import type { Invocation, InvocationRow, LogLine } from '../../model/invocation.ts';
import type { BodyKey, InvocationDetail } from '../../protocol/panel.ts';
import { timelineText } from './timelineText.ts';

/** Longest text that travels with a detail, in characters; what is longer is asked for when it is looked at. */
const maximumTextLength = 32_768;
/** How many of an attempt's last log lines travel with a detail. */
const maximumLogLines = 1_000;

/** A row's details with their long texts cut, and the full length of each. */
export function cutDetail(row: InvocationRow, invocation: Invocation): InvocationDetail {
  const cut: Record<string, number> = {};
  const shorten = (key: BodyKey, text: string): string => {
    if (text.length <= maximumTextLength) return text;
    cut[key] = text.length;
    return text.slice(0, maximumTextLength);
  };
  const { sent, accepted, payload, record, deadLetter, raw } = invocation;
  const short: Invocation = {
    ...invocation,
    ...(sent ? { sent: { ...sent, payload: shorten('request', sent.payload) } } : {}),
    ...(accepted?.payload === undefined
      ? {}
      : { accepted: { ...accepted, payload: shorten('request', accepted.payload) } }),
    ...(payload === undefined ? {} : { payload: shorten('request', payload) }),
    // The deliveries have the same texts.
    ...(record ? { record: { ...record, body: '' } } : {}),
    ...(deadLetter ? { deadLetter: { ...deadLetter, body: '' } } : {}),
    ...(raw ? { raw: { ...raw, body: shorten('request', raw.body) } } : {}),
    attempts: invocation.attempts.map((attempt) => {
      if (attempt.logs.length > maximumLogLines) cut[`logs:${attempt.number}`] = attempt.logs.length;
      const { ended, response } = attempt;
      return {
        ...attempt,
        ...(response === undefined ? {} : { response: shorten(`response:${attempt.number}`, response) }),
        logs: attempt.logs.slice(-maximumLogLines),
        ...(ended?.response === undefined
          ? {}
          : { ended: { ...ended, response: shorten(`response:${attempt.number}`, ended.response) } }),
      };
    }),
    deliveries: invocation.deliveries.map((delivery) => ({
      ...delivery,
      body: shorten(`delivery:${delivery.deliveryId}`, delivery.body),
    })),
  };
  if (Object.keys(cut).length > 0) cut['raw'] = bodyText(row, invocation, 'raw')?.length ?? 0;
  return { row, invocation: short, cut };
}

/** The text a key names, exactly as it is stored; `undefined` when the invocation has none. */
export function bodyText(row: InvocationRow, invocation: Invocation, key: BodyKey): string | undefined {
  if (key === 'request') {
    return invocation.accepted?.payload ?? invocation.sent?.payload ?? invocation.payload ?? invocation.raw?.body;
  }
  if (key === 'raw') return JSON.stringify({ row, invocation }, undefined, 2);
  if (key === 'timeline') return timelineText(row, invocation);
  if (key === 'logs') {
    const texts = invocation.attempts.map(({ logs }) => logText(logs)).filter((text) => text !== '');
    return texts.length === 0 ? undefined : texts.join('\n');
  }
  const name = key.slice(key.indexOf(':') + 1);
  const attempt = invocation.attempts.find((candidate) => String(candidate.number) === name);
  if (key.startsWith('response:')) return attempt?.ended?.response ?? attempt?.response;
  if (key.startsWith('logs:')) {
    return attempt && logText(attempt.logs);
  }
  return invocation.deliveries.find((delivery) => delivery.deliveryId === name)?.body;
}

function logText(lines: readonly LogLine[]): string {
  return lines.map((line) => `${new Date(line.at).toISOString()}  ${line.message.trimEnd()}`).join('\n');
}

/** A text for an editor: JSON over several lines with its numbers untouched, anything else as it is. */
export function readableText(text: string): { readonly text: string; readonly language: 'json' | 'plaintext' } {
  const node = parseExactJson(text);
  return node ? { text: `${formatExactJson(node)}\n`, language: 'json' } : { text, language: 'plaintext' };
}

/** A file name for a text of a row: `orders-charge-8ea123e4-request.json`. */
export function bodyTitle(row: InvocationRow, key: BodyKey): string {
  const part = key.startsWith('delivery:') ? 'record' : key.replace(':', '-');
  const id = (row.requestId ?? row.clientToken ?? String(row.id)).slice(0, 8);
  const extension = key.startsWith('logs') ? 'log' : key === 'timeline' ? 'txt' : 'json';
  return `${row.functionName.replaceAll(/[^\w.-]+/g, '-')}-${id}-${part}.${extension}`;
}
