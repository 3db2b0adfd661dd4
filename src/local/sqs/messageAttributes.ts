import { createHash } from 'node:crypto';
import type { JsonInput } from '../server/jsonInput.ts';
import { invalidParameter } from './sqsErrors.ts';

/** A message attribute as SQS keeps and returns it. `BinaryValue` is Base64. */
export interface StoredAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

/** Attributes by name. */
export type StoredAttributes = Readonly<Record<string, StoredAttribute>>;

const maximumAttributes = 10;
const namePattern = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;

/** Reads a map of message attributes. @throws ServiceError for what SQS refuses. */
export function readAttributes(entries: readonly (readonly [string, JsonInput])[]): StoredAttributes {
  if (entries.length > maximumAttributes) {
    throw invalidParameter(`Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`);
  }
  return Object.fromEntries(entries.map(([name, input]) => [name, readAttribute(name, input)]));
}

/** The MD5 that SQS answers with: over names in order, types and values, each with its length (SQS developer guide). */
export function attributesMd5(attributes: StoredAttributes): string {
  const hash = createHash('md5');
  const addSized = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).toSorted()) {
    const attribute = attributes[name];
    if (!attribute) continue;
    addSized(Buffer.from(name));
    addSized(Buffer.from(attribute.DataType));
    const binary = isBinary(attribute.DataType);
    hash.update(Buffer.of(binary ? 2 : 1));
    addSized(binary ? Buffer.from(attribute.BinaryValue ?? '', 'base64') : Buffer.from(attribute.StringValue ?? ''));
  }
  return hash.digest('hex');
}

/** Bytes that count towards a message's size: names, types and values. */
export function attributesSize(attributes: StoredAttributes): number {
  let size = 0;
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(DataType);
    size += StringValue === undefined ? Buffer.byteLength(BinaryValue ?? '', 'base64') : Buffer.byteLength(StringValue);
  }
  return size;
}

/** Those that a receiver asked for: `All`, `.*`, exact names, or `prefix.*`. */
export function selectAttributes(attributes: StoredAttributes, names: readonly string[]): StoredAttributes {
  if (names.includes('All') || names.includes('.*')) return attributes;
  const prefixes = names.filter((name) => name.endsWith('.*')).map((name) => name.slice(0, -1));
  return Object.fromEntries(
    Object.entries(attributes).filter(
      ([name]) => names.includes(name) || prefixes.some((prefix) => name.startsWith(prefix)),
    ),
  );
}

/** Whether values of a data type are bytes. */
export function isBinary(dataType: string): boolean {
  return dataType === 'Binary' || dataType.startsWith('Binary.');
}

function readAttribute(name: string, input: JsonInput): StoredAttribute {
  if (!namePattern.test(name)) throw invalidParameter(`The message attribute name '${name}' is invalid.`);
  const dataType = input.text('DataType') ?? '';
  if (!/^(String|Number|Binary)(\..+)?$/.test(dataType)) {
    throw invalidParameter(
      `The type of message (user) attribute '${name}' is invalid. ` +
        'You must use only the following supported type prefixes: Binary, Number, String.',
    );
  }
  const value = isBinary(dataType) ? input.text('BinaryValue') : input.text('StringValue');
  if (value === undefined || value === '') {
    throw invalidParameter(`Message (user) attribute '${name}' must contain a non-empty value of type '${dataType}'.`);
  }
  if (isBinary(dataType)) return { DataType: dataType, BinaryValue: value };
  if (/^Number(\.|$)/.test(dataType) && !isNumber(value)) {
    throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
  return { DataType: dataType, StringValue: value };
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}
