import type { InvocationRow } from '../../model/invocation.ts';
import { withoutRequestId } from '../../model/withoutRequestId.ts';
import type { Translate } from '../functionsTree/nodeText.ts';

/** Longest part of an error message that a notification shows, in characters. */
const longestError = 120;

/** `orders failed: TypeError: no stock`, or `5 invocations failed: orders (3), billing (2)`. */
export function failureText(rows: readonly InvocationRow[], t: Translate): string {
  const [first] = rows;
  if (rows.length === 1 && first) {
    const message = withoutRequestId(first.errorMessage ?? '');
    const error = [first.errorType ?? '', message].filter((part) => part !== '').join(': ');
    const what = cut((error === '' ? first.condition : error) ?? '');
    const name = first.functionName;
    if (first.status === 'lost') {
      return what === ''
        ? t('{0} failed, and nothing caught the event.', name)
        : t('{0} failed, and nothing caught the event: {1}', name, what);
    }
    if (first.status === 'notAccepted') return t('{0} did not accept the event: {1}', name, what);
    return what === '' ? t('{0} failed.', name) : t('{0} failed: {1}', name, what);
  }
  const counts = new Map<string, number>();
  for (const { functionName } of rows) counts.set(functionName, (counts.get(functionName) ?? 0) + 1);
  const names = [...counts].toSorted((a, b) => b[1] - a[1]).map(([name, count]) => `${name} (${count})`);
  const shown = names.length > 3 ? [...names.slice(0, 3), t('{0} more', names.length - 3)] : names;
  return t('{0} invocations failed: {1}', rows.length, shown.join(', '));
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longestError ? `${line.slice(0, longestError - 1)}…` : line;
}
