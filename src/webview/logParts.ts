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
  const json = jsonParts(text);
  if (json) return json;
  const node = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[^\t]*\t([A-Z]+)\t/.exec(text);
  const python = /^\[([A-Z]+)\]\t\d{4}-\d\d-\d\dT[\d:.]+Z\t[^\t]*\t/.exec(text);
  const found = node ?? python;
  const level = found?.[1] ?? '';
  const bad = /^(ERROR|FATAL|CRITICAL)$/.test(level) || /^\[ERROR\] |^\S+ \S+ Task timed out after /.test(text);
  return { kind: bad ? 'error' : '', level, text: text.slice(found?.[0].length ?? 0) };
}

/** Of the JSON log format (spec 5.9): platform events, and what runtimes write; other objects are shown as they are. */
function jsonParts(text: string): LogParts | undefined {
  const line = parseObject(text);
  if (!line) return undefined;
  const { type, record, level, log_level: errorLevel, message } = line;
  if (typeof type === 'string' && type.startsWith('platform.') && isObject(record)) {
    return { kind: 'platform', level: '', text: `${type}  ${fieldsText(record)}` };
  }
  if (typeof errorLevel === 'string') {
    // Python's runtime: the error's own fields.
    return { kind: 'error', level: errorLevel, text: errorText(line) };
  }
  if (typeof level !== 'string' || !('timestamp' in line)) return undefined;
  const kind = /^(ERROR|FATAL|CRITICAL)$/.test(level) ? 'error' : '';
  const { timestamp: _at, level: _level, requestId: _id, message: _message, ...rest } = line;
  const shown = isObject(message) && Array.isArray(message['stackTrace']) ? errorText(message) : valueText(message);
  const more = 'stackTrace' in rest ? `\n${errorText(rest)}` : fieldsText(rest) && `  ${fieldsText(rest)}`;
  return { kind, level, text: `${shown}${more}` };
}

/** `Type: message`, then the stack's lines. */
function errorText(error: Readonly<Record<string, unknown>>): string {
  const { errorType, errorMessage, stackTrace } = error;
  const frames = Array.isArray(stackTrace) ? stackTrace.map(valueText) : [];
  const head = `${valueText(errorType)}: ${valueText(errorMessage)}`;
  // Node.js's stack begins with the message, which may have several lines.
  const isTold = /^\s*(?:at|File) /.test(frames[0] ?? ' at ');
  return [...(isTold ? [head] : []), ...frames].map((line) => line.trimEnd()).join('\n');
}

/** `key=value` of each, those of an object below it with its name before. */
function fieldsText(fields: Readonly<Record<string, unknown>>, prefix = ''): string {
  return Object.entries(fields)
    .map(([key, value]) =>
      isObject(value) ? fieldsText(value, `${prefix}${key}.`) : `${prefix}${key}=${valueText(value)}`,
    )
    .join('  ');
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
