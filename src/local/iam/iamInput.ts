import { MalformedPolicy, readPolicy } from '../../model/iamPolicy/policyDocument.ts';
import type { QueryInput } from '../server/queryInput.ts';
import { ServiceError } from '../server/serviceError.ts';
import { element, type Xml } from '../server/xml.ts';
import type { Role, RoleTable } from './roleTable.ts';

/** An error of IAM. */
export function iamError(status: number, type: string, message: string): ServiceError {
  return new ServiceError({ type, status, message });
}

/** @throws ServiceError `ValidationError` when the parameter is missing */
export function required(input: QueryInput, name: string): string {
  const value = input.text(name);
  if (value !== undefined && value !== '') return value;
  throw violates(name, undefined, 'not be null');
}

/** A name of a role (64 characters) or a policy (128). @throws ServiceError `ValidationError` */
export function requiredName(input: QueryInput, name: string, maximum: number): string {
  const value = required(input, name);
  if (!/^[\w+=,.@-]+$/.test(value)) {
    throw iamError(
      400,
      'ValidationError',
      `The specified value for ${lowerFirst(name)} is invalid. ` +
        'It must contain only alphanumeric characters and/or the following: +=,.@_-',
    );
  }
  if (value.length > maximum) throw violates(name, value, `have length less than or equal to ${maximum}`);
  return value;
}

/** Of a document, in characters (IAM API reference: "Length Constraints"). */
const longestDocument = 131_072;

/** @throws ServiceError `ValidationError` when the document is missing or too long */
function requiredText(input: QueryInput, name: string): string {
  const text = required(input, name);
  if (text.length <= longestDocument) return text;
  throw violates(name, `${text.slice(0, 100)}…`, `have length less than or equal to ${longestDocument}`);
}

/** JSON with an object in it. @throws ServiceError `ValidationError`, `MalformedPolicyDocument` */
export function requiredDocument(input: QueryInput, name: string): string {
  const text = requiredText(input, name);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return text;
  } catch {
    // Not JSON at all.
  }
  throw iamError(400, 'MalformedPolicyDocument', 'This policy contains invalid Json');
}

/** The identity-based policy in `PolicyDocument`. @throws ServiceError `ValidationError`, `MalformedPolicyDocument` */
export function requiredPolicy(input: QueryInput): string {
  const text = requiredText(input, 'PolicyDocument');
  try {
    readPolicy(text);
    return text;
  } catch (error) {
    if (!MalformedPolicy.is(error)) throw error;
    throw iamError(400, 'MalformedPolicyDocument', error.message);
  }
}

/** `Path`, by default `/`. @throws ServiceError `ValidationError` */
export function readPath(input: QueryInput): string {
  const path = input.text('Path') ?? '/';
  if (/^\/(?:[!-~]{1,510}\/)?$/.test(path)) return path;
  throw iamError(400, 'ValidationError', 'The specified value for path is invalid. It must begin and end with /');
}

/** `Tags`, values by key. @throws ServiceError `ValidationError` */
export function readTags(input: QueryInput): Readonly<Record<string, string>> {
  return Object.fromEntries(input.inputs('Tags').map((tag) => [required(tag, 'Key'), tag.text('Value') ?? '']));
}

/** The items of a page by `Marker` and `MaxItems`, and what tells whether there are more. @throws ServiceError `ValidationError` */
export function readPage<T>(
  input: QueryInput,
  all: readonly T[],
): { readonly items: readonly T[]; readonly elements: readonly Xml[] } {
  const count = Number(input.text('MaxItems') ?? 100);
  if (!Number.isInteger(count) || count < 1 || count > 1_000) {
    throw violates('MaxItems', input.text('MaxItems'), 'have value between 1 and 1000');
  }
  const marker = input.text('Marker');
  const start = marker === undefined ? 0 : Number(Buffer.from(marker, 'base64').toString());
  if (!Number.isInteger(start) || start < 0) throw iamError(400, 'ValidationError', 'The marker is invalid.');
  const end = start + count;
  const isTruncated = end < all.length;
  return {
    items: all.slice(start, end),
    elements: [
      element('IsTruncated', String(isTruncated)),
      ...(isTruncated ? [element('Marker', Buffer.from(String(end)).toString('base64'))] : []),
    ],
  };
}

/** The role that `RoleName` names. @throws ServiceError `NoSuchEntity` */
export function requiredRole(input: QueryInput, roles: RoleTable): Role {
  const name = requiredName(input, 'RoleName', 64);
  const role = roles.find(name);
  if (role) return role;
  throw iamError(404, 'NoSuchEntity', `The role with name ${name} cannot be found.`);
}

function violates(name: string, value: string | undefined, constraint: string): ServiceError {
  return iamError(
    400,
    'ValidationError',
    `1 validation error detected: Value ${value === undefined ? 'null' : `'${value}'`} at '${lowerFirst(name)}' ` +
      `failed to satisfy constraint: Member must ${constraint}`,
  );
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
