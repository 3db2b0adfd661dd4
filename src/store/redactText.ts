/**
 * What is not to be kept: values of a key wherever it is (`password`, `*token*`), or at one place of a payload or response
 * (`customer.email`, `items[*].card`). There are no regular expressions: one that takes for ever would stop the store.
 */
export interface RedactionRule {
  /** Patterns of the keys, from the outside in; one alone is any key. In lower case. */
  readonly steps: readonly (readonly string[])[];
}

const replacement = '"[redacted]"';

/** Reads rules; those that are none are given back. */
export function parseRedaction(texts: readonly string[]): {
  readonly rules: readonly RedactionRule[];
  readonly wrong: readonly string[];
} {
  const rules: RedactionRule[] = [];
  const wrong: string[] = [];
  for (const text of texts) {
    const trimmed = text.trim().replace(/^\$\.?/, '');
    const steps = trimmed.match(/[^.[\]"\s]+|"[^"]*"|\[(?:\*|\d*)\]/g) ?? [];
    if (
      steps.length === 0 ||
      !/^(?:[^.[\]"\s]+|"[^"]*")?(?:\.?(?:[^.[\]"\s]+|"[^"]*"|\[(?:\*|\d*)\]))*$/.test(trimmed)
    ) {
      wrong.push(text);
      continue;
    }
    rules.push({
      steps: steps.map((step) => {
        const key = step.startsWith('[') ? step.slice(1, -1) || '*' : step.replaceAll('"', '');
        return key.toLowerCase().split(/\*+/);
      }),
    });
  }
  return { rules, wrong };
}

/** A JSON text with the values replaced, everything else as it was; `undefined` when it is no JSON object or array. */
export function redactJson(text: string, rules: readonly RedactionRule[]): string | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  const lower = text.toLowerCase();
  // Most bodies have none of the keys; escapes may hide one.
  const possible = rules.filter(({ steps }) => {
    // An index is not in the text.
    const keys = steps.filter((parts) => !/^\d+$/.test(parts.join('*')));
    return lower.includes(String.raw`\u`) || keys.every((parts) => parts.every((part) => lower.includes(part)));
  });
  if (possible.length === 0) return text;
  return new JsonRedactor(text, possible).run();
}

/** A line of text with `key=value`, `key: value` and `"key":"value"` replaced; a line of JSON is taken for that. */
export function redactLine(text: string, rules: readonly RedactionRule[]): string {
  const start = text.indexOf('{');
  if (start !== -1) {
    const end = text.lastIndexOf('}');
    const json = end > start ? redactJson(text.slice(start, end + 1), rules) : undefined;
    if (json !== undefined) return text.slice(0, start) + json + text.slice(end + 1);
  }
  // A key is a run of letters; its value a quoted text, or what stands there up to the next blank.
  return text.replaceAll(
    /(["']?)([\w$-]{1,64})\1(\s?[=:]\s?)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;&"'{}[\]]+)/g,
    (whole, quote: string, key: string, operator: string) =>
      rules.some(({ steps }) => matches(key.toLowerCase(), steps.at(-1) ?? []))
        ? `${quote}${key}${quote}${operator}${replacement}`
        : whole,
  );
}

const stringPattern = /"(?:[^"\\]|\\[^])*"/y;
const scalarPattern = /[^\s,\]}]+/y;
const spacePattern = /\s*/y;
const maximumDepth = 500;

class JsonRedactor {
  readonly #text: string;
  readonly #rules: readonly RedactionRule[];
  readonly #parts: string[] = [];
  /** What is copied begins here. */
  #from = 0;
  #at = 0;

  constructor(text: string, rules: readonly RedactionRule[]) {
    this.#text = text;
    this.#rules = rules;
  }

  run(): string | undefined {
    const ended = this.#value([]) && this.#skip() === undefined && this.#at === this.#text.length;
    if (!ended) return undefined;
    return this.#parts.join('') + this.#text.slice(this.#from);
  }

  /** Passes a value; `false`: it is no JSON. */
  #value(path: readonly string[]): boolean {
    this.#skip();
    const begin = this.#at;
    const redacted = path.length > 0 && this.#rules.some((rule) => isAt(rule, path));
    const passed = this.#pass(path);
    if (passed && redacted) {
      this.#parts.push(this.#text.slice(this.#from, begin), replacement);
      this.#from = this.#at;
    }
    return passed;
  }

  #pass(path: readonly string[]): boolean {
    if (path.length > maximumDepth) return false;
    const kept = [this.#parts.length, this.#from] as const;
    switch (this.#text[this.#at]) {
      case '{':
      case '[': {
        const done = this.#members(path);
        // A part that is replaced as a whole needs no replacements in it.
        if (done && path.length > 0 && this.#rules.some((rule) => isAt(rule, path))) {
          this.#parts.length = kept[0];
          this.#from = kept[1];
        }
        return done;
      }
      case '"':
        return this.#take(stringPattern) !== undefined;
      default:
        return this.#take(scalarPattern) !== undefined;
    }
  }

  #members(path: readonly string[]): boolean {
    const close = this.#text[this.#at++] === '{' ? '}' : ']';
    this.#skip();
    if (this.#text[this.#at] === close) {
      this.#at++;
      return true;
    }
    for (let index = 0; ; index++) {
      let key = String(index);
      if (close === '}') {
        this.#skip();
        const written = this.#take(stringPattern);
        if (written === undefined) return false;
        key = unescaped(written);
        this.#skip();
        if (this.#text[this.#at++] !== ':') return false;
      }
      if (!this.#value([...path, key.toLowerCase()])) return false;
      this.#skip();
      const next = this.#text[this.#at++];
      if (next === close) return true;
      if (next !== ',') return false;
    }
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #skip(): undefined {
    this.#take(spacePattern);
  }
}

function unescaped(written: string): string {
  try {
    return JSON.parse(written) as string;
  } catch {
    return written.slice(1, -1);
  }
}

/** A record has payloads in it: places are those of the payload. */
function isAt({ steps }: RedactionRule, path: readonly string[]): boolean {
  const [first = []] = steps;
  if (steps.length === 1) return matches(path.at(-1) ?? '', first);
  const own = path[0] === 'requestpayload' || path[0] === 'responsepayload' ? path.slice(1) : path;
  return [path, own].some(
    (each) => each.length === steps.length && each.every((key, index) => matches(key, steps[index] ?? [])),
  );
}

/** Whether a text is the parts with anything between them. */
function matches(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - at >= last.length && text.endsWith(last);
}
