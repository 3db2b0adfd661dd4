import type { LocalFunctions } from '../functions/localFunctions.ts';
import type { ApiService } from '../server/apiRequest.ts';
import { accountOperations } from './accountOperations.ts';
import { concurrencyOperations } from './concurrencyOperations.ts';
import { eventInvokeConfigOperations, type ConfigOperationParts } from './eventInvokeConfigOperations.ts';
import { functionChanges, type FunctionChangeParts } from './functionChanges.ts';
import { functionOperations } from './functionOperations.ts';
import { tagOperations } from './functionTags.ts';
import { invokeOperation, type InvokeParts } from './invoke.ts';
import { invokeAsyncOperation } from './invokeAsync.ts';
import { LambdaError } from './lambdaError.ts';
import { routeOf } from './lambdaRoutes.ts';
import type { LambdaOperation } from './operation.ts';
import { permissionOperations } from './permissionOperations.ts';
import { recursionOperations } from './recursionOperations.ts';
import { unofferedOperation } from './unofferedRoutes.ts';
import { aliasOperations, versionOperations, type VersionParts } from './versionOperations.ts';

/** What the Lambda API works on. */
export type LambdaServiceParts = Omit<InvokeParts, 'functions'> &
  ConfigOperationParts &
  FunctionChangeParts &
  VersionParts & {
    readonly functions: LocalFunctions;
    /** An operation that is not only for reading or invoking has succeeded. */
    onDidChange(): void;
  };

const changesNothing = /^(?:Get|List|Invoke)/;

/** The Lambda API: the operations of spec 5.1 that local Lambda offers. Other errors than `LambdaError` go on to the server. */
export function createLambdaService(parts: LambdaServiceParts): ApiService {
  const functions = functionOperations(parts);
  const configs = eventInvokeConfigOperations(parts);
  const versions = versionOperations(parts);
  const changes = functionChanges(parts, versions.publishing);
  const aliases = aliasOperations(parts);
  const concurrency = concurrencyOperations(parts);
  const recursion = recursionOperations(parts);
  const permissions = permissionOperations(parts);
  const tags = tagOperations(parts);
  const account = accountOperations(parts.functions);
  const invoke = invokeOperation(parts);
  const operations: Readonly<Record<string, LambdaOperation>> = {
    ListFunctions: functions.list,
    GetFunction: functions.get,
    GetFunctionConfiguration: functions.getConfiguration,
    CreateFunction: changes.create,
    UpdateFunctionCode: changes.updateCode,
    UpdateFunctionConfiguration: changes.updateConfiguration,
    DeleteFunction: changes.delete,
    PublishVersion: versions.publish,
    ListVersionsByFunction: versions.list,
    CreateAlias: aliases.create,
    GetAlias: aliases.get,
    UpdateAlias: aliases.update,
    DeleteAlias: aliases.delete,
    ListAliases: aliases.list,
    PutFunctionConcurrency: concurrency.put,
    GetFunctionConcurrency: concurrency.get,
    DeleteFunctionConcurrency: concurrency.delete,
    GetFunctionRecursionConfig: recursion.get,
    PutFunctionRecursionConfig: recursion.put,
    AddPermission: permissions.add,
    GetPolicy: permissions.get,
    RemovePermission: permissions.remove,
    ListTags: tags.list,
    TagResource: tags.tag,
    UntagResource: tags.untag,
    GetAccountSettings: account.settings,
    ListEventSourceMappings: account.listEventSourceMappings,
    Invoke: invoke,
    InvokeAsync: invokeAsyncOperation(invoke),
    PutFunctionEventInvokeConfig: configs.put,
    UpdateFunctionEventInvokeConfig: configs.update,
    GetFunctionEventInvokeConfig: configs.get,
    DeleteFunctionEventInvokeConfig: configs.delete,
    ListFunctionEventInvokeConfigs: configs.list,
  };
  return {
    async handle(request) {
      const { method, rawPath, query } = request;
      const route = routeOf(method, rawPath);
      const operation = route && operations[route.operation];
      try {
        if (operation) {
          const response = await operation(request, route.functionName);
          if (!changesNothing.test(route.operation)) parts.onDidChange();
          return response;
        }
        const name = unofferedOperation(method, rawPath, query);
        throw new LambdaError(
          404,
          'UnknownOperationException',
          `Local Lambda does not offer ${name === undefined ? `${method} ${rawPath}` : `the operation ${name}`} of AWS Lambda.`,
        );
      } catch (error) {
        if (LambdaError.is(error)) return error.toResponse();
        throw error;
      }
    },
  };
}
