/**
 * Operations of the Lambda API that local Lambda doesn't offer, by method and path (`*`: one part of it) and, where only that
 * tells them from others, query: so that its answer can name them (Lambda API reference).
 */
const unoffered: readonly (readonly [operation: string, method: string, path: string, query?: string])[] = [
  ['GetLayerVersionByArn', 'GET', '/2018-10-31/layers', 'find=LayerVersion'],
  ['ListProvisionedConcurrencyConfigs', 'GET', '/2019-09-30/functions/*/provisioned-concurrency', 'List=ALL'],
  ['AddLayerVersionPermission', 'POST', '/2018-10-31/layers/*/versions/*/policy'],
  ['CheckpointDurableExecution', 'POST', '/2025-12-01/durable-executions/*/checkpoint'],
  ['CreateCapacityProvider', 'POST', '/2025-11-30/capacity-providers'],
  ['CreateCodeSigningConfig', 'POST', '/2020-04-22/code-signing-configs'],
  ['CreateEventSourceMapping', 'POST', '/2015-03-31/event-source-mappings'],
  ['CreateFunctionUrlConfig', 'POST', '/2021-10-31/functions/*/url'],
  ['DeleteCapacityProvider', 'DELETE', '/2025-11-30/capacity-providers/*'],
  ['DeleteCodeSigningConfig', 'DELETE', '/2020-04-22/code-signing-configs/*'],
  ['DeleteEventSourceMapping', 'DELETE', '/2015-03-31/event-source-mappings/*'],
  ['DeleteFunctionCodeSigningConfig', 'DELETE', '/2020-06-30/functions/*/code-signing-config'],
  ['DeleteFunctionUrlConfig', 'DELETE', '/2021-10-31/functions/*/url'],
  ['DeleteLayerVersion', 'DELETE', '/2018-10-31/layers/*/versions/*'],
  ['DeleteProvisionedConcurrencyConfig', 'DELETE', '/2019-09-30/functions/*/provisioned-concurrency'],
  ['GetCapacityProvider', 'GET', '/2025-11-30/capacity-providers/*'],
  ['GetCodeSigningConfig', 'GET', '/2020-04-22/code-signing-configs/*'],
  ['GetDurableExecution', 'GET', '/2025-12-01/durable-executions/*'],
  ['GetDurableExecutionHistory', 'GET', '/2025-12-01/durable-executions/*/history'],
  ['GetDurableExecutionState', 'GET', '/2025-12-01/durable-executions/*/state'],
  ['GetEventSourceMapping', 'GET', '/2015-03-31/event-source-mappings/*'],
  ['GetFunctionCodeSigningConfig', 'GET', '/2020-06-30/functions/*/code-signing-config'],
  ['GetFunctionScalingConfig', 'GET', '/2025-11-30/functions/*/function-scaling-config'],
  ['GetFunctionUrlConfig', 'GET', '/2021-10-31/functions/*/url'],
  ['GetLayerVersion', 'GET', '/2018-10-31/layers/*/versions/*'],
  ['GetLayerVersionPolicy', 'GET', '/2018-10-31/layers/*/versions/*/policy'],
  ['GetProvisionedConcurrencyConfig', 'GET', '/2019-09-30/functions/*/provisioned-concurrency'],
  ['GetRuntimeManagementConfig', 'GET', '/2021-07-20/functions/*/runtime-management-config'],
  ['InvokeWithResponseStream', 'POST', '/2021-11-15/functions/*/response-streaming-invocations'],
  ['ListCapacityProviders', 'GET', '/2025-11-30/capacity-providers'],
  ['ListCodeSigningConfigs', 'GET', '/2020-04-22/code-signing-configs'],
  ['ListDurableExecutionsByFunction', 'GET', '/2025-12-01/functions/*/durable-executions'],
  ['ListFunctionUrlConfigs', 'GET', '/2021-10-31/functions/*/urls'],
  ['ListFunctionVersionsByCapacityProvider', 'GET', '/2025-11-30/capacity-providers/*/function-versions'],
  ['ListFunctionsByCodeSigningConfig', 'GET', '/2020-04-22/code-signing-configs/*/functions'],
  ['ListLayerVersions', 'GET', '/2018-10-31/layers/*/versions'],
  ['ListLayers', 'GET', '/2018-10-31/layers'],
  ['PublishLayerVersion', 'POST', '/2018-10-31/layers/*/versions'],
  ['PutFunctionCodeSigningConfig', 'PUT', '/2020-06-30/functions/*/code-signing-config'],
  ['PutFunctionScalingConfig', 'PUT', '/2025-11-30/functions/*/function-scaling-config'],
  ['PutProvisionedConcurrencyConfig', 'PUT', '/2019-09-30/functions/*/provisioned-concurrency'],
  ['PutRuntimeManagementConfig', 'PUT', '/2021-07-20/functions/*/runtime-management-config'],
  ['RemoveLayerVersionPermission', 'DELETE', '/2018-10-31/layers/*/versions/*/policy/*'],
  ['SendDurableExecutionCallbackFailure', 'POST', '/2025-12-01/durable-execution-callbacks/*/fail'],
  ['SendDurableExecutionCallbackHeartbeat', 'POST', '/2025-12-01/durable-execution-callbacks/*/heartbeat'],
  ['SendDurableExecutionCallbackSuccess', 'POST', '/2025-12-01/durable-execution-callbacks/*/succeed'],
  ['StopDurableExecution', 'POST', '/2025-12-01/durable-executions/*/stop'],
  ['UpdateCapacityProvider', 'PUT', '/2025-11-30/capacity-providers/*'],
  ['UpdateCodeSigningConfig', 'PUT', '/2020-04-22/code-signing-configs/*'],
  ['UpdateEventSourceMapping', 'PUT', '/2015-03-31/event-source-mappings/*'],
  ['UpdateFunctionUrlConfig', 'PUT', '/2021-10-31/functions/*/url'],
];

const compiled = unoffered.map(([operation, method, path, query]) => ({
  operation,
  method,
  regex: new RegExp(`^${path.replaceAll('*', '[^/]+')}/?$`),
  query: [...new URLSearchParams(query)],
}));

/** The operation that a request means, of those that are not offered; `undefined`: none that is known. */
export function unofferedOperation(method: string, rawPath: string, query: URLSearchParams): string | undefined {
  return compiled.find(
    (route) =>
      route.method === method &&
      route.regex.test(rawPath) &&
      route.query.every(([name, value]) => query.get(name) === value),
  )?.operation;
}
