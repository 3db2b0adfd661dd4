import { redactedValue } from '../model/replay.ts';

/**
 * What is not to be kept: values of a key wherever it is (`password`, `*token*`), or at one place of a payload or response
 * (`customer.email`, `items[*].card`). There are no regular expressions: one that takes for ever would stop the store.
 */
export interface RedactionRule {
  /** Patterns of the keys, from the outside in; one alone is any key. In lower case. */
  readonly steps: readonly (readonly string[])[];
}

const replacement = JSON.stringify(redactedValue);

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

/** What is done with a text that is a value: it may have JSON in it, or a key with its value. */
export type InText = (text: string) => string;

/**
 * A JSON text with the values replaced, everything else as it was; `undefined` when it is no JSON object or array. Texts
 * in it are what `inText` makes of them.
 */
export function redactJson(
  text: string,
  rules: readonly RedactionRule[],
  inText: InText = (each) => each,
): string | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  if (!mayHold(text, rules)) return text;
  return new JsonRedactor(text, rules, inText).run();
}

/** Whether something in a text may have to be replaced. */
export function mayHold(text: string, rules: readonly RedactionRule[]): boolean {
  return mayName(text, rules) || base64Pattern.test(text);
}

/** Whether a text may have the last key of a rule in it: most have none. Escapes may hide one. */
export function mayName(text: string, rules: readonly RedactionRule[]): boolean {
  const lower = text.toLowerCase();
  return (
    lower.includes(String.raw`\u`) ||
    rules.some(({ steps }) => {
      const last = steps.findLast((parts) => !isIndex(parts)) ?? [];
      return last.every((part) => lower.includes(part));
    })
  );
}

/** Whether a key is the last one of a rule. */
export function isNamed(key: string, rules: readonly RedactionRule[]): boolean {
  const lower = key.toLowerCase();
  return rules.some(({ steps }) => matches(lower, steps.at(-1) ?? []));
}

/** An index is in no text. */
function isIndex(parts: readonly string[]): boolean {
  return /^\d+$/.test(parts.join('*'));
}

/** How base64 of a JSON object or array begins, as a text that is a value. */
const base64Pattern = /"(?:e[w-z3]|[WC][0-9A-Za-z])[\w+/-]{10,}={0,2}"/;
const wholeBase64 = new RegExp(`^${base64Pattern.source}$`);

const stringPattern = /"(?:[^"\\]|\\[^])*"/y;
const scalarPattern = /[^\s,\]}]+/y;
const spacePattern = /\s*/y;
const maximumDepth = 500;

class JsonRedactor {
  readonly #text: string;
  readonly #rules: readonly RedactionRule[];
  readonly #inText: InText;
  readonly #parts: string[] = [];
  /** What is copied begins here. */
  #from = 0;
  #at = 0;

  constructor(text: string, rules: readonly RedactionRule[], inText: InText) {
    this.#text = text;
    this.#rules = rules;
    this.#inText = inText;
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
    if (passed && redacted) this.#replace(begin, replacement);
    else if (passed && this.#text[begin] === '"') this.#look(begin);
    return passed;
  }

  #replace(begin: number, by: string): void {
    this.#parts.push(this.#text.slice(this.#from, begin), by);
    this.#from = this.#at;
  }

  /** A text that was passed, and begins there, may have JSON in it, or be base64 of some. */
  #look(begin: number): void {
    const written = this.#text.slice(begin, this.#at);
    if (wholeBase64.test(written)) {
      const decoded = Buffer.from(written, 'base64').toString();
      const redacted = redactJson(decoded, this.#rules, this.#inText);
      if (redacted !== undefined && redacted !== decoded) this.#replace(begin, replacement);
    } else if (mayName(written, this.#rules)) {
      const text = unescaped(written);
      const redacted = this.#inText(text);
      if (redacted !== text) this.#replace(begin, JSON.stringify(redacted));
    }
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
