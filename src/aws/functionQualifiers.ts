import type { AwsClients } from './awsClients.ts';
import { translateError } from './awsErrors.ts';

/** A published version or an alias (`functionVersion`: the version it points at). */
export interface ListedQualifier {
  readonly kind: 'version' | 'alias';
  readonly qualifier: string;
  readonly description?: string;
  readonly functionVersion?: string;
}

/** A function's aliases, then its versions, newest first, all pages; without `$LATEST`. @throws UserFacingFailure */
export async function listQualifiers(
  clients: AwsClients,
  functionName: string,
  signal?: AbortSignal,
): Promise<readonly ListedQualifier[]> {
  try {
    const client = await clients.lambda();
    const { paginateListAliases, paginateListVersionsByFunction } = await import('@aws-sdk/client-lambda');
    const target = { FunctionName: functionName };
    const options = signal === undefined ? [] : ([{ abortSignal: signal }] as const);
    const aliases: ListedQualifier[] = [];
    for await (const page of paginateListAliases({ client }, target, ...options)) {
      for (const { Name, Description, FunctionVersion } of page.Aliases ?? []) {
        if (Name === undefined) continue;
        aliases.push({
          kind: 'alias',
          qualifier: Name,
          ...(Description ? { description: Description } : {}),
          ...(FunctionVersion === undefined ? {} : { functionVersion: FunctionVersion }),
        });
      }
    }
    const versions: ListedQualifier[] = [];
    for await (const page of paginateListVersionsByFunction({ client }, target, ...options)) {
      for (const { Version, Description } of page.Versions ?? []) {
        if (Version === undefined || Version === '$LATEST') continue;
        versions.push({ kind: 'version', qualifier: Version, ...(Description ? { description: Description } : {}) });
      }
    }
    versions.sort((a, b) => Number(b.qualifier) - Number(a.qualifier));
    return [...aliases, ...versions];
  } catch (error) {
    const doing = `list the versions of ${functionName}`;
    throw translateError(error, { doing, target: clients.target });
  }
}
