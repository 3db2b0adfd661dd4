import type { LocalFunctions } from '../functions/localFunctions.ts';
import { jsonResponse, readPage, type LambdaOperation } from './operation.ts';
import { Validation } from './validation.ts';

/** Of an account that never asked for more (Lambda quotas). */
const concurrentExecutions = 1_000;

/** GetAccountSettings and ListEventSourceMappings (Lambda API reference). */
export function accountOperations(
  functions: LocalFunctions,
): Readonly<Record<'settings' | 'listEventSourceMappings', LambdaOperation>> {
  return {
    settings() {
      const all = functions.list();
      const reserved = all.reduce((sum, { reservedConcurrentExecutions: each = 0 }) => sum + each, 0);
      const versions = all.flatMap(({ functionName }) =>
        functions.versions.versions(functionName).map(({ definition }) => definition),
      );
      const size = [...all, ...versions].reduce((sum, { code }) => sum + (code?.size ?? 0), 0);
      return jsonResponse(
        JSON.stringify({
          AccountLimit: {
            TotalCodeSize: 80_530_636_800,
            CodeSizeUnzipped: 262_144_000,
            CodeSizeZipped: 52_428_800,
            ConcurrentExecutions: concurrentExecutions,
            UnreservedConcurrentExecutions: Math.max(0, concurrentExecutions - reserved),
          },
          AccountUsage: { TotalCodeSize: size, FunctionCount: all.length },
        }),
      );
    },

    /** Local Lambda polls nothing, so there are none. */
    listEventSourceMappings(request) {
      const validation = new Validation();
      readPage(request, validation, { maximumItems: 10_000, pageSize: 100 });
      validation.throwIfFailed();
      return jsonResponse(JSON.stringify({ NextMarker: null, EventSourceMappings: [] }));
    },
  };
}
