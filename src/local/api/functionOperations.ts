import { pathToFileURL } from 'node:url';
import type { AccountScope } from '../../model/arn.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';
import type { FunctionRegistry } from '../functions/functionRegistry.ts';
import type { ApiRequest } from '../server/apiRequest.ts';
import { functionConfiguration } from './functionConfiguration.ts';
import { functionNotFound, readIdentifier } from './functionIdentifier.ts';
import { jsonResponse, readPage, type LambdaOperation } from './operation.ts';
import { Validation } from './validation.ts';

/** ListFunctions, GetFunction and GetFunctionConfiguration (spec 5.7). */
export function functionOperations({
  scope,
  functions,
}: {
  readonly scope: AccountScope;
  readonly functions: FunctionRegistry;
}): { readonly list: LambdaOperation; readonly get: LambdaOperation; readonly getConfiguration: LambdaOperation } {
  return {
    list(request) {
      const version = request.query.get('FunctionVersion');
      const validation = new Validation();
      if (version !== null) validation.oneOf('functionVersion', version, ['ALL']);
      const page = readPage(request, validation, { maximumItems: 10_000, pageSize: 50 });
      validation.throwIfFailed();
      const { items, nextMarker = null } = page(functions.list(), ({ functionName }) => functionName);
      const qualifier = version === 'ALL' ? '$LATEST' : undefined;
      const Functions = items.map((definition) => functionConfiguration(definition, { scope, qualifier, list: true }));
      return jsonResponse(JSON.stringify({ NextMarker: nextMarker, Functions }));
    },

    get(request, name) {
      const { definition, qualifier } = find(request, name);
      const { reservedConcurrentExecutions: reserved, runtime, codeDir, unavailable } = definition;
      return jsonResponse(
        JSON.stringify({
          Configuration: functionConfiguration(definition, { scope, qualifier, list: false }),
          Code: {
            RepositoryType: runtime === '' ? 'ECR' : 'S3',
            // Not an archive to download but the folder that is run.
            Location: unavailable === undefined ? pathToFileURL(codeDir).href : null,
          },
          ...(reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: reserved } }),
        }),
      );
    },

    getConfiguration(request, name) {
      const { definition, qualifier } = find(request, name);
      return jsonResponse(JSON.stringify(functionConfiguration(definition, { scope, qualifier, list: false })));
    },
  };

  function find(
    request: ApiRequest,
    name: string,
  ): { readonly definition: FunctionDefinition; readonly qualifier: string | undefined } {
    const identifier = readIdentifier(name, request.query.get('Qualifier') ?? undefined, scope);
    const found = functions.resolve(identifier.functionName, identifier.qualifier);
    if (!found) throw functionNotFound(scope, identifier);
    return { definition: found.definition, qualifier: identifier.qualifier };
  }
}
