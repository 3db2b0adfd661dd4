import { extname } from 'node:path';
import type { AccountScope } from '../model/arn.ts';
import type {
  DeclaredFunction,
  DeclaredQueue,
  DeclaredResource,
  Declarations,
  TemplateProblem,
} from './declarations.ts';
import { checkFunctions } from './checkFunctions.ts';
import { parseJson } from './parseJson.ts';
import { parseYaml } from './parseYaml.ts';
import { readCloudFormationConfig } from './readEventInvokeConfig.ts';
import { emptyMap, isFunction, readFunction, stackNameOf, withGlobals } from './readFunctions.ts';
import { readLayers } from './readLayers.ts';
import { readQueue } from './readQueues.ts';
import { readRoles, roleOf } from './readRoles.ts';
import { readRules } from './readRules.ts';
import { readSubscriptions } from './readSubscriptions.ts';
import type { MapNode, Report, TemplateNode } from './templateNode.ts';
import { isFifo, type TemplateResource } from './templateResources.ts';
import { TemplateValues } from './templateValues.ts';

/**
 * Reads a SAM or CloudFormation template (spec 8.1, 8.2), YAML or JSON by its extension. Intrinsics are resolved as far as
 * they can be without AWS. Never throws: whatever is wrong or unknown is a problem with its place. A template that does
 * not parse declares nothing.
 */
export function readTemplate({ file, text, scope }: TemplateSource): Declarations {
  const problems = new Problems();
  try {
    const parse = extname(file).toLowerCase() === '.json' ? parseJson : parseYaml;
    const root = parse(file, text, problems.report);
    if (problems.found.some(({ severity }) => severity === 'error')) return nothing(problems.found);
    return readRoot(root, { file, text, scope }, problems);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.report('error', startOf(file), `This template can’t be read: ${reason}`);
    return nothing(problems.found);
  }
}

/** A template's text, with what its ARNs are made of. */
export interface TemplateSource {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
  readonly scope: AccountScope;
}

