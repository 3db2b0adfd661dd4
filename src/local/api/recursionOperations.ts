import type { AccountScope } from '../../model/arn.ts';
import type { FunctionAttachments, RecursiveLoop } from '../functions/functionAttachments.ts';
import type { LocalFunctions } from '../functions/localFunctions.ts';
import type { ApiResponse } from '../server/apiRequest.ts';
import { functionNotFound, readIdentifier } from './functionIdentifier.ts';
import { JsonBody } from './jsonBody.ts';
import { jsonResponse, type LambdaOperation } from './operation.ts';
import { Validation } from './validation.ts';

const values: readonly RecursiveLoop[] = ['Terminate', 'Allow'];

/** Get- and PutFunctionRecursionConfig (spec 4.6, 5.1). */
export function recursionOperations({
  scope,
  functions,
}: {
  readonly scope: AccountScope;
  readonly functions: LocalFunctions;
}): Readonly<Record<'get' | 'put', LambdaOperation>> {
  const attachments: FunctionAttachments = functions.attachments;
  /** @throws LambdaError 404: versions and aliases have none of their own */
  const find = (name: string): string => {
    const identifier = readIdentifier(name, undefined, scope);
    if (identifier.qualifier !== undefined || !functions.store.get(identifier.functionName)) {
      throw functionNotFound(scope, identifier);
    }
    return identifier.functionName;
  };
  return {
    get: (_, name) => answer(attachments.recursiveLoop(find(name))),

    put(request, name) {
      const given = JsonBody.read(request.body).text('RecursiveLoop');
      const validation = new Validation();
      if (given === undefined) validation.missing('recursiveLoop');
      else validation.oneOf('recursiveLoop', given, values);
      validation.throwIfFailed();
      const value: RecursiveLoop = given === 'Allow' ? 'Allow' : 'Terminate';
      attachments.setRecursiveLoop(find(name), value);
      return answer(value);
    },
  };
}

function answer(value: RecursiveLoop): ApiResponse {
  return jsonResponse(JSON.stringify({ RecursiveLoop: value }));
}
