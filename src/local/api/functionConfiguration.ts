import { createHash } from 'node:crypto';
import { functionArn, type AccountScope } from '../../model/arn.ts';
import type { FunctionDefinition } from '../functionDefinition.ts';
import type { JsonBody } from './jsonBody.ts';
import { LambdaError } from './lambdaError.ts';

/** What a FunctionConfiguration depends on besides the function. */
export interface ConfigurationView {
  readonly scope: AccountScope;
  /** As asked for: qualified ARNs say which version (spec 5.7). */
  readonly qualifier?: string | undefined;
  /** `$LATEST` unless said. */
  readonly version?: string;
  /** ListFunctions leaves out the states. */
  readonly list: boolean;
}

/** `FunctionConfiguration` as the API gives it; what is not set is null, as on AWS's wire (spec 5.7). */
export function functionConfiguration(
  definition: FunctionDefinition,
  { scope, qualifier, version = '$LATEST', list }: ConfigurationView,
) {
  const { functionName, runtime, handler, environment, deadLetterTargetArn, lastModified, code, layers, jsonLogs } =
    definition;
  const image = runtime === '';
  return {
    FunctionName: functionName,
    FunctionArn: functionArn(scope, functionName, qualifier),
    Runtime: image ? null : runtime,
    Role: definition.role,
    Handler: image ? null : handler,
    CodeSize: code?.size ?? 0,
    Description: definition.description,
    Timeout: definition.timeout,
    MemorySize: definition.memorySize,
    LastModified: new Date(lastModified).toISOString().replace('Z', '+0000'),
    // Of a folder there is no archive to take it of.
    CodeSha256: code?.sha256 ?? hashOf(definition).toString('base64'),
    Version: version,
    VpcConfig: null,
    DeadLetterConfig: deadLetterTargetArn === undefined ? null : { TargetArn: deadLetterTargetArn },
    Environment: Object.keys(environment).length === 0 ? null : { Variables: environment, Error: null },
    KMSKeyArn: null,
    TracingConfig: { Mode: 'PassThrough' },
    MasterArn: null,
    RevisionId: revisionIdOf(definition),
    Layers:
      layers?.map(({ arn }) => ({ Arn: arn, CodeSize: 0, SigningProfileVersionArn: null, SigningJobArn: null })) ??
      null,
    State: list ? null : 'Active',
    StateReason: null,
    StateReasonCode: null,
    LastUpdateStatus: list ? null : 'Successful',
    LastUpdateStatusReason: null,
    LastUpdateStatusReasonCode: null,
    FileSystemConfigs: null,
    PackageType: image ? 'Image' : 'Zip',
    ImageConfigResponse: null,
    SigningProfileVersionArn: null,
    SigningJobArn: null,
    Architectures: [process.arch === 'arm64' ? 'arm64' : 'x86_64'],
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    RuntimeVersionConfig: null,
    LoggingConfig: {
      LogFormat: jsonLogs === undefined ? 'Text' : 'JSON',
      ApplicationLogLevel: jsonLogs?.applicationLevel ?? null,
      SystemLogLevel: jsonLogs?.systemLevel ?? null,
      LogGroup: definition.logGroupName,
    },
  };
}

/** The RevisionId of a function: another one after every change. */
export function revisionIdOf(definition: FunctionDefinition): string {
  const hex = hashOf(definition).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** @throws LambdaError 412 when the request names a revision and it changed meanwhile (Lambda API reference, RevisionId) */
export function checkRevision(current: string, input: JsonBody): void {
  const wanted = input.text('RevisionId') ?? '';
  if (wanted === '' || wanted === current) return;
  throw new LambdaError(
    412,
    'PreconditionFailedException',
    'The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId',
  );
}

function hashOf(definition: FunctionDefinition): Buffer {
  return createHash('sha256').update(JSON.stringify(definition)).digest();
}
