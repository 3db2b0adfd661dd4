import { pathToFileURL } from 'node:url';
import type { AccountScope } from '../../model/arn.ts';
import type { ResolvedFunction } from '../functions/functionRegistry.ts';
import type { LocalFunctions } from '../functions/localFunctions.ts';
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
  readonly functions: LocalFunctions;
}): { readonly list: LambdaOperation; readonly get: LambdaOperation; readonly getConfiguration: LambdaOperation } {
  return {
    list(request) {
      const version = request.query.get('FunctionVersion');
      const validation = new Validation();
      if (version !== null) validation.oneOf('functionVersion', version, ['ALL']);
      const page = readPage(request, validation, { maximumItems: 10_000, pageSize: 50 });
      validation.throwIfFailed();
      const all = version === 'ALL';
      const entries = functions.list().flatMap((definition) => [
        // A space comes before all that names are made of, so that the keys are in the order of the names.
        { key: `${definition.functionName} `, definition, executedVersion: '$LATEST' },
        ...(all ? functions.versions.versions(definition.functionName) : []).map((published) => ({
          key: `${definition.functionName} ${published.version.padStart(12, '0')}`,
          definition: published.definition,
          executedVersion: published.version,
        })),
      ]);
      const { items, nextMarker = null } = page(entries, ({ key }) => key);
      const Functions = items.map(({ definition, executedVersion }) =>
        functionConfiguration(definition, {
          scope,
          qualifier: all ? executedVersion : undefined,
          version: executedVersion,
          list: true,
        }),
      );
      return jsonResponse(JSON.stringify({ NextMarker: nextMarker, Functions }));
    },

    get(request, name) {
      const { definition, executedVersion, qualifier } = find(request, name);
      const { reservedConcurrentExecutions: reserved, runtime, codeDir, unavailable } = definition;
      const tags = functions.attachments.tags(definition.functionName);
      return jsonResponse(
        JSON.stringify({
          Configuration: functionConfiguration(definition, { scope, qualifier, version: executedVersion, list: false }),
          Code: {
            RepositoryType: runtime === '' ? 'ECR' : 'S3',
            // Not an archive to download but the folder that is run.
            Location: unavailable === undefined ? pathToFileURL(codeDir).href : null,
          },
          ...(Object.keys(tags).length === 0 ? {} : { Tags: tags }),
          ...(reserved === undefined ? {} : { Concurrency: { ReservedConcurrentExecutions: reserved } }),
        }),
      );
    },

    getConfiguration(request, name) {
      const { definition, executedVersion, qualifier } = find(request, name);
      const view = { scope, qualifier, version: executedVersion, list: false };
      return jsonResponse(JSON.stringify(functionConfiguration(definition, view)));
    },
  };

  function find(request: ApiRequest, name: string): ResolvedFunction & { readonly qualifier: string | undefined } {
    const identifier = readIdentifier(name, request.query.get('Qualifier') ?? undefined, scope);
    const found = functions.resolve(identifier.functionName, identifier.qualifier);
    if (!found) throw functionNotFound(scope, identifier);
    return { ...found, qualifier: identifier.qualifier };
  }
}
