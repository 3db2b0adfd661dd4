import type { PathStep } from './filter.ts';
import type { FilterScanner } from './filterScanner.ts';

/** Steps after `payload` or `response`: `.key`, `."any key"`, `["any key"]`, `[0]`, `[*]`, `.*`. It ends where none follows. */
export function takePath(scanner: FilterScanner): readonly PathStep[] {
  const path: PathStep[] = [];
  for (;;) {
    const { at } = scanner;
    const step = takeStep(scanner);
    if (step === undefined) {
      scanner.at = at;
      return path;
    }
    path.push(step);
  }
}

function takeStep(scanner: FilterScanner): PathStep | undefined {
  if (scanner.take(/\[(?:\*|)\]/y)) return null;
  if (scanner.take(/\.\*(?=[.[=!<>:])/y)) return true;
  const index = scanner.take(/\[(\d{1,9})\]/y)?.[1];
  if (index !== undefined) return Number(index);
  const key = scanner.take(/\.([^\s.[\]=!<>:"]+)/y)?.[1];
  if (key !== undefined) return key;
  const [opened] = scanner.take(/[.[](?=")/y) ?? [];
  if (opened === undefined) return undefined;
  const quoted = scanner.takeQuoted();
  return opened === '.' || scanner.take(/\]/y) ? quoted : undefined;
}

/** A path as `takePath` reads it. */
export function printPath(path: readonly PathStep[]): string {
  return path
    .map((step) => {
      if (step === null) return '[*]';
      if (step === true) return '.*';
      if (typeof step === 'number') return `[${step}]`;
      return step !== '*' && /^[^\s.[\]=!<>:"\\]+$/.test(step) ? `.${step}` : `[${quote(step)}]`;
    })
    .join('');
}

/** In quotes, as the filter's text has them. */
export function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
