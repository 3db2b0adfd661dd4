import type { FunctionSummary } from '../../connections/connection.ts';
import type { LocalFault } from '../../host/faultArguments.ts';
import type { DeliveryRole } from '../../model/destination.ts';
import type { EventInvokeConfig } from '../../model/eventInvokeConfig.ts';
import type { FailureAction } from '../../model/userFacingFailure.ts';
import { parseFunctionArn } from '../../model/arn.ts';
import { compareNames } from '../../model/compareNames.ts';
import type { TemplateDifference } from '../destinations/templateDifference.ts';

/** A row of the functions view. Every node that belongs to a function carries its name, so commands can take it as it is. */
export type FunctionsNode =
  | FunctionNode
  | FaultNode
  | DestinationNode
  | SettingNode
  | QualifierNode
  | TemplateProblemNode
  | FailureNode
  | EmptyNode
  | ActionNode;

/** A function. */
export interface FunctionNode {
  readonly kind: 'function';
  readonly functionName: string;
  readonly summary: FunctionSummary;
  /** What local Lambda is told to make go wrong; absent: nothing. */
  readonly faults?: readonly LocalFault[];
}

/** A fault on demand of a function, or of every one. */
export interface FaultNode {
  readonly kind: 'fault';
  readonly functionName: string;
  readonly fault: LocalFault;
}

/** What the function's template (its file's name) declares instead; `declared` absent: nothing. */
export interface Differs {
  readonly template: string;
  readonly declared?: string | number;
}

/** Where something of a function's goes; `arn` absent: nowhere. */
export interface DestinationNode {
  readonly kind: 'destination';
  readonly functionName: string;
  readonly qualifier?: string;
  readonly role: DeliveryRole;
  readonly arn?: string;
  readonly differs?: Differs;
}

/** Retries (a count) or maximum event age (seconds); `value` absent: not set, AWS's default is in effect. */
export interface SettingNode {
  readonly kind: 'retries' | 'age';
  readonly functionName: string;
  readonly qualifier?: string;
  readonly value?: number;
  readonly differs?: Differs;
}

/** The event invoke config of a version or alias. */
export interface QualifierNode {
  readonly kind: 'qualifier';
  readonly functionName: string;
  readonly qualifier: string;
  readonly config: EventInvokeConfig;
  readonly differences?: FunctionDifferences;
}

/** Where a function's settings differ from what its template declares. */
export interface FunctionDifferences {
  /** The file's name. */
  readonly template: string;
  readonly all: readonly TemplateDifference[];
}

