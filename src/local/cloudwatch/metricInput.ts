import type { JsonInput } from '../server/jsonInput.ts';
import { invalidCombination, invalidNextToken, invalidValue, missingParameter } from './monitoringErrors.ts';
import type { Dimensions } from './metricTable.ts';

/** A text that has to be there, 1 to 255 characters. @throws ServiceError `MissingParameter`, `InvalidParameterValue` */
export function requiredText(input: JsonInput, name: string, path = name): string {
  const value = input.text(name);
  if (value === undefined || value === '') throw missingParameter(path);
  if (value.length > 255) throw invalidValue(`The parameter ${path} must be shorter than 256 characters.`);
  return value;
}

/** The last moment that JavaScript knows, epoch ms: in the year 275760. */
const endOfTime = 8.64e15;

/** A time that has to be there: epoch ms. @throws ServiceError `MissingParameter`, `InvalidParameterValue` */
function requiredTime(input: JsonInput, name: string): number {
  const seconds = input.number(name);
  if (seconds === undefined) throw missingParameter(name);
  if (Math.abs(seconds * 1000) <= endOfTime) return seconds * 1000;
  throw invalidValue(`The value ${seconds} for parameter ${name} is no time.`);
}

/** The dimensions of one metric, at most 30, sorted: their order does not matter. @throws ServiceError `InvalidParameterValue` */
export function readDimensions(input: JsonInput, path = 'Dimensions'): Dimensions {
  const items = input.inputs('Dimensions') ?? [];
  if (items.length > 30) throw invalidValue(`The collection ${path} must not have a size greater than 30.`);
  const dimensions = items.map((item, index) => {
    const at = `${path}.member.${index + 1}`;
    const value = item.text('Value');
    if (value === undefined || value === '') throw missingParameter(`${at}.Value`);
    return [requiredText(item, 'Name', `${at}.Name`), value] as const;
  });
  return dimensions.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** A period in seconds: 1, 5, 10, 20, 30 or minutes. @throws ServiceError `MissingParameter`, `InvalidParameterValue` */
export function requiredPeriod(input: JsonInput, path = 'Period'): number {
  const period = input.integer('Period');
  if (period === undefined) throw missingParameter(path);
  if ([1, 5, 10, 20, 30].includes(period) || (period >= 60 && period % 60 === 0)) return period;
  throw invalidValue(`The parameter ${path} must be 1, 5, 10, 20, 30 or a multiple of 60.`);
}

/** `StartTime` and `EndTime`, epoch ms; their order is the operation's to check. @throws ServiceError `MissingParameter`, `InvalidParameterValue` */
export function readTimeRange(input: JsonInput): { readonly start: number; readonly end: number } {
  return { start: requiredTime(input, 'StartTime'), end: requiredTime(input, 'EndTime') };
}

/** Units as CloudWatch has them; `undefined`: any. @throws ServiceError `InvalidParameterValue` */
export function readUnit(input: JsonInput, path = 'Unit'): string | undefined {
  const unit = input.text('Unit');
  if (unit === undefined || units.has(unit)) return unit;
  throw invalidValue(`The value ${unit} for parameter ${path} is not a unit.`);
}

const sizes = ['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes'];
const bits = ['Bits', 'Kilobits', 'Megabits', 'Gigabits', 'Terabits'];
const perSecond = [...sizes, ...bits, 'Count'].map((unit) => `${unit}/Second`);
const others = ['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'Count', 'None'];
const units: ReadonlySet<string> = new Set([...sizes, ...bits, ...perSecond, ...others]);

/** A token is a number that goes on after what was given; absent: 0. @throws ServiceError `InvalidNextToken` */
export function readToken(input: JsonInput): number {
  const token = input.text('NextToken');
  if (token === undefined) return 0;
  const text = Buffer.from(token, 'base64url').toString();
  if (/^after:\d{1,15}$/.test(text)) return Number(text.slice('after:'.length));
  throw invalidNextToken();
}

/** What `readToken` reads. */
export function writeToken(after: number): string {
  return Buffer.from(`after:${after}`).toString('base64url');
}

/** @throws ServiceError `InvalidParameterCombination` when a list of datapoints would be longer than AWS gives. */
export function checkDatapoints(start: number, end: number, period: number, limit: number): void {
  const wanted = Math.ceil((end - start) / 1000 / period);
  if (wanted <= limit) return;
  const shown = (count: number): string => count.toLocaleString('en-US');
  throw invalidCombination(
    `You have requested up to ${shown(wanted)} datapoints, which exceeds the limit of ${shown(limit)}. ` +
      'You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
  );
}
