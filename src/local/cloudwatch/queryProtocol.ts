import type { JsonOperation } from '../server/awsJson.ts';
import type { QueryAction } from '../server/awsQuery.ts';
import { JsonInput } from '../server/jsonInput.ts';
import type { QueryInput } from '../server/queryInput.ts';
import { element, entries, members, type Xml } from '../server/xml.ts';

/** The members of a structure, as a form has them (CloudWatch's service description of 2010-08-01). */
interface Shape {
  readonly texts?: readonly string[];
  /** Integers, too. */
  readonly numbers?: readonly string[];
  readonly flags?: readonly string[];
  readonly times?: readonly string[];
  readonly textLists?: readonly string[];
  readonly numberLists?: readonly string[];
  readonly structures?: Readonly<Record<string, Shape>>;
  readonly lists?: Readonly<Record<string, Shape>>;
}

const dimension: Shape = { texts: ['Name', 'Value'] };
const metric: Shape = { texts: ['Namespace', 'MetricName'], lists: { Dimensions: dimension } };
const metricStat: Shape = { texts: ['Stat', 'Unit'], numbers: ['Period'], structures: { Metric: metric } };
const datum: Shape = {
  texts: ['MetricName', 'Unit'],
  numbers: ['Value', 'StorageResolution'],
  times: ['Timestamp'],
  numberLists: ['Values', 'Counts'],
  structures: { StatisticValues: { numbers: ['SampleCount', 'Sum', 'Minimum', 'Maximum'] } },
  lists: { Dimensions: dimension },
};

const inputs: Readonly<Record<string, Shape>> = {
  GetMetricData: {
    texts: ['NextToken', 'ScanBy'],
    numbers: ['MaxDatapoints'],
    times: ['StartTime', 'EndTime'],
    structures: { LabelOptions: { texts: ['Timezone'] } },
    lists: {
      MetricDataQueries: {
        texts: ['Id', 'Label', 'Expression', 'AccountId'],
        numbers: ['Period'],
        flags: ['ReturnData'],
        structures: { MetricStat: metricStat },
      },
    },
  },
  GetMetricStatistics: {
    texts: ['Namespace', 'MetricName', 'Unit'],
    numbers: ['Period'],
    times: ['StartTime', 'EndTime'],
    textLists: ['Statistics', 'ExtendedStatistics'],
    lists: { Dimensions: dimension },
  },
  ListMetrics: {
    texts: ['Namespace', 'MetricName', 'NextToken', 'RecentlyActive'],
    lists: { Dimensions: dimension },
  },
  PutMetricData: {
    texts: ['Namespace'],
    lists: { MetricData: datum, EntityMetricData: { lists: { MetricData: datum } } },
  },
};

/** The operations for clients of the older protocol, the AWS CLI 2 of some years among them: forms in, XML out. */
export function queryActions(
  operations: Readonly<Record<string, JsonOperation>>,
): Readonly<Record<string, QueryAction>> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]): [string, QueryAction] => [
      name,
      async (form, request) => {
        const output = await operation(new JsonInput(read(form, inputs[name] ?? {})), request);
        return isStructure(output) ? structure(output) : undefined;
      },
    ]),
  );
}

function read(form: QueryInput, shape: Shape): Readonly<Record<string, unknown>> {
  const value: Record<string, unknown> = {};
  for (const name of shape.texts ?? []) value[name] = form.text(name);
  for (const name of shape.numbers ?? []) value[name] = number(form.text(name));
  for (const name of shape.flags ?? []) value[name] = flag(form.text(name));
  for (const name of shape.times ?? []) value[name] = epochSeconds(form.text(name));
  for (const name of shape.textLists ?? []) value[name] = unlessEmpty(form.flatTexts(`${name}.member`));
  for (const name of shape.numberLists ?? []) value[name] = unlessEmpty(form.flatTexts(`${name}.member`).map(number));
  for (const [name, item] of Object.entries(shape.lists ?? {})) {
    value[name] = unlessEmpty(form.inputs(name).map((one) => read(one, item)));
  }
  for (const [name, inner] of Object.entries(shape.structures ?? {})) {
    const found = form.structure(name);
    if (found) value[name] = read(found, inner);
  }
  return value;
}

/** What is no number stays text, which the operation refuses. */
function number(text: string | undefined): number | string | undefined {
  return text !== undefined && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

function flag(text: string | undefined): boolean | string | undefined {
  return text === 'true' || text === 'false' ? text === 'true' : text;
}

/** As JSON has times; what is none stays text. */
function epochSeconds(text: string | undefined): number | string | undefined {
  const ms = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(ms) ? text : ms / 1000;
}

function unlessEmpty<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}

function structure(value: object): readonly Xml[] {
  return Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [write(name, member)]));
}

function write(name: string, value: unknown): Xml {
  if (name === 'ExtendedStatistics') return entries(name, textsOf(value as Readonly<Record<string, number>>));
  if (Array.isArray(value)) {
    return members(name, value, (item: unknown) => (isStructure(item) ? structure(item) : asText(item)));
  }
  return element(name, isStructure(value) ? structure(value) : asText(value));
}

function isStructure(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}

function textsOf(map: Readonly<Record<string, number>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, asText(value)]));
}

function asText(value: unknown): string {
  if (value instanceof Date) return value.toISOString().replace('.000', '');
  return typeof value === 'number' && Number.isInteger(value) ? value.toFixed(1) : String(value);
}
