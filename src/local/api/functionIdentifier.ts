import { functionArn, type AccountScope } from '../../model/arn.ts';
import { invalidParameter, LambdaError, notFound } from './lambdaError.ts';
import { Validation } from './validation.ts';

/** Which function, and which version or alias of it, a request names (spec 5.2). */
export interface FunctionIdentifier {
  readonly functionName: string;
  /** Absent: unqualified, which means `$LATEST`. */
  readonly qualifier?: string;
}

/** As AWS prints it (spec 5.2). */
const namePattern =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?' +
  '([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?';
const nameRegex =
  /^(?:arn:(?:aws[a-zA-Z-]*)?:lambda:)?(?:(?<region>(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<functionName>[a-zA-Z0-9-_.]+)(?::(?<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+))?$/;
const qualifierPattern = '\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+';
const qualifierRegex = /^(?:\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_$]+)$/;

/** Adds what is wrong with the spelling of name and qualifier. */
export function validateIdentifier(validation: Validation, name: string, qualifier: string | undefined): void {
  validation.length('functionName', name, 1, 256);
  validation.pattern('functionName', name, namePattern, nameRegex);
  if (qualifier === undefined) return;
  validation.length('qualifier', qualifier, 1, 128);
  if (qualifier !== '') validation.pattern('qualifier', qualifier, qualifierPattern, qualifierRegex);
}

/**
 * Takes a name apart that passed `validateIdentifier`.
 * @throws LambdaError when name and qualifier disagree, or the function is in another region or account (5.6, 4 and 14)
 */
export function parseIdentifier(
  name: string,
  queryQualifier: string | undefined,
  scope: AccountScope,
): FunctionIdentifier {
  const { region, account, functionName = name, qualifier } = nameRegex.exec(name)?.groups ?? {};
  if (qualifier !== undefined && queryQualifier !== undefined && qualifier !== queryQualifier) {
    throw invalidParameter('The derived qualifier from the function name does not match the specified qualifier.');
  }
  if (region !== undefined && region !== scope.region) {
    throw notFound(`Functions from '${region}' are not reachable in this region ('${scope.region}')`);
  }
  if (account !== undefined && account !== scope.account) throw new LambdaError(403, 'AccessDeniedException', null);
  const used = queryQualifier ?? qualifier;
  return { functionName, ...(used === undefined ? {} : { qualifier: used }) };
}

/** Validates and parses in one go, for operations with nothing else to validate. */
export function readIdentifier(name: string, qualifier: string | undefined, scope: AccountScope): FunctionIdentifier {
  const validation = new Validation();
  validateIdentifier(validation, name, qualifier);
  validation.throwIfFailed();
  return parseIdentifier(name, qualifier, scope);
}

/** `Function not found: ARN`: as it was asked for (spec 5.7). */
export function functionNotFound(scope: AccountScope, { functionName, qualifier }: FunctionIdentifier): LambdaError {
  return notFound(`Function not found: ${functionArn(scope, functionName, qualifier)}`);
}
