import { functionArn, type AccountScope } from '../model/arn.ts';
import type { TemplateLocation } from './declarations.ts';
import { resourceKinds } from './resourceKinds.ts';
import type { MapNode, TemplateNode } from './templateNode.ts';

/** A resource of a template, its properties not yet resolved. */
export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly location: TemplateLocation;
  readonly properties: MapNode;
  /** The whole resource: `Condition`, `Metadata`, … */
  readonly node: MapNode;
}

/** A resource with its physical name. */
interface NamedResource {
  readonly type: string;
  readonly name: string;
  /** IAM's. */
  readonly path?: string;
}

/** The logical id of the queue or topic that SAM makes where a destination has none (spec 8.2). */
export function implicitDestinationId(functionId: string, event: 'OnSuccess' | 'OnFailure', type: string): string {
  return `${functionId}EventInvokeConfig${event}${type === 'SQS' ? 'Queue' : 'Topic'}`;
}

/**
 * Names resources: what `Ref` and `Fn::GetAtt` give. Those that SAM makes by itself count (queues and topics of
 * `EventInvokeConfig`, `Function.Alias`, `Function.DestinationQueue`, …).
 */
export class TemplateResources {
  readonly #scope: AccountScope;
  readonly #resources: ReadonlyMap<string, TemplateResource>;
  readonly #textOf: (node: TemplateNode | undefined) => string | undefined;
  readonly #names = new Map<string, string | undefined>();

  constructor(
    scope: AccountScope,
    resources: ReadonlyMap<string, TemplateResource>,
    textOf: (node: TemplateNode | undefined) => string | undefined,
  ) {
    this.#scope = scope;
    this.#resources = resources;
    this.#textOf = textOf;
  }

  /** Whether there is something of that logical id. */
  has(id: string): boolean {
    return this.#resources.has(id) || this.#implicit(id) !== undefined || this.#samReference(id) !== undefined;
  }

  /** What `Ref` gives; `undefined`: it can't be known offline. */
  ref(id: string): string | undefined {
    const alias = this.#aliasArn(id);
    if (alias !== undefined) return alias;
    const named = this.#named(id);
    if (!named) return undefined;
    return resourceKinds[named.type]?.ref?.(named.name, this.#scope, named.path ?? '/') ?? named.name;
  }

  /** What `Fn::GetAtt` gives; `undefined`: it can't be known offline. */
  attribute(id: string, attribute: string): string | undefined {
    const named = this.#named(id);
    return named && resourceKinds[named.type]?.attributes[attribute]?.(named.name, this.#scope, named.path ?? '/');
  }

  /** A resource's physical name; `undefined`: it can't be known offline. */
  nameOf(id: string): string | undefined {
    const resource = this.#resources.get(id);
    if (!resource) return id;
    if (this.#names.has(id)) return this.#names.get(id);
    // A name that needs itself stays unknown.
    this.#names.set(id, undefined);
    const kind = resourceKinds[resource.type];
    const property = kind?.nameProperty && resource.properties.entries.get(kind.nameProperty)?.value;
    const given = property ? this.#textOf(property) : undefined;
    const name = given ?? kind?.defaultName?.(id) ?? `${id}${isFifo(resource, this.#textOf) ? '.fifo' : ''}`;
    this.#names.set(id, name);
    return name;
  }

  #named(id: string): NamedResource | undefined {
    const resource = this.#resources.get(id);
    if (!resource) return this.#implicit(id) ?? this.#samReference(id);
    const name = this.nameOf(id);
    if (name === undefined) return undefined;
    const path = resource.type.startsWith('AWS::IAM::') ? this.#textAt(resource, ['Path']) : undefined;
    return { type: resource.type, name, ...(path === undefined ? {} : { path }) };
  }

  #implicit(id: string): NamedResource | undefined {
    const [, owner = '', kind] = /^(.+)EventInvokeConfigOn(?:Success|Failure)(Queue|Topic)$/.exec(id) ?? [];
    if (this.#resources.get(owner)?.type !== 'AWS::Serverless::Function') return undefined;
    return { type: kind === 'Queue' ? 'AWS::SQS::Queue' : 'AWS::SNS::Topic', name: id };
  }

  /** `Function.DestinationQueue` and `Function.DestinationTopic`, as SAM lets templates refer to what it makes. */
  #samReference(id: string): NamedResource | undefined {
    const [owner = '', property] = id.split('.');
    const resource = this.#resources.get(owner);
    if (resource?.type !== 'AWS::Serverless::Function') return undefined;
    if (property === 'Alias') return { type: '', name: owner };
    if (property !== 'DestinationQueue' && property !== 'DestinationTopic') return undefined;
    const type = property === 'DestinationQueue' ? 'SQS' : 'SNS';
    const events = ['OnFailure', 'OnSuccess'] as const;
    const event = events.find((candidate) => this.#textAt(resource, eventTypePath(candidate)) === type);
    if (!event) return undefined;
    return {
      type: type === 'SQS' ? 'AWS::SQS::Queue' : 'AWS::SNS::Topic',
      name: implicitDestinationId(owner, event, type),
    };
  }

  #aliasArn(id: string): string | undefined {
    const [owner = '', property] = id.split('.');
    const samFunction = property === 'Alias' ? this.#resources.get(owner) : undefined;
    const alias = samFunction ?? this.#resources.get(id);
    if (!samFunction && alias?.type !== 'AWS::Lambda::Alias') return undefined;
    if (!alias) return undefined;
    const name = samFunction ? this.nameOf(owner) : this.#textAt(alias, ['FunctionName']);
    const qualifier = this.#textAt(alias, [samFunction ? 'AutoPublishAlias' : 'Name']);
    if (name === undefined || qualifier === undefined) return undefined;
    return functionArn(this.#scope, name.split(':function:').at(-1) ?? name, qualifier);
  }

  #textAt(resource: TemplateResource, path: readonly string[]): string | undefined {
    let node: TemplateNode | undefined = resource.properties;
    for (const key of path) node = node?.kind === 'map' ? node.entries.get(key)?.value : undefined;
    return node && this.#textOf(node);
  }
}

/** Whether a queue or topic is FIFO: by property, or by its name's ending. */
export function isFifo(
  { type, properties }: TemplateResource,
  textOf: (node: TemplateNode | undefined) => string | undefined,
): boolean {
  const property = type === 'AWS::SQS::Queue' ? 'FifoQueue' : type === 'AWS::SNS::Topic' ? 'FifoTopic' : '';
  const flag = properties.entries.get(property)?.value;
  return flag !== undefined && textOf(flag) === 'true';
}

function eventTypePath(event: string): readonly string[] {
  return ['EventInvokeConfig', 'DestinationConfig', event, 'Type'];
}
