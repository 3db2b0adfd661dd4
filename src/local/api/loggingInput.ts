import type { FunctionDefinition, JsonLogs } from '../functionDefinition.ts';
import type { JsonBody } from './jsonBody.ts';
import { invalidParameter } from './lambdaError.ts';
import type { Validation } from './validation.ts';

/** A LoggingConfig without its group; absent: not given. */
export interface LoggingInput {
  readonly format?: string | undefined;
  readonly applicationLevel?: string | undefined;
  readonly systemLevel?: string | undefined;
}

const formats = ['JSON', 'Text'];
const applicationLevels: readonly string[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const systemLevels: readonly string[] = ['DEBUG', 'INFO', 'WARN'];

/** Reads a LoggingConfig (Lambda API reference); what the model forbids is added to `validation`. */
export function readLogging(config: JsonBody | undefined, validation: Validation): LoggingInput | undefined {
  if (config === undefined) return undefined;
  const [format, applicationLevel, systemLevel] = [
    config.text('LogFormat'),
    config.text('ApplicationLogLevel'),
    config.text('SystemLogLevel'),
  ];
  if (format !== undefined) validation.oneOf('loggingConfig.logFormat', format, formats);
  if (applicationLevel !== undefined) {
    validation.oneOf('loggingConfig.applicationLogLevel', applicationLevel, applicationLevels);
  }
  if (systemLevel !== undefined) validation.oneOf('loggingConfig.systemLogLevel', systemLevel, systemLevels);
  return { format, applicationLevel, systemLevel };
}

/** Lays a LoggingConfig over a function: what it does not name stays. @throws LambdaError for levels of text logs */
export function withLogging(definition: FunctionDefinition, input: LoggingInput = {}): FunctionDefinition {
  const { jsonLogs: before, ...rest } = definition;
  const { format = before ? 'JSON' : 'Text', applicationLevel, systemLevel } = input;
  if (format === 'JSON') return { ...rest, jsonLogs: jsonLogs(applicationLevel, systemLevel, before) };
  if (applicationLevel === undefined && systemLevel === undefined) return rest;
  throw invalidParameter(
    'ApplicationLogLevel and SystemLogLevel are supported with the JSON log format only. Set LogFormat to JSON, or leave them out.',
  );
}

function jsonLogs(application: string | undefined, system: string | undefined, before?: JsonLogs): JsonLogs {
  return {
    applicationLevel: (application as JsonLogs['applicationLevel'] | undefined) ?? before?.applicationLevel ?? 'INFO',
    systemLevel: (system as JsonLogs['systemLevel'] | undefined) ?? before?.systemLevel ?? 'INFO',
  };
}
