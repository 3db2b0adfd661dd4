import type { AccountScope } from '../../model/arn.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';
import type { LocalFunctions } from '../functions/localFunctions.ts';
import { functionNotFound, readIdentifier } from './functionIdentifier.ts';
import { JsonBody } from './jsonBody.ts';
import { invalidParameter } from './lambdaError.ts';
import { jsonResponse, type LambdaOperation } from './operation.ts';
import { Validation } from './validation.ts';

/** Put-, Get- and DeleteFunctionConcurrency (spec 5.1, 5.7). */
export function concurrencyOperations({
  scope,
  functions,
}: {
  readonly scope: AccountScope;
  readonly functions: LocalFunctions;
}): Readonly<Record<'put' | 'get' | 'delete', LambdaOperation>> {
  const find = (name: string): FunctionDefinition => {
    const identifier = readIdentifier(name, undefined, scope);
    if (identifier.qualifier !== undefined) {
      throw invalidParameter(
        'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. ' +
          'Please specify either a function name or an unqualified function ARN.',
      );
    }
    const definition = functions.store.get(identifier.functionName);
    if (!definition) throw functionNotFound(scope, identifier);
    return definition;
  };
  return {
    put(request, name) {
      const reserved = JsonBody.read(request.body).integer('ReservedConcurrentExecutions');
      const validation = new Validation();
      if (reserved !== undefined) {
        validation.range('reservedConcurrentExecutions', reserved, 0, Number.MAX_SAFE_INTEGER);
      }
      validation.throwIfFailed();
      if (reserved === undefined) throw invalidParameter('ReservedConcurrentExecutions is missing.');
      functions.store.put({ ...find(name), reservedConcurrentExecutions: reserved });
      return jsonResponse(JSON.stringify({ ReservedConcurrentExecutions: reserved }));
    },

    get(_, name) {
      const { reservedConcurrentExecutions: reserved } = find(name);
      return jsonResponse(JSON.stringify(reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved }));
    },

    delete(_, name) {
      const { reservedConcurrentExecutions: __, ...rest } = find(name);
      functions.store.put(rest);
      return { status: 204 };
    },
  };
}
