import { basename, dirname, join } from 'node:path';
import type { DeclaredFunction, DeclaredEventInvokeConfig, DeclaredLayer, TemplateLocation } from './declarations.ts';
import { readSamConfig, type ConfigContext } from './readEventInvokeConfig.ts';
import { wrongDeadLetterTarget } from './checkFunctions.ts';
import { localFolder, type FolderContext } from './localFolder.ts';
import { layersOf } from './readLayers.ts';
import { mergeNodes, type MapNode, type Report, type TemplateNode } from './templateNode.ts';
import type { TemplateResource } from './templateResources.ts';
import type { TemplateValues } from './templateValues.ts';

/** What reading a function needs of its surroundings. */
export interface FunctionContext extends FolderContext {
  /** Those that the template declares, by ARN. */
  readonly layers: ReadonlyMap<string, DeclaredLayer>;
  readonly config: Pick<ConfigContext, 'addQueue' | 'addTopic' | 'scope'>;
}

/** AWS's defaults: seconds and MB. */
const defaults = { timeout: 3, memorySize: 128 } as const;

/** Whether a resource is a function. */
export function isFunction({ type }: TemplateResource): boolean {
  return type === 'AWS::Serverless::Function' || type === 'AWS::Lambda::Function';
}

/** A SAM function's properties laid over `Globals.Function`; any other resource as it is. */
export function withGlobals(resource: TemplateResource, globals: TemplateNode | undefined): TemplateResource {
  if (resource.type !== 'AWS::Serverless::Function') return resource;
  const properties = mergeNodes(globals, resource.properties);
  return properties?.kind === 'map' ? { ...resource, properties } : resource;
}

/** A function of SAM or CloudFormation; `undefined`: its name can't be known. */
export function readFunction(resource: TemplateResource, context: FunctionContext): DeclaredFunction | undefined {
  const { values } = context;
  const { properties, logicalId, location } = resource;
  const get = (key: string): TemplateNode | undefined => values.get(properties, key);
  const text = (key: string): string | undefined => values.text(get(key));
  const functionName = values.resources.nameOf(logicalId);
  if (functionName === undefined) return undefined;
  const image = text('PackageType') === 'Image';
  const sam = resource.type === 'AWS::Serverless::Function';
  const code = image ? {} : sam ? samCode(resource, context) : cloudFormationCode(resource, context);
  const optional = {
    description: text('Description'),
    runtime: image ? undefined : text('Runtime'),
    handler: image ? undefined : text('Handler'),
    deadLetterTargetArn: sam
      ? samDeadLetterTarget(resource, context)
      : cloudFormationDeadLetterTarget(resource, context),
    reservedConcurrentExecutions: values.integer(get('ReservedConcurrentExecutions')),
    logGroup: values.text(values.get(get('LoggingConfig'), 'LogGroup')),
    layers: image ? undefined : layersOf(get('Layers'), values, context.layers),
    jsonLogs: jsonLogsOf(get('LoggingConfig'), values),
    aliases: sam ? aliasesOf(text('AutoPublishAlias')) : undefined,
    ...code,
  };
  return {
    logicalId,
    functionName,
    timeout: values.integer(get('Timeout')) ?? defaults.timeout,
    memorySize: values.integer(get('MemorySize')) ?? defaults.memorySize,
    environment: environmentOf(values.get(get('Environment'), 'Variables'), values),
    eventInvokeConfigs: sam ? samConfigs(resource, functionName, context) : [],
    location,
    ...present(optional),
  };
}

/** `undefined`: text. */
function jsonLogsOf(config: TemplateNode | undefined, values: TemplateValues): DeclaredFunction['jsonLogs'] {
  const text = (key: string): string | undefined => values.text(values.get(config, key));
  if (text('LogFormat') !== 'JSON') return undefined;
  return present({ applicationLevel: text('ApplicationLogLevel'), systemLevel: text('SystemLogLevel') });
}

function aliasesOf(autoPublishAlias: string | undefined): readonly string[] | undefined {
  return autoPublishAlias === undefined ? undefined : [autoPublishAlias];
}

interface FunctionCode {
  readonly codeDir?: string;
  readonly inlineCode?: string;
  readonly entryPoints?: readonly string[];
}

function samCode(resource: TemplateResource, context: FunctionContext): FunctionCode {
  const { values } = context;
  const inlineCode = values.text(values.get(resource.properties, 'InlineCode'));
  if (inlineCode !== undefined) return { inlineCode };
  const uri = values.get(resource.properties, 'CodeUri');
  // SAM builds the folder of the template where a function doesn't say which.
  const codeDir = uri ? localFolder(uri, context) : dirname(context.file);
  return codeDir === undefined ? {} : { codeDir, ...entryPointsOf(resource, codeDir, values) };
}

