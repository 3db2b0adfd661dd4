import type { DatabaseSync } from 'node:sqlite';
import type { JsonInput } from '../server/jsonInput.ts';
import { transaction } from '../state/database.ts';
import { Distribution } from './distribution.ts';
import { readDimensions, readUnit, requiredText } from './metricInput.ts';
import type { MetricTable } from './metricTable.ts';
import { invalidCombination, invalidValue, missingParameter } from './monitoringErrors.ts';

const maximumData = 1_000;
const maximumValues = 150;
/** Values are kept for about 360 digits, up and down (PutMetricData: "must be in the range of -2^360 to 2^360"). */
const largestValue = 2 ** 360;
const oldestMs = 14 * 86_400_000;
const farthestMs = 2 * 3_600_000;

/** PutMetricData: a handler's own metrics. All of a request is kept, or nothing of it. `now`: epoch ms. */
export function putMetricData(db: DatabaseSync, table: MetricTable, input: JsonInput, now: number): undefined {
  const namespace = requiredText(input, 'Namespace');
  if (namespace.startsWith(':')) throw invalidValue(`The value ${namespace} for parameter Namespace is invalid.`);
  if (namespace.startsWith('AWS/')) {
    throw invalidValue('The value AWS/ for parameter Namespace is invalid: namespaces of AWS can not be written to.');
  }
  // What belongs to an entity is a metric like any other; the entity itself is not kept.
  const entities = (input.inputs('EntityMetricData') ?? []).flatMap((entity) => entity.inputs('MetricData') ?? []);
  const data = [...(input.inputs('MetricData') ?? []), ...entities];
  if (data.length === 0) throw missingParameter('MetricData');
  if (data.length > maximumData) {
    throw invalidValue(`The collection MetricData must not have a size greater than ${maximumData}.`);
  }
  transaction(db, () => {
    for (const [index, datum] of data.entries()) {
      const path = `MetricData.member.${index + 1}`;
      const metricName = requiredText(datum, 'MetricName', `${path}.MetricName`);
      const dimensions = readDimensions(datum, `${path}.Dimensions`);
      const unit = readUnit(datum, `${path}.Unit`) ?? 'None';
      const at = readTime(datum, path, now);
      const values = readValues(datum, path);
      // What came no times at all is nothing that was measured.
      if (values.samples > 0) table.add({ namespace, metricName, dimensions }, unit, at, values);
    }
  });
  return undefined;
}

function readTime(datum: JsonInput, path: string, now: number): number {
  const at = (datum.number('Timestamp') ?? now / 1000) * 1000;
  if (at >= now - oldestMs && at <= now + farthestMs) return at;
  throw invalidValue(
    `The parameter ${path}.Timestamp must specify a time no more than two weeks in the past and two hours in the future.`,
  );
}

function readValues(datum: JsonInput, path: string): Distribution {
  const value = datum.number('Value');
  const values = datum.numbers('Values');
  const set = datum.input('StatisticValues');
  const given = Object.entries({ Value: value, Values: values, StatisticValues: set }).filter(
    ([, one]) => one !== undefined,
  );
  if (given.length > 1) {
    const [first, second] = given.map(([name]) => `${path}.${name}`);
    const message = `The parameters ${first} and ${second} are mutually exclusive and you have specified both.`;
    throw set ? invalidCombination(message) : invalidValue(message);
  }
  const distribution = new Distribution();
  if (value !== undefined) {
    distribution.add(inRange(value, `${path}.Value`));
    return distribution;
  }
  if (set) {
    const member = (name: string): number => {
      const number = set.number(name);
      if (number === undefined) throw missingParameter(`${path}.StatisticValues.${name}`);
      return inRange(number, `${path}.StatisticValues.${name}`);
    };
    const samples = howOften(member('SampleCount'), `${path}.StatisticValues.SampleCount`);
    distribution.addStatistics(samples, member('Sum'), member('Minimum'), member('Maximum'));
    return distribution;
  }
  if (!values || values.length === 0) throw missingParameter(`${path}.Value`);
  if (values.length > maximumValues) {
    throw invalidValue(`The collection ${path}.Values must not have a size greater than ${maximumValues}.`);
  }
  const counts = datum.numbers('Counts');
  if (counts && counts.length !== values.length) {
    throw invalidValue(`The parameters ${path}.Values and ${path}.Counts must be of the same size.`);
  }
  for (const [index, one] of values.entries()) {
    distribution.add(inRange(one, `${path}.Values`), howOften(counts?.[index] ?? 1, `${path}.Counts`));
  }
  return distribution;
}

/** Sums of them stay numbers. */
function howOften(count: number, path: string): number {
  if (count >= 0) return inRange(count, path);
  throw invalidValue(`The value ${count} for parameter ${path} is invalid.`);
}

function inRange(value: number, path: string): number {
  if (Math.abs(value) <= largestValue) return value;
  throw invalidValue(`The value ${value} for parameter ${path} is invalid.`);
}
