import { filterKeys, filterStatuses, findKey } from './filterKeys.ts';
import { quote } from './bodyPath.ts';

/** Values that are there, for completion: those met most often first. */
export interface KnownValues {
  readonly fn?: readonly string[];
  readonly q?: readonly string[];
  readonly cond?: readonly string[];
  readonly err?: readonly string[];
  readonly dest?: readonly string[];
  /** Paths as they are written: `payload.order.id`. */
  readonly paths?: readonly string[];
}

/** What can be put in the place of a part of the text. */
export interface FilterCompletions {
  readonly start: number;
  readonly end: number;
  readonly items: readonly FilterCompletion[];
}

/** `text` replaces the part; after a key (`partial`) more has to follow. */
export interface FilterCompletion {
  readonly label: string;
  readonly text: string;
  readonly detail?: string;
  readonly partial: boolean;
}

const maximumItems = 50;
const times = ['15m', '1h', '24h', '7d', 'today', 'yesterday'];

/** What may stand at a place of the text: keys at the beginning of a word, values after `key:`. Best first. */
export function completionsAt(text: string, offset: number, known: KnownValues): FilterCompletions {
  const at = Math.min(Math.max(0, offset), text.length);
  const { start: wordStart, end } = wordAt(text, at);
  const start = wordStart + Number(text[wordStart] === '-' && at > wordStart);
  const written = text.slice(start, at);
  const [, name = '', before = ''] = /^([A-Za-z]+):((?:[^",]|"[^"]*(?:"|$))*,)?/.exec(written) ?? [];
  const key = findKey(name);
  if (key !== undefined) {
    const valueStart = start + name.length + 1 + before.length;
    const typed = text.slice(valueStart, at).replaceAll(/^(?:>=?|<=?|=)|"/g, '');
    const comma = text.indexOf(',', at);
    return {
      start: valueStart,
      end: comma === -1 || comma > end ? end : comma,
      items: found(valuesOf(key, known), typed).map((value) => ({
        label: value,
        text: /[\s",*]/.test(value) ? quote(value) : value,
        partial: false,
      })),
    };
  }
  const keys = filterKeys
    .filter(({ key: own, aliases }) => [own, ...aliases].some((each) => each.startsWith(written.toLowerCase())))
    .map(({ key: own, hint }) => ({ label: `${own}:`, text: `${own}:`, detail: hint, partial: true }));
  const paths = /^[pr]/i.test(written)
    ? found(known.paths ?? ['payload.', 'response.'], written).map((path) => ({
        label: path,
        text: path.endsWith('.') ? path : `${path}=`,
        partial: true,
      }))
    : [];
  return { start, end, items: [...keys, ...paths].slice(0, maximumItems) };
}

function valuesOf(key: string, known: KnownValues): readonly string[] {
  switch (key) {
    case 'fn':
    case 'q':
    case 'cond':
    case 'err':
    case 'dest':
      return known[key] ?? [];
    case 'status':
      return filterStatuses;
    case 'since':
    case 'until':
      return times;
    case 'attempts':
      return ['1', '2', '3', '>1'];
    case 'duration':
      return ['>1s', '>10s', '>1m'];
    case 'is':
      return ['pinned'];
    default:
      return [];
  }
}

/** Those that begin so, then those that have it somewhere. */
function found(values: readonly string[], typed: string): readonly string[] {
  const lower = typed.toLowerCase();
  const begin = values.filter((value) => value.toLowerCase().startsWith(lower));
  const have = values.filter((value) => !begin.includes(value) && value.toLowerCase().includes(lower));
  return [...begin, ...have].slice(0, maximumItems);
}

/** The word around a place; blanks in quotes are part of it. */
function wordAt(text: string, at: number): { readonly start: number; readonly end: number } {
  for (const { index, 0: word } of text.matchAll(/(?:[^\s"]|"(?:[^"\\]|\\.)*(?:"|$))+/g)) {
    if (index > at) break;
    if (at <= index + word.length) return { start: index, end: index + word.length };
  }
  return { start: at, end: at };
}
