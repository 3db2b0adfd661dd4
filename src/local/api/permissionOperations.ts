import { randomUUID } from 'node:crypto';
import { functionArn, type AccountScope } from '../../model/arn.ts';
import type { FunctionPolicy } from '../functions/functionAttachments.ts';
import type { LocalFunctions } from '../functions/localFunctions.ts';
import type { ApiRequest } from '../server/apiRequest.ts';
import { revisionIdOf } from './functionConfiguration.ts';
import { functionNotFound, readIdentifier } from './functionIdentifier.ts';
import { JsonBody } from './jsonBody.ts';
import { invalidParameter, LambdaError, notFound } from './lambdaError.ts';
import { jsonResponse, type LambdaOperation } from './operation.ts';
import { permissionStatement, validateStatementId } from './permissionStatement.ts';
import { Validation } from './validation.ts';

interface Target {
  readonly functionName: string;
  /** `''`: the function itself. */
  readonly qualifier: string;
  readonly policy: FunctionPolicy | undefined;
  /** Of the policy; as long as there is none, of what it would be for. */
  readonly revisionId: string;
}

/**
 * AddPermission, GetPolicy and RemovePermission (Lambda API reference). Policies are kept and shown; local Lambda lets
 * everybody invoke.
 */
export function permissionOperations({
  scope,
  functions,
}: {
  readonly scope: AccountScope;
  readonly functions: LocalFunctions;
}): Readonly<Record<'add' | 'get' | 'remove', LambdaOperation>> {
  const { attachments } = functions;
  return {
    add(request, name) {
      const target = find(request, name);
      const { functionName, qualifier, policy } = target;
      if (qualifier === '$LATEST') {
        throw invalidParameter('We currently do not support adding policies for $LATEST.');
      }
      const input = JsonBody.read(request.body);
      const statement = permissionStatement(input, functionArn(scope, functionName, qualifier || undefined));
      checkRevision(target, input.text('RevisionId'));
      const before = policy?.statements ?? [];
      if (before.some(({ Sid }) => Sid === statement.Sid)) {
        throw new LambdaError(
          409,
          'ResourceConflictException',
          `The statement id (${statement.Sid}) provided already exists. ` +
            'Please provide a new statement id, or remove the existing statement.',
        );
      }
      const next = { statements: [...before, statement], revisionId: randomUUID() };
      attachments.setPolicy(functionName, qualifier, next);
      return { ...jsonResponse(JSON.stringify({ Statement: JSON.stringify(statement) })), status: 201 };
    },

    get(request, name) {
      const { policy } = find(request, name);
      if (!policy) throw notFound('The resource you requested does not exist.');
      const document = { Version: '2012-10-17', Id: 'default', Statement: policy.statements };
      return jsonResponse(JSON.stringify({ Policy: JSON.stringify(document), RevisionId: policy.revisionId }));
    },

    remove(request, name) {
      const id = decodeURIComponent(request.rawPath.slice(request.rawPath.lastIndexOf('/') + 1));
      const validation = new Validation();
      validateStatementId(validation, id);
      validation.throwIfFailed();
      const target = find(request, name);
      const { functionName, qualifier, policy } = target;
      if (!policy) throw notFound('No policy is associated with the given resource.');
      const rest = policy.statements.filter(({ Sid }) => Sid !== id);
      if (rest.length === policy.statements.length) {
        throw notFound(`Statement ${id} is not found in resource policy.`);
      }
      checkRevision(target, request.query.get('RevisionId') ?? undefined);
      const next = rest.length === 0 ? undefined : { statements: rest, revisionId: randomUUID() };
      attachments.setPolicy(functionName, qualifier, next);
      return { status: 204 };
    },
  };

  function find(request: ApiRequest, name: string): Target {
    const identifier = readIdentifier(name, request.query.get('Qualifier') ?? undefined, scope);
    const { functionName, qualifier = '' } = identifier;
    const found = functions.resolve(functionName, identifier.qualifier);
    if (!found) {
      const isAlias = qualifier !== '' && !/^\d+$/.test(qualifier) && functions.store.get(functionName) !== undefined;
      if (isAlias) throw notFound(`Cannot find alias arn: ${functionArn(scope, functionName, qualifier)}`);
      throw functionNotFound(scope, identifier);
    }
    const policy = attachments.policy(functionName, qualifier);
    const alias = functions.versions.alias(functionName, qualifier);
    const revisionId = policy?.revisionId ?? alias?.revisionId ?? revisionIdOf(found.definition);
    return { functionName, qualifier, policy, revisionId };
  }
}

/** @throws LambdaError 412 */
function checkRevision({ revisionId }: Target, wanted = ''): void {
  if (wanted === '' || wanted === revisionId) return;
  throw new LambdaError(
    412,
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id',
  );
}