function cloudFormationCode({ properties }: TemplateResource, context: FunctionContext): FunctionCode {
  const { values } = context;
  const code = values.get(properties, 'Code');
  const inlineCode = values.text(values.get(code, 'ZipFile'));
  if (inlineCode !== undefined) return { inlineCode };
  const codeDir = code && localFolder(code, context);
  return codeDir === undefined ? {} : { codeDir };
}

/** The sources that `sam build` bundles with esbuild (`Metadata.BuildMethod: esbuild`). */
function entryPointsOf(
  { node }: TemplateResource,
  codeDir: string,
  values: TemplateValues,
): Pick<FunctionCode, 'entryPoints'> {
  const metadata = values.get(node, 'Metadata');
  if (values.text(values.get(metadata, 'BuildMethod')) !== 'esbuild') return {};
  const entryPoints = values
    .list(values.get(values.get(metadata, 'BuildProperties'), 'EntryPoints'))
    .map((entry) => values.text(entry))
    .filter((entry) => entry !== undefined)
    .map((entry) => join(codeDir, entry));
  return entryPoints.length > 0 ? { entryPoints } : {};
}

function environmentOf(node: TemplateNode | undefined, values: TemplateValues): Readonly<Record<string, string>> {
  const environment: Record<string, string> = {};
  if (node?.kind !== 'map') return environment;
  for (const [name, { value }] of node.entries) {
    const resolved = values.resolve(value);
    const text = resolved?.kind === 'scalar' && resolved.value === null ? '' : values.text(resolved);
    if (text !== undefined) environment[name] = text;
  }
  return environment;
}

function samDeadLetterTarget(
  { properties, logicalId }: TemplateResource,
  { values, report }: FunctionContext,
): string | undefined {
  const queue = values.get(properties, 'DeadLetterQueue');
  if (queue?.kind !== 'map') return undefined;
  const type = values.get(queue, 'Type');
  const target = values.get(queue, 'TargetArn');
  const wrong = (location: TemplateLocation, message: string): void =>
    report('error', location, `Resource with id [${logicalId}] is invalid. ${message}`);
  if (!type || !target) {
    wrong(queue.location, "'DeadLetterQueue' requires Type and TargetArn properties to be specified.");
    return undefined;
  }
  const typeName = values.text(type);
  if (typeName !== undefined && typeName !== 'SQS' && typeName !== 'SNS') {
    wrong(type.location, "'DeadLetterQueue' requires Type of ['SNS', 'SQS']");
    return undefined;
  }
  return checkedTarget(target, values, report);
}

function cloudFormationDeadLetterTarget(
  { properties }: TemplateResource,
  { values, report }: FunctionContext,
): string | undefined {
  return checkedTarget(values.get(values.get(properties, 'DeadLetterConfig'), 'TargetArn'), values, report);
}

/** What AWS refuses as a dead-letter queue is a problem, and none is in effect. */
function checkedTarget(node: TemplateNode | undefined, values: TemplateValues, report: Report): string | undefined {
  const arn = values.text(node);
  const wrong = arn === undefined ? undefined : wrongDeadLetterTarget(arn);
  if (!node || wrong === undefined) return arn;
  report('error', node.location, wrong);
  return undefined;
}

function samConfigs(
  { properties, logicalId }: TemplateResource,
  functionName: string,
  { values, report, config }: FunctionContext,
): readonly DeclaredEventInvokeConfig[] {
  const node = values.get(properties, 'EventInvokeConfig');
  if (node?.kind !== 'map') return [];
  const qualifier = values.text(values.get(properties, 'AutoPublishAlias')) ?? '$LATEST';
  return [readSamConfig(node, qualifier, { ...config, values, report, logicalId, functionName })];
}

/** The stack's name where nothing says another: the folder of the template. */
export function stackNameOf(file: string): string {
  const name = basename(dirname(file))
    .replace(/[^A-Za-z\d-]+/g, '-')
    .replace(/^[^A-Za-z]+|-+$/g, '');
  return name === '' ? 'local' : name;
}

/** An empty mapping at a place. */
export function emptyMap(location: TemplateLocation): MapNode {
  return { kind: 'map', entries: new Map(), location };
}

type Present<T> = { [K in keyof T]?: NonNullable<T[K]> };

function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}