function readRoot(
  root: TemplateNode | undefined,
  { file, scope }: TemplateSource,
  { found, report }: Problems,
): Declarations {
  const section = (name: string): MapNode | undefined => {
    const node = root?.kind === 'map' ? root.entries.get(name)?.value : undefined;
    return node?.kind === 'map' ? node : undefined;
  };
  if (!section('Resources')) {
    const at = root?.kind === 'map' ? (root.entries.get('Resources')?.location ?? startOf(file)) : startOf(file);
    report('warning', at, 'This template declares no Resources, so it has no functions.');
    return nothing(found);
  }
  const resources = resourcesOf(section('Resources'), section('Globals')?.entries.get('Function')?.value, report);
  const [parameters, mappings, conditions] = [section('Parameters'), section('Mappings'), section('Conditions')];
  const stackName = stackNameOf(file);
  const parts = { scope, stackName, parameters, mappings, conditions, resources };
  const values = new TemplateValues({ ...parts, report });
  // Of roles much can't be known, and little of that matters.
  const quietValues = new TemplateValues({ ...parts, report: () => undefined });
  const active = [...resources.values()].filter(({ node }) => {
    const condition = node.entries.get('Condition')?.value;
    return condition?.kind !== 'scalar' || values.condition(condition.text, condition.location);
  });

  const queues: DeclaredQueue[] = ofType('AWS::SQS::Queue').map((queue) =>
    readQueue(queue, resources.get(queue.logicalId) ?? { properties: emptyMap(queue.location) }, { values, report }),
  );
  const lists = { queues, topics: ofType('AWS::SNS::Topic') };
  const buses = ofType('AWS::Events::EventBus');
  const buckets = ofType('AWS::S3::Bucket');
  const config = {
    scope,
    addQueue: (queue: DeclaredResource): void => void queues.push({ ...queue, attributes: {} }),
    addTopic: (topic: DeclaredResource): void => void lists.topics.push(topic),
  };
  const { addQueue } = config;
  const layers = readLayers(active, { file, values, report });
  const functions = active
    .filter(isFunction)
    .map((resource) => readFunction(resource, { file, values, report, layers, config }))
    .filter((declared) => declared !== undefined);
  const subscriptions = active.flatMap((resource) => readSubscriptions(resource, { values, scope, report, addQueue }));
  const rules = active.flatMap((resource) => readRules(resource, { values, scope, report, addQueue }));
  const configured = withConfigResources(withAliases(withRoles(functions)));
  checkFunctions(configured, report);
  const roles = readRoles(active, configured, { values: quietValues, report });
  return { functions: configured, ...lists, buses, buckets, subscriptions, rules, ...roles, problems: found };

  function withRoles(declared: readonly DeclaredFunction[]): readonly DeclaredFunction[] {
    return declared.map((fn) => {
      const resource = resources.get(fn.logicalId);
      const role = resource && roleOf(resource, quietValues);
      return role === undefined ? fn : { ...fn, role };
    });
  }

  function ofType(type: string): DeclaredResource[] {
    return active
      .filter((resource) => resource.type === type)
      .flatMap((resource) => {
        const { logicalId, location } = resource;
        const name = values.resources.nameOf(logicalId);
        const attribute = type === 'AWS::SNS::Topic' ? 'TopicArn' : 'Arn';
        const arn = values.resources.attribute(logicalId, attribute);
        if (name === undefined || arn === undefined) return [];
        const fifo = name.endsWith('.fifo') || isFifo(resource, (node) => values.text(node));
        return [{ logicalId, name, arn, fifo, location }];
      });
  }

  /** `AWS::Lambda::Alias` resources join the function that they name. */
  function withAliases(declared: readonly DeclaredFunction[]): readonly DeclaredFunction[] {
    const aliases = active
      .filter(({ type }) => type === 'AWS::Lambda::Alias')
      .map(({ properties }) => ({
        functionName: values.text(values.get(properties, 'FunctionName'))?.split(':function:').at(-1),
        name: values.text(values.get(properties, 'Name')),
      }));
    return declared.map((fn) => {
      const own = aliases.flatMap(({ functionName, name }) => (functionName === fn.functionName && name ? name : []));
      return own.length === 0 ? fn : { ...fn, aliases: [...new Set([...(fn.aliases ?? []), ...own])] };
    });
  }

  /** `AWS::Lambda::EventInvokeConfig` resources join the function that they name. */
  function withConfigResources(declared: readonly DeclaredFunction[]): readonly DeclaredFunction[] {
    const byName = new Map(declared.map((fn) => [fn.functionName, fn]));
    for (const { properties, location } of active.filter(({ type }) => type === 'AWS::Lambda::EventInvokeConfig')) {
      const nameNode = values.get(properties, 'FunctionName');
      const functionName = values.text(nameNode)?.split(':function:').at(-1);
      const qualifier = values.text(values.get(properties, 'Qualifier'));
      const fn = functionName === undefined ? undefined : byName.get(functionName);
      if (nameNode?.kind === 'unresolved') continue;
      if (!nameNode || qualifier === undefined) {
        report('error', location, 'An AWS::Lambda::EventInvokeConfig needs FunctionName and Qualifier.');
      } else if (!fn) {
        report('warning', nameNode.location, `This template declares no function “${functionName}”.`);
      } else {
        const { logicalId } = fn;
        const context = { ...config, values, report, logicalId, functionName: fn.functionName };
        const added = readCloudFormationConfig(properties, qualifier, context);
        byName.set(fn.functionName, { ...fn, eventInvokeConfigs: [...fn.eventInvokeConfigs, added] });
      }
    }
    return declared.map((fn) => {
      const configuredFunction = byName.get(fn.functionName);
      return configuredFunction?.logicalId === fn.logicalId ? configuredFunction : fn;
    });
  }
}

function resourcesOf(
  section: MapNode | undefined,
  functionGlobals: TemplateNode | undefined,
  report: Report,
): ReadonlyMap<string, TemplateResource> {
  const resources = new Map<string, TemplateResource>();
  for (const [logicalId, { location, value: node }] of section?.entries ?? []) {
    if (logicalId.startsWith('Fn::')) continue;
    const type = node.kind === 'map' ? node.entries.get('Type')?.value : undefined;
    if (node.kind !== 'map' || type?.kind !== 'scalar') {
      report('error', location, `Resource “${logicalId}” has no Type.`);
      continue;
    }
    const given = node.entries.get('Properties')?.value;
    const properties = given?.kind === 'map' ? given : emptyMap(location);
    const resource = { logicalId, type: type.text, location, properties, node };
    resources.set(logicalId, withGlobals(resource, functionGlobals));
  }
  return resources;
}

/** What was found, each problem once a place. */
class Problems {
  readonly found: TemplateProblem[] = [];
  readonly #seen = new Set<string>();

  readonly report: Report = (severity, location, message) => {
    const key = `${location.line}:${location.column}:${message}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.found.push({ ...location, severity, message });
  };
}

function nothing(problems: readonly TemplateProblem[]): Declarations {
  const none = {
    queues: [],
    topics: [],
    buses: [],
    buckets: [],
    subscriptions: [],
    rules: [],
    roles: [],
    policies: [],
  };
  return { functions: [], ...none, problems };
}

function startOf(file: string): { file: string; line: number; column: number; endLine: number; endColumn: number } {
  return { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
}
