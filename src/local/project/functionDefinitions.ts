import { relative } from 'node:path';
import { functionArn, formatArn, type AccountScope } from '../../model/arn.ts';
import type { DeclaredFunction, DeclaredLayer } from '../../iac/declarations.ts';
import type { FunctionDefinition, FunctionLayer, JsonLogs } from '../functionDefinition.ts';

/** What a declaration is turned into a definition with. */
export interface DefinitionContext {
  readonly scope: AccountScope;
  /** Where the inline code of that function lies. */
  inlineCodeDir(functionName: string): string;
  /** Of the template; epoch ms. */
  readonly lastModified: number;
}

/** A function as local Lambda runs it. What can't run here says why in `unavailable`. */
export function definitionOf(declared: DeclaredFunction, context: DefinitionContext): FunctionDefinition {
  const { functionName, deadLetterTargetArn, reservedConcurrentExecutions, inlineCode, codeDir, entryPoints } =
    declared;
  const { scope } = context;
  const madeUp = formatArn({ service: 'iam', region: '', account: scope.account, resource: `role/${functionName}` });
  const folder = inlineCode === undefined ? codeDir : context.inlineCodeDir(functionName);
  const unavailable = whyUnavailable(declared);
  return {
    functionName,
    functionArn: functionArn(scope, functionName),
    description: declared.description ?? '',
    runtime: declared.runtime ?? '',
    handler: declared.handler ?? '',
    codeDir: folder ?? context.inlineCodeDir(functionName),
    ...(entryPoints === undefined || codeDir === undefined
      ? {}
      : { entryPoints: entryPoints.map((entry) => relative(codeDir, entry)) }),
    ...(declared.layers === undefined || declared.layers.length === 0 ? {} : { layers: declared.layers.map(layerOf) }),
    timeout: declared.timeout,
    memorySize: declared.memorySize,
    environment: declared.environment,
    ...(declared.role === undefined ? { role: madeUp, roleIsMadeUp: true } : { role: declared.role }),
    ...(deadLetterTargetArn === undefined ? {} : { deadLetterTargetArn }),
    ...(reservedConcurrentExecutions === undefined ? {} : { reservedConcurrentExecutions }),
    logGroupName: declared.logGroup ?? `/aws/lambda/${functionName}`,
    ...(declared.jsonLogs === undefined ? {} : { jsonLogs: jsonLogsOf(declared.jsonLogs) }),
    lastModified: context.lastModified,
    ...(declared.aliases === undefined ? {} : { aliases: declared.aliases }),
    ...(unavailable === undefined ? {} : { unavailable }),
  };
}

function layerOf({ arn, contentDir, below }: DeclaredLayer): FunctionLayer {
  return {
    arn,
    ...(contentDir === undefined ? {} : { dir: contentDir }),
    ...(below === undefined ? {} : { below }),
  };
}

/** A level that is none is AWS's default: it is the deployment that refuses it. */
function jsonLogsOf({ applicationLevel, systemLevel }: NonNullable<DeclaredFunction['jsonLogs']>): JsonLogs {
  const application = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
  const system = ['DEBUG', 'INFO', 'WARN'] as const;
  return {
    applicationLevel: application.find((level) => level === applicationLevel) ?? 'INFO',
    systemLevel: system.find((level) => level === systemLevel) ?? 'INFO',
  };
}

function whyUnavailable(declared: DeclaredFunction): string | undefined {
  const { functionName, runtime, handler, codeDir, inlineCode } = declared;
  if (runtime === undefined && handler === undefined) {
    return (
      `"${functionName}" is a container image, and local Lambda runs none. ` +
      'Invoke it on AWS, or give it a Runtime, a Handler and a code folder (CodeUri) in the template.'
    );
  }
  if (codeDir !== undefined || inlineCode !== undefined) return undefined;
  return (
    `The code of "${functionName}" is not on this machine: the template names an archive or an S3 object. ` +
    'Name the folder with the code in the template (CodeUri) to run it locally.'
  );
}
