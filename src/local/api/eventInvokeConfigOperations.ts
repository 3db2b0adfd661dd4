import { functionArn, type AccountScope } from '../../model/arn.ts';
import type { StoredConfig } from '../functions/configStore.ts';
import type { LocalFunctions } from '../functions/localFunctions.ts';
import type { ExecutionRoles } from '../iam/executionRoles.ts';
import type { ApiRequest, ApiResponse } from '../server/apiRequest.ts';
import { checkDestinations } from './checkDestinations.ts';
import { checkDestinationRights } from './checkRoleRights.ts';
import { mergeConfig, readConfigInput, validateConfigInput, type ConfigInput } from './eventInvokeConfigInput.ts';
import { parseIdentifier, readIdentifier, validateIdentifier, type FunctionIdentifier } from './functionIdentifier.ts';
import { javaDouble } from './javaDouble.ts';
import { invalidParameter, notFound, type LambdaError } from './lambdaError.ts';
import { jsonResponse, readPage, type LambdaOperation } from './operation.ts';
import { Validation } from './validation.ts';

/** What the operations work on. */
export interface ConfigOperationParts {
  readonly scope: AccountScope;
  readonly functions: LocalFunctions;
  readonly executionRoles: ExecutionRoles;
  /** Makes the queue or topic that a config names, if it could be here and is not. */
  ensureDestination(arn: string): void;
}

/** The five operations on a function's settings for asynchronous invocation (spec 5.5, 5.6). */
export function eventInvokeConfigOperations(parts: ConfigOperationParts): {
  readonly put: LambdaOperation;
  readonly update: LambdaOperation;
  readonly get: LambdaOperation;
  readonly delete: LambdaOperation;
  readonly list: LambdaOperation;
} {
  const { scope, functions } = parts;
  const { configs } = functions;
  return {
    put(request, name) {
      const { functionName, qualifier = '$LATEST', input } = readWrite(request, name, scope);
      if (!functions.resolve(functionName, qualifier)) throw functionMissing();
      return store(functionName, qualifier, input, {});
    },

    update(request, name) {
      const { functionName, qualifier = '$LATEST', input } = readWrite(request, name, scope);
      if (!functions.resolve(functionName)) throw functionMissing();
      const before = existing(functionName, qualifier);
      return store(functionName, qualifier, input, before.settings);
    },

    get(request, name) {
      const { functionName, qualifier = '$LATEST' } = readIdentifier(name, qualifierOf(request), scope);
      return jsonResponse(configJson(existing(functionName, qualifier), scope));
    },

    delete(request, name) {
      const { functionName, qualifier = '$LATEST' } = readIdentifier(name, qualifierOf(request), scope);
      existing(functionName, qualifier);
      configs.delete(functionName, qualifier);
      return { status: 204 };
    },

    list(request, name) {
      const validation = new Validation();
      validateIdentifier(validation, name, undefined);
      const readRest = readPage(request, validation, { maximumItems: 50, pageSize: 50 });
      validation.throwIfFailed();
      const { functionName, qualifier } = parseIdentifier(name, undefined, scope);
      if (qualifier !== undefined) {
        throw invalidParameter('The function name must not include a version number or alias.');
      }
      if (!functions.resolve(functionName)) throw functionMissing();
      const page = readRest(configs.list(functionName), (config) => config.qualifier);
      const items = page.items.map((config) => configJson(config, scope)).join(',');
      const marker = page.nextMarker === undefined ? '' : `,"NextMarker":${JSON.stringify(page.nextMarker)}`;
      return jsonResponse(`{"FunctionEventInvokeConfigs":[${items}]${marker}}`);
    },
  };

  function existing(functionName: string, qualifier: string): StoredConfig {
    const config = functions.resolve(functionName) && configs.get(functionName, qualifier);
    if (config) return config;
    throw notFound(`The function ${functionArn(scope, functionName, qualifier)} doesn't have an EventInvokeConfig`);
  }

  function store(
    functionName: string,
    qualifier: string,
    input: ConfigInput,
    before: StoredConfig['settings'],
  ): ApiResponse {
    checkDestinations(input, { functionName, scope, functions });
    // A config may outlive its version or alias.
    const owner = functions.resolve(functionName, qualifier) ?? functions.resolve(functionName);
    if (owner) checkDestinationRights(owner.definition, [input.onSuccess, input.onFailure], parts.executionRoles);
    for (const arn of [input.onSuccess, input.onFailure]) if (arn) parts.ensureDestination(arn);
    return jsonResponse(configJson(configs.put(functionName, qualifier, mergeConfig(before, input)), scope));
  }
}

/** Put's and Update's input: nothing to set is told before anything is looked up (5.6, 1). */
function readWrite(
  request: ApiRequest,
  name: string,
  scope: AccountScope,
): FunctionIdentifier & { readonly input: ConfigInput } {
  const input = readConfigInput(request.body);
  const qualifier = qualifierOf(request);
  const validation = new Validation();
  validateIdentifier(validation, name, qualifier);
  validateConfigInput(validation, input);
  validation.throwIfFailed();
  const identifier = parseIdentifier(name, qualifier, scope);
  if (!input.specified) {
    throw invalidParameter('You must specify at least one of error handling or destination setting.');
  }
  return { ...identifier, input };
}

function qualifierOf({ query }: ApiRequest): string | undefined {
  return query.get('Qualifier') ?? undefined;
}

function functionMissing(): LambdaError {
  return notFound("The function doesn't exist.");
}

/** Exactly as AWS writes it: keys in alphabetical order, nulls spelt out, the time as a Java double (spec 5.5). */
function configJson({ functionName, qualifier, settings, lastModified }: StoredConfig, scope: AccountScope): string {
  const { onFailure = null, onSuccess = null, maximumEventAgeInSeconds, maximumRetryAttempts } = settings;
  const destinations = { OnFailure: { Destination: onFailure }, OnSuccess: { Destination: onSuccess } };
  const arn = functionArn(scope, functionName, qualifier);
  return (
    `{"DestinationConfig":${JSON.stringify(destinations)},"FunctionArn":${JSON.stringify(arn)},` +
    `"LastModified":${javaDouble(lastModified / 1000)},` +
    `"MaximumEventAgeInSeconds":${maximumEventAgeInSeconds ?? null},` +
    `"MaximumRetryAttempts":${maximumRetryAttempts ?? null}}`
  );
}