/** Something in a template that can't be read. Lines and columns count from 1. */
export interface TemplateProblemNode {
  readonly kind: 'templateProblem';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Why there is nothing here, and the ways on. */
export interface FailureNode {
  readonly kind: 'failure';
  /** What stands under this function could not be read; absent: the functions themselves. */
  readonly functionName?: string;
  readonly message: string;
  /** The connection that is not there; absent: it is, but did not give this. */
  readonly unconnected?: { readonly isLocal: boolean; readonly label: string };
  readonly actions: readonly FailureAction[];
}

/** An account and region without functions, and the ways on. */
export interface EmptyNode {
  readonly kind: 'empty';
  readonly region: string;
  readonly account: string;
  /** The connection's name. */
  readonly label: string;
  readonly actions: readonly FailureAction[];
}

/** A way on, as a row of its own under what it helps with. */
export interface ActionNode {
  readonly kind: 'action';
  readonly action: FailureAction;
  readonly under: FailureNode | EmptyNode;
}

/** A node's id: stable over refreshes, unique in the view. */
export function nodeId(node: FunctionsNode): string {
  switch (node.kind) {
    case 'function':
      return `function/${node.functionName}`;
    case 'fault':
      return `function/${node.functionName}/fault/${node.fault.id}`;
    case 'destination':
      return `function/${node.functionName}/${node.qualifier ?? ''}/${node.role}`;
    case 'retries':
    case 'age':
      return `function/${node.functionName}/${node.qualifier ?? ''}/${node.kind}`;
    case 'qualifier':
      return `function/${node.functionName}/${node.qualifier}`;
    case 'templateProblem':
      return `problem/${node.file}:${node.line}:${node.column}:${node.message}`;
    case 'failure':
      return `failure/${node.functionName ?? ''}`;
    case 'empty':
      return 'empty';
    case 'action':
      return `${nodeId(node.under)}/${node.action.title}`;
  }
}

/**
 * What stands under a function: what is in effect for unqualified invocations (the config under `$LATEST`, spec 5.5), then
 * the configs of versions and aliases.
 */
export function functionChildren(
  summary: FunctionSummary,
  configs: readonly EventInvokeConfig[],
  differences?: FunctionDifferences,
): FunctionsNode[] {
  const { functionName, deadLetterTargetArn } = summary;
  const qualified = configs.map((config) => ({
    qualifier: parseFunctionArn(config.functionArn)?.qualifier ?? '$LATEST',
    config,
  }));
  // What the template declares, and nothing has any more.
  const gone = new Set(differences?.all.map((each) => each.qualifier).filter((each) => each !== undefined));
  for (const { qualifier } of qualified) gone.delete(qualifier);
  for (const qualifier of gone) {
    qualified.push({ qualifier, config: { functionArn: `${summary.functionArn}:${qualifier}` } });
  }
  const latest = qualified.find(({ qualifier }) => qualifier === '$LATEST')?.config;
  const [onSuccess, onFailure, ...settings] = configChildren(functionName, undefined, latest, differences);
  return [
    onSuccess,
    onFailure,
    {
      kind: 'destination',
      functionName,
      role: 'deadLetterQueue',
      ...(deadLetterTargetArn === undefined ? {} : { arn: deadLetterTargetArn }),
      ...differsIn(differences, undefined, 'deadLetterQueue'),
    },
    ...settings,
    ...qualified
      .filter(({ qualifier }) => qualifier !== '$LATEST')
      .sort((a, b) => compareNames(a.qualifier, b.qualifier))
      .map(({ qualifier, config }): QualifierNode => ({
        kind: 'qualifier',
        functionName,
        qualifier,
        config,
        ...(differences?.all.some((each) => each.qualifier === qualifier) === true ? { differences } : {}),
      })),
  ];
}

/** Destinations, retries and age of one config; without a config, AWS's defaults. */
export function configChildren(
  functionName: string,
  qualifier: string | undefined,
  config: EventInvokeConfig | undefined,
  differences?: FunctionDifferences,
): [DestinationNode, DestinationNode, SettingNode, SettingNode] {
  const of = { functionName, ...(qualifier === undefined ? {} : { qualifier }) };
  const destination = (role: DeliveryRole, arn: string | undefined): DestinationNode => ({
    kind: 'destination',
    ...of,
    role,
    ...(arn === undefined ? {} : { arn }),
    ...differsIn(differences, qualifier, role),
  });
  const setting = (kind: SettingNode['kind'], value: number | undefined): SettingNode => ({
    kind,
    ...of,
    ...(value === undefined ? {} : { value }),
    ...differsIn(differences, qualifier, kind),
  });
  return [
    destination('onSuccess', config?.onSuccess),
    destination('onFailure', config?.onFailure),
    setting('retries', config?.maximumRetryAttempts),
    setting('age', config?.maximumEventAgeInSeconds),
  ];
}

/** A function, with the faults that are made of it. */
export function functionNode(summary: FunctionSummary, all: readonly LocalFault[]): FunctionNode {
  const { functionName } = summary;
  const faults = all.filter((fault) => fault.functionName === functionName || fault.functionName === '*');
  return { kind: 'function', functionName, summary, ...(faults.length === 0 ? {} : { faults }) };
}

/** The faults of a function as rows. */
export function faultNodes({ functionName, faults = [] }: FunctionNode): FaultNode[] {
  return faults.map((fault) => ({ kind: 'fault', functionName, fault }));
}

/** The ways on under what they help with. */
export function actionNodes(under: FailureNode | EmptyNode): ActionNode[] {
  return under.actions.map((action) => ({ kind: 'action', action, under }));
}

function differsIn(
  differences: FunctionDifferences | undefined,
  qualifier: string | undefined,
  setting: TemplateDifference['setting'],
): { readonly differs?: Differs } {
  const found = differences?.all.find((each) => each.qualifier === qualifier && each.setting === setting);
  if (!differences || !found) return {};
  const { declared } = found;
  return { differs: { template: differences.template, ...(declared === undefined ? {} : { declared }) } };
}

/** The node above; `undefined` for those at the root. */
export function parentOf(
  node: FunctionsNode,
  functions: ReadonlyMap<string, FunctionNode>,
  qualifiers: ReadonlyMap<string, QualifierNode>,
): FunctionsNode | undefined {
  if (node.kind === 'action') return node.under;
  if (node.kind === 'function' || !('functionName' in node) || node.functionName === undefined) return undefined;
  const above =
    node.kind !== 'qualifier' && 'qualifier' in node && node.qualifier !== undefined
      ? qualifiers.get(`${node.functionName}:${node.qualifier}`)
      : undefined;
  return above ?? functions.get(node.functionName);
}
