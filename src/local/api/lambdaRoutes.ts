/** A route of the Lambda API (spec 5.1): the operation, and the function name in the path as it was sent. */
export interface LambdaRoute {
  readonly operation: string;
  readonly functionName: string;
}

const name = '(?<name>[^/]+)';

/** Operations that local Lambda offers, by method and path. */
const routes: readonly (readonly [operation: string, method: string, path: string])[] = [
  ['ListFunctions', 'GET', '/2015-03-31/functions/?'],
  ['CreateFunction', 'POST', '/2015-03-31/functions/?'],
  ['GetFunction', 'GET', `/2015-03-31/functions/${name}`],
  ['DeleteFunction', 'DELETE', `/2015-03-31/functions/${name}`],
  ['GetFunctionConfiguration', 'GET', `/2015-03-31/functions/${name}/configuration`],
  ['UpdateFunctionConfiguration', 'PUT', `/2015-03-31/functions/${name}/configuration`],
  ['UpdateFunctionCode', 'PUT', `/2015-03-31/functions/${name}/code`],
  ['Invoke', 'POST', `/2015-03-31/functions/${name}/invocations`],
  ['InvokeAsync', 'POST', `/2014-11-13/functions/${name}/invoke-async/?`],
  ['PutFunctionEventInvokeConfig', 'PUT', `/2019-09-25/functions/${name}/event-invoke-config`],
  ['UpdateFunctionEventInvokeConfig', 'POST', `/2019-09-25/functions/${name}/event-invoke-config`],
  ['GetFunctionEventInvokeConfig', 'GET', `/2019-09-25/functions/${name}/event-invoke-config`],
  ['DeleteFunctionEventInvokeConfig', 'DELETE', `/2019-09-25/functions/${name}/event-invoke-config`],
  ['ListFunctionEventInvokeConfigs', 'GET', `/2019-09-25/functions/${name}/event-invoke-config/list`],
  ['ListVersionsByFunction', 'GET', `/2015-03-31/functions/${name}/versions`],
  ['PublishVersion', 'POST', `/2015-03-31/functions/${name}/versions`],
  ['ListAliases', 'GET', `/2015-03-31/functions/${name}/aliases`],
  ['CreateAlias', 'POST', `/2015-03-31/functions/${name}/aliases`],
  ['GetAlias', 'GET', `/2015-03-31/functions/${name}/aliases/[^/]+`],
  ['UpdateAlias', 'PUT', `/2015-03-31/functions/${name}/aliases/[^/]+`],
  ['DeleteAlias', 'DELETE', `/2015-03-31/functions/${name}/aliases/[^/]+`],
  ['GetPolicy', 'GET', `/2015-03-31/functions/${name}/policy`],
  ['AddPermission', 'POST', `/2015-03-31/functions/${name}/policy`],
  ['RemovePermission', 'DELETE', `/2015-03-31/functions/${name}/policy/[^/]+`],
  ['PutFunctionConcurrency', 'PUT', `/2017-10-31/functions/${name}/concurrency`],
  ['DeleteFunctionConcurrency', 'DELETE', `/2017-10-31/functions/${name}/concurrency`],
  ['GetFunctionConcurrency', 'GET', `/2019-09-30/functions/${name}/concurrency`],
  ['GetFunctionRecursionConfig', 'GET', `/2024-08-31/functions/${name}/recursion-config`],
  ['PutFunctionRecursionConfig', 'PUT', `/2024-08-31/functions/${name}/recursion-config`],
  ['ListEventSourceMappings', 'GET', '/2015-03-31/event-source-mappings/?'],
  ['ListTags', 'GET', '/2017-03-31/tags/.+'],
  ['TagResource', 'POST', '/2017-03-31/tags/.+'],
  ['UntagResource', 'DELETE', '/2017-03-31/tags/.+'],
  ['GetAccountSettings', 'GET', '/2016-08-19/account-settings/?'],
];

const compiled = routes.map(([operation, method, path]) => ({ operation, method, regex: new RegExp(`^${path}$`) }));

/** The operation that a method and a path (still encoded) mean; `undefined`: none that is known. */
export function routeOf(method: string, rawPath: string): LambdaRoute | undefined {
  for (const route of compiled) {
    const match = route.method === method ? route.regex.exec(rawPath) : null;
    if (match) return { operation: route.operation, functionName: decodeURIComponent(match.groups?.['name'] ?? '') };
  }
  return undefined;
}
