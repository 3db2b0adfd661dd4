import type { AccountScope } from '../model/arn.ts';
import type { TemplateLocation } from './declarations.ts';
import { intrinsicOf, textNode, type MapNode, type Report, type TemplateNode } from './templateNode.ts';
import { TemplateResources, type TemplateResource } from './templateResources.ts';

/** What resolving needs of a template. */
export interface TemplateParts {
  readonly scope: AccountScope;
  readonly stackName: string;
  readonly parameters: MapNode | undefined;
  readonly mappings: MapNode | undefined;
  readonly conditions: MapNode | undefined;
  readonly resources: ReadonlyMap<string, TemplateResource>;
  readonly report: Report;
}

/** Deeper nested intrinsics are a circle. */
const maximumDepth = 50;

/**
 * Resolves CloudFormation's intrinsic functions as far as that is possible without AWS (spec 8.1). What can't be known
 * is reported as a warning, once, and becomes an `unresolved` node. `AWS::NoValue` becomes `undefined`: not there.
 */
export class TemplateValues {
  readonly resources: TemplateResources;
  readonly #parts: TemplateParts;
  readonly #pseudo: Readonly<Record<string, string>>;
  #depth = 0;

  constructor(parts: TemplateParts) {
    this.#parts = parts;
    const { region, account } = parts.scope;
    this.#pseudo = {
      'AWS::Region': region,
      'AWS::AccountId': account,
      'AWS::Partition': 'aws',
      'AWS::StackName': parts.stackName,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${parts.stackName}/local`,
      'AWS::URLSuffix': 'amazonaws.com',
    };
    this.resources = new TemplateResources(parts.scope, parts.resources, (node) => this.text(node));
  }

  /** The node with no intrinsic at its top; those further down are resolved when they are asked for. */
  resolve(node: TemplateNode | undefined): TemplateNode | undefined {
    const intrinsic = node && intrinsicOf(node);
    if (!node || !intrinsic) return node;
    if (this.#depth >= maximumDepth) return this.#unresolved(node.location, 'This value needs itself.');
    this.#depth++;
    try {
      return this.#intrinsic(intrinsic.name, intrinsic.argument, node.location);
    } finally {
      this.#depth--;
    }
  }

  /** The value of a key, resolved; `undefined`: not there. */
  get(map: TemplateNode | undefined, key: string): TemplateNode | undefined {
    const resolved = this.resolve(map);
    return resolved?.kind === 'map' ? this.resolve(resolved.entries.get(key)?.value) : undefined;
  }

  /** A scalar's text; `undefined`: not there, not known, or no scalar (reported). */
  text(node: TemplateNode | undefined): string | undefined {
    const resolved = this.resolve(node);
    if (!resolved || resolved.kind === 'unresolved') return undefined;
    if (resolved.kind === 'scalar') return resolved.value === null ? undefined : resolved.text;
    this.#parts.report('error', resolved.location, `A single value is expected here, not a ${resolved.kind}.`);
    return undefined;
  }

  /** A whole number; `undefined`: not there, not known, or no such number (reported). */
  integer(node: TemplateNode | undefined): number | undefined {
    const resolved = this.resolve(node);
    const text = this.text(resolved);
    if (!resolved || text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value)) return value;
    this.#parts.report('error', resolved.location, `A whole number is expected here, not “${text}”.`);
    return undefined;
  }

  /** `true` or `false`, also as text; `undefined` otherwise. */
  boolean(node: TemplateNode | undefined): boolean | undefined {
    const text = this.text(node)?.toLowerCase();
    return text === 'true' ? true : text === 'false' ? false : undefined;
  }

  /** A list's items, resolved, `AWS::NoValue` left out; a single value counts as a list of one. */
  list(node: TemplateNode | undefined): readonly TemplateNode[] {
    const resolved = this.resolve(node);
    if (!resolved || resolved.kind === 'unresolved') return [];
    const items = resolved.kind === 'list' ? resolved.items : [resolved];
    return items.map((item) => this.resolve(item)).filter((item) => item !== undefined);
  }

  /** A condition's value by name. One that can't be known counts as true. */
  condition(name: string, location: TemplateLocation): boolean {
    const entry = this.#parts.conditions?.entries.get(name);
    if (!entry) {
      this.#parts.report('error', location, `There is no condition “${name}” in Conditions.`);
      return true;
    }
    return this.#truth(entry.value);
  }

  #truth(node: TemplateNode): boolean {
    const intrinsic = intrinsicOf(node);
    if (!intrinsic) return this.boolean(node) ?? true;
    if (this.#depth >= maximumDepth) return true;
    this.#depth++;
    try {
      const { name, argument } = intrinsic;
      const parts = argument.kind === 'list' ? argument.items : [argument];
      if (name === 'Condition') return this.condition(this.text(argument) ?? '', argument.location);
      if (name === 'Fn::And') return parts.every((part) => this.#truth(part));
      if (name === 'Fn::Or') return parts.some((part) => this.#truth(part));
      if (name === 'Fn::Not') return parts[0] ? !this.#truth(parts[0]) : true;
      if (name === 'Fn::Equals') {
        const [left, right] = parts.map((part) => this.text(part));
        return left === right;
      }
      return this.boolean(node) ?? true;
    } finally {
      this.#depth--;
    }
  }

  #intrinsic(name: string, argument: TemplateNode, location: TemplateLocation): TemplateNode | undefined {
    switch (name) {
      case 'Ref':
        return this.#ref(this.text(argument) ?? '', location);
      case 'Fn::GetAtt':
        return this.#getAtt(argument, location);
      case 'Fn::Sub':
        return this.#sub(argument, location);
      case 'Fn::Join': {
        const [delimiter, list] = this.#arguments(argument);
        return this.#fromTexts(this.list(list), location, (texts) => texts.join(this.text(delimiter) ?? ''));
      }
      case 'Fn::Split': {
        const [delimiter, source] = this.#arguments(argument);
        const text = this.text(source);
        if (text === undefined) return { kind: 'unresolved', location };
        const items = text.split(this.text(delimiter) ?? ',').map((part) => textNode(part, location));
        return { kind: 'list', items, location };
      }
      case 'Fn::Select': {
        const [index, list] = this.#arguments(argument);
        const items = this.list(list);
        const item = items[this.integer(index) ?? 0];
        return item ?? this.#unresolved(location, 'Fn::Select: the list has no such item, or it can’t be known here.');
      }
      case 'Fn::If': {
        const [condition, yes, no] = this.#arguments(argument);
        return this.resolve(this.condition(this.text(condition) ?? '', location) ? yes : no);
      }
      case 'Fn::FindInMap':
        return this.#findInMap(argument, location);
      case 'Fn::Base64': {
        const text = this.text(argument);
        return text === undefined ? { kind: 'unresolved', location } : textNode(base64(text), location);
      }
      case 'Condition':
        return textNode(String(this.condition(this.text(argument) ?? '', location)), location);
      case 'Fn::ImportValue':
        return this.#unresolved(location, 'Fn::ImportValue: what another stack exports is known only in AWS.');
      default:
        return this.#unresolved(location, `${name}: its value is known only in AWS.`);
    }
  }

  #ref(id: string, location: TemplateLocation): TemplateNode | undefined {
    if (id === 'AWS::NoValue') return undefined;
    const pseudo = this.#pseudo[id];
    if (pseudo !== undefined) return textNode(pseudo, location);
    const parameter = this.#parts.parameters?.entries.get(id);
    if (parameter) return this.#parameter(id, parameter.value, location);
    return this.#known(this.resources.ref(id), id, location, `Ref ${id}`);
  }

  #parameter(id: string, parameter: TemplateNode, location: TemplateLocation): TemplateNode {
    const entries = parameter.kind === 'map' ? parameter.entries : undefined;
    const type = entries?.get('Type')?.value;
    const typeName = type?.kind === 'scalar' ? type.text : 'String';
    const value = entries?.get('Default')?.value;
    if (typeName.startsWith('AWS::SSM::Parameter::Value')) {
      return this.#unresolved(location, `Parameter “${id}” is a value in Parameter Store, known only in AWS.`);
    }
    if (value?.kind !== 'scalar') {
      return this.#unresolved(location, `Parameter “${id}” has no Default, so its value can’t be known here.`);
    }
    if (!/^(?:CommaDelimitedList$|List<)/.test(typeName)) return { ...value, location };
    const items = value.text.split(',').map((item) => textNode(item.trim(), location));
    return { kind: 'list', items, location };
  }

  #getAtt(argument: TemplateNode, location: TemplateLocation): TemplateNode {
    const path =
      argument.kind === 'list'
        ? argument.items.map((item) => this.text(item) ?? '').join('.')
        : (this.text(argument) ?? '');
    return this.#attribute(path, location);
  }

  /** `Id.Attribute`, `Id.Attribute.More`, or SAM's `Function.DestinationQueue.Attribute`. */
  #attribute(path: string, location: TemplateLocation): TemplateNode {
    const [first = '', ...rest] = path.split('.');
    const [second, ...more] = rest;
    const samId = `${first}.${second}`;
    const value =
      more.length > 0 && this.resources.has(samId)
        ? this.resources.attribute(samId, more.join('.'))
        : this.resources.attribute(first, rest.join('.'));
    return this.#known(value, first, location, `Fn::GetAtt ${path}`);
  }

  #known(value: string | undefined, id: string, location: TemplateLocation, what: string): TemplateNode {
    if (value !== undefined) return textNode(value, location);
    if (this.resources.has(id)) return this.#unresolved(location, `${what}: its value is known only in AWS.`);
    this.#parts.report('error', location, `${what}: this template has no resource or parameter “${id}”.`);
    return { kind: 'unresolved', location };
  }

  #sub(argument: TemplateNode, location: TemplateLocation): TemplateNode {
    const [template, variables] = argument.kind === 'list' ? argument.items : [argument];
    const text = this.text(template);
    if (text === undefined) return { kind: 'unresolved', location };
    let known = true;
    const result = text.replace(/\$\{(!?)([^}]*)\}/g, (whole, literal: string, inner: string) => {
      if (literal) return `\${${inner}}`;
      const name = inner.trim();
      const own = variables?.kind === 'map' ? variables.entries.get(name)?.value : undefined;
      const node = own ?? (name.includes('.') ? undefined : this.#ref(name, location));
      const value = this.text(node ?? (name.includes('.') ? this.#subAttribute(name, location) : undefined));
      known &&= value !== undefined;
      return value ?? whole;
    });
    return known ? textNode(result, location) : { kind: 'unresolved', location };
  }

  #subAttribute(path: string, location: TemplateLocation): TemplateNode | undefined {
    const alias = this.resources.ref(path);
    return path.endsWith('.Alias') && alias !== undefined ? textNode(alias, location) : this.#attribute(path, location);
  }

  #findInMap(argument: TemplateNode, location: TemplateLocation): TemplateNode | undefined {
    const [map, first, second, options] = this.#arguments(argument);
    const keys = [map, first, second].map((key) => this.text(key));
    let found: TemplateNode | undefined = this.#parts.mappings;
    for (const key of keys) {
      found = found?.kind === 'map' && key !== undefined ? found.entries.get(key)?.value : undefined;
    }
    found ??= this.get(options, 'DefaultValue');
    if (found) return this.resolve(found);
    return this.#unresolved(location, `Fn::FindInMap: Mappings has no ${keys.map((key) => key ?? '?').join(' / ')}.`);
  }

  #arguments(argument: TemplateNode): readonly TemplateNode[] {
    return argument.kind === 'list' ? argument.items : [argument];
  }

  #fromTexts(
    nodes: readonly TemplateNode[],
    location: TemplateLocation,
    combine: (texts: readonly string[]) => string,
  ): TemplateNode {
    const texts = nodes.map((node) => this.text(node));
    const known = texts.filter((text) => text !== undefined);
    return known.length === texts.length ? textNode(combine(known), location) : { kind: 'unresolved', location };
  }

  #unresolved(location: TemplateLocation, message: string): TemplateNode {
    this.#parts.report('warning', location, message);
    return { kind: 'unresolved', location };
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
