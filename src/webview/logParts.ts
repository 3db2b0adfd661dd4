/** A log line as it is shown. */
export interface LogParts {
  /** `platform`: Lambda's own lines; `error`: something went wrong; else empty. */
  readonly kind: 'platform' | 'error' | '';
  /** `INFO`, `ERROR`, …; empty when the runtime wrote none. */
  readonly level: string;
  readonly text: string;
}

/**
 * Takes a line apart: what the runtimes put before each (time and request id, spec 5.8) is on the screen already. A line
 * of another form is shown whole.
 */
export function logParts(message: string): LogParts {
  const text = message.trimEnd();
  if (/^(START|END|REPORT|INIT_START|INIT_REPORT) /.test(text))
    return { kind: 'platform', level: '', text: text.replaceAll('\t', '  ') };
  const node = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[^\t]*\t([A-Z]+)\t/.exec(text);
  const python = /^\[([A-Z]+)\]\t\d{4}-\d\d-\d\dT[\d:.]+Z\t[^\t]*\t/.exec(text);
  const found = node ?? python;
  const level = found?.[1] ?? '';
  const bad = /^(ERROR|FATAL|CRITICAL)$/.test(level) || /^\[ERROR\] |^\S+ \S+ Task timed out after /.test(text);
  return { kind: bad ? 'error' : '', level, text: text.slice(found?.[0].length ?? 0) };
}
