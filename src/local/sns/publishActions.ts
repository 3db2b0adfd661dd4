import type { MessageAttribute, MessageAttributes } from '../deliveryTargets.ts';
import type { ApiRequest } from '../server/apiRequest.ts';
import { ServiceError } from '../server/serviceError.ts';
import { maximumPublishSize, publicationSize, publish, type Publication, type PublishParts } from './publishing.ts';
import type { QueryInput } from '../server/queryInput.ts';
import type { QueryAction } from '../server/awsQuery.ts';
import { invalidParameter, notFound } from './snsErrors.ts';
import type { Topic } from './topicTable.ts';
import { element, members, type Xml } from '../server/xml.ts';

/** Publish and PublishBatch. */
export function publishActions(parts: PublishParts): Readonly<Record<string, QueryAction>> {
  return {
    Publish: (input, request) => {
      if (input.text('PhoneNumber') !== undefined) {
        throw invalidParameter('PhoneNumber Reason: local Lambda sends no text messages');
      }
      const topic = findTopic(parts, input.text('TopicArn') ?? input.text('TargetArn') ?? input.required('TopicArn'));
      return [
        element('MessageId', publish(parts, topic, { ...readPublication(input).publication, ...chainOf(request) })),
      ];
    },
    PublishBatch: (input, request) => {
      const topic = findTopic(parts, input.required('TopicArn'));
      const checked = readEntries(input).map(({ id, entry }) => ({ id, read: readOrRefuse(entry) }));
      const size = checked.reduce((sum, { read }) => sum + ('size' in read ? read.size : 0), 0);
      if (size > maximumPublishSize) {
        const message = `The length of all the messages put together is more than the limit of ${maximumPublishSize} bytes.`;
        throw new ServiceError({ type: 'BatchRequestTooLong', message });
      }
      const successful: (readonly Xml[])[] = [];
      const failed: (readonly Xml[])[] = [];
      for (const { id, read } of checked) {
        if (ServiceError.is(read)) failed.push(failedEntry(id, read));
        else {
          const messageId = publish(parts, topic, { ...read.publication, ...chainOf(request) });
          successful.push([element('Id', id), element('MessageId', messageId)]);
        }
      }
      return [members('Successful', successful, (entry) => entry), members('Failed', failed, (entry) => entry)];
    },
  };
}

/** The SDK in a handler passes the chain of its event along in this header. */
function chainOf({ headers }: ApiRequest): Pick<Publication, 'chain'> {
  const chain = headers['x-amzn-trace-id'];
  return chain === undefined ? {} : { chain };
}

function findTopic({ topics }: PublishParts, arn: string): Topic {
  const topic = topics.find(arn);
  if (!topic) throw notFound('Topic');
  if (topic.fifo) throw invalidParameter('TopicArn Reason: local Lambda does not offer publishing to FIFO topics');
  return topic;
}

interface ReadPublication {
  readonly publication: Publication;
  readonly size: number;
}

function readPublication(input: QueryInput): ReadPublication {
  const message = input.text('Message') ?? '';
  if (message === '') throw invalidParameter('Empty message');
  const subject = input.text('Subject');
  if (subject !== undefined && !/^(?! )[ -~]{1,100}$/.test(subject)) throw invalidParameter('Subject');
  const attributes = readAttributes(input);
  const size = publicationSize(message, attributes);
  if (size > maximumPublishSize) throw invalidParameter('Message too long');
  const messageFor = readStructure(input.text('MessageStructure'), message);
  return { publication: { messageFor, attributes, ...(subject === undefined ? {} : { subject }) }, size };
}

/** `MessageStructure` `json`: another text for each protocol, or the default one. */
function readStructure(structure: string | undefined, message: string): Publication['messageFor'] {
  if (structure !== 'json') return () => message;
  let texts: unknown;
  try {
    texts = JSON.parse(message);
  } catch {
    throw invalidParameter('Message Structure - JSON message body failed to parse');
  }
  const byProtocol = (texts ?? {}) as Readonly<Record<string, unknown>>;
  const fallback = byProtocol['default'];
  if (typeof fallback !== 'string') throw invalidParameter('Message Structure - No default entry in JSON message body');
  return (protocol) => {
    const own = Object.hasOwn(byProtocol, protocol) ? byProtocol[protocol] : undefined;
    return typeof own === 'string' ? own : fallback;
  };
}

function readAttributes(input: QueryInput): MessageAttributes {
  const entries = input.inputs('MessageAttributes', 'entry').map((entry) => {
    const name = entry.text('Name') ?? '';
    return [name, readAttribute(name, entry)] as const;
  });
  return Object.fromEntries(entries);
}

function readAttribute(name: string, entry: QueryInput): MessageAttribute {
  const dataType = entry.text('Value.DataType') ?? '';
  if (!/^(?!aws\.|amazon\.|\.)[\w.-]{1,256}$/i.test(name)) {
    throw invalidValue(`The message attribute name '${name}' is invalid.`);
  }
  if (!/^(String|Number|Binary|String\.Array)(\..+)?$/.test(dataType)) {
    throw invalidValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is ` +
        'Binary, Number, and String.',
    );
  }
  const stringValue = entry.text(dataType.startsWith('Binary') ? 'Value.BinaryValue' : 'Value.StringValue') ?? '';
  if (stringValue === '') {
    throw invalidValue(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${dataType}'.`,
    );
  }
  if (/^Number(\.|$)/.test(dataType) && (stringValue.trim() === '' || !Number.isFinite(Number(stringValue)))) {
    throw invalidValue(`Could not cast message attribute '${name}' value to number.`);
  }
  return { dataType, stringValue };
}

function invalidValue(message: string): ServiceError {
  return new ServiceError({ type: 'ParameterValueInvalid', message });
}

function readOrRefuse(entry: QueryInput): ReadPublication | ServiceError {
  try {
    return readPublication(entry);
  } catch (error) {
    if (ServiceError.is(error)) return error;
    throw error;
  }
}

function readEntries(input: QueryInput): readonly { readonly id: string; readonly entry: QueryInput }[] {
  const entries = input.inputs('PublishBatchRequestEntries').map((entry) => ({ id: entry.text('Id') ?? '', entry }));
  const refuse = (type: string, message: string): ServiceError => new ServiceError({ type, message });
  if (entries.length === 0) throw refuse('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  if (entries.length > 10) {
    throw refuse('TooManyEntriesInBatchRequest', 'The batch request contains more entries than permissible.');
  }
  if (entries.some(({ id }) => !/^[\w-]{1,80}$/.test(id))) {
    throw refuse(
      'InvalidBatchEntryId',
      "The Id of a batch entry in a batch request doesn't abide by the specification.",
    );
  }
  if (new Set(entries.map(({ id }) => id)).size < entries.length) {
    throw refuse('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
  return entries;
}

function failedEntry(id: string, error: ServiceError): readonly Xml[] {
  return [
    element('Id', id),
    element('Code', error.queryCode),
    element('Message', error.message),
    element('SenderFault', String(error.status < 500)),
  ];
}
