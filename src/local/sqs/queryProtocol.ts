import type { ApiRequest } from '../server/apiRequest.ts';
import type { QueryAction } from '../server/awsQuery.ts';
import type { JsonOperation } from '../server/awsJson.ts';
import { JsonInput } from '../server/jsonInput.ts';
import type { QueryInput } from '../server/queryInput.ts';
import { element, type Xml } from '../server/xml.ts';

type Members = Readonly<Record<string, unknown>>;

/** How a map is written: the element, and its key's. The value is always `Value`. */
interface MapNames {
  readonly element: string;
  readonly key: string;
}

const attributeMap: MapNames = { element: 'Attribute', key: 'Name' };
const tagMap: MapNames = { element: 'Tag', key: 'Key' };

/** Members of inputs, by how a form has them (SQS's service description of 2012-11-05, as clients before November 2023 have it). */
const texts = [
  'DestinationArn',
  'Id',
  'Label',
  'MessageBody',
  'MessageDeduplicationId',
  'MessageGroupId',
  'NextToken',
  'QueueName',
  'QueueNamePrefix',
  'QueueOwnerAWSAccountId',
  'QueueUrl',
  'ReceiptHandle',
  'SourceArn',
  'TaskHandle',
];
const integers = [
  'DelaySeconds',
  'MaxNumberOfMessages',
  'MaxNumberOfMessagesPerSecond',
  'MaxResults',
  'VisibilityTimeout',
  'WaitTimeSeconds',
];
const lists: Readonly<Record<string, string>> = {
  Actions: 'ActionName',
  AttributeNames: 'AttributeName',
  AWSAccountIds: 'AWSAccountId',
  MessageAttributeNames: 'MessageAttributeName',
  MessageSystemAttributeNames: 'MessageSystemAttributeName',
  TagKeys: 'TagKey',
};
const textMaps: Readonly<Record<string, MapNames>> = { Attributes: attributeMap, Tags: tagMap, tags: tagMap };
const messageAttributes: Readonly<Record<string, string>> = {
  MessageAttributes: 'MessageAttribute',
  MessageSystemAttributes: 'MessageSystemAttribute',
};

/** Members of outputs. */
const outputLists: Readonly<Record<string, string>> = {
  Failed: 'BatchResultErrorEntry',
  Messages: 'Message',
  QueueUrls: 'QueueUrl',
  queueUrls: 'QueueUrl',
  Results: 'ListMessageMoveTasksResultEntry',
};
const outputMaps: Readonly<Record<string, MapNames>> = {
  Attributes: attributeMap,
  MessageAttributes: { element: 'MessageAttribute', key: 'Name' },
  Tags: tagMap,
};

/** The operations of SQS for clients of its older protocol: a form becomes the JSON input, the JSON output XML. */
export function queryActions(
  operations: Readonly<Record<string, JsonOperation>>,
): Readonly<Record<string, QueryAction>> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]): [string, QueryAction] => [
      name,
      async (form, request) => {
        const input = { QueueUrl: urlOfPath(request), ...readMembers(form, name) };
        const output = await operation(new JsonInput(input), request);
        return output === undefined ? undefined : writeMembers(output as Members, name);
      },
    ]),
  );
}

/** A form may go to the queue's own address instead of naming it. */
function urlOfPath({ endpoint, path }: ApiRequest): string | undefined {
  return path === '/' ? undefined : endpoint + path;
}

function readMembers(form: QueryInput, operation: string): Members {
  const read: Record<string, unknown> = {};
  for (const name of texts) read[name] = form.text(name);
  for (const name of integers) read[name] = readInteger(form.text(name));
  for (const [name, item] of Object.entries(lists)) read[name] = unlessEmpty(form.flatTexts(item));
  for (const [name, names] of Object.entries(textMaps)) read[name] = readTextMap(form, names);
  for (const [name, item] of Object.entries(messageAttributes)) read[name] = readMessageAttributes(form, item);
  const entries = form.flatInputs(`${operation}RequestEntry`);
  read['Entries'] = unlessEmpty(entries.map((entry) => readMembers(entry, operation)));
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

/** What is no number stays text, which the operation refuses. */
function readInteger(text: string | undefined): number | string | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : text;
}

function readTextMap(form: QueryInput, names: MapNames): Members | undefined {
  const pairs = form.flatInputs(names.element).map((entry) => {
    return [entry.text(names.key) ?? '', entry.text('Value') ?? ''] as const;
  });
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

function readMessageAttributes(form: QueryInput, item: string): Members | undefined {
  const pairs = form.flatInputs(item).map((entry) => {
    const members = ['DataType', 'StringValue', 'BinaryValue'].map(
      (name) => [name, entry.text(`Value.${name}`)] as const,
    );
    return [entry.text('Name') ?? '', Object.fromEntries(members)] as const;
  });
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

function unlessEmpty<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}

function writeMembers(output: Members, operation: string): readonly Xml[] {
  return Object.entries(output).flatMap(([name, value]): readonly Xml[] => {
    if (value === undefined) return [];
    if (Array.isArray(value)) {
      const item = name === 'Successful' ? `${operation}ResultEntry` : (outputLists[name] ?? name);
      return value.map((entry) => writeValue(item, entry, operation));
    }
    const names = outputMaps[name];
    if (!names) return [writeValue(name, value, operation)];
    return Object.entries(value as Members).map(([key, entry]) =>
      element(names.element, [element(names.key, key), writeValue('Value', entry, operation)]),
    );
  });
}

function writeValue(name: string, value: unknown, operation: string): Xml {
  const isStructure = typeof value === 'object' && value !== null;
  return element(name, isStructure ? writeMembers(value as Members, operation) : String(value));
}
