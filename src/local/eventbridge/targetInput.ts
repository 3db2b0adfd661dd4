import { compactExactJson, type JsonNode } from '../../model/exactJson.ts';
import type { BusEvent } from './busEvent.ts';
import { fillTemplate } from './inputTemplate.ts';
import { selectJsonPath } from './jsonPath.ts';
import type { RuleTarget } from './ruleTable.ts';

/**
 * What a target gets of an event: the event itself, `Input` as it is, the part that `InputPath` leads to (`null` when
 * there is none), or what `InputTransformer` makes of it.
 */
export function targetInput(
  { Input, InputPath, InputTransformer }: RuleTarget,
  event: BusEvent,
  rule: { readonly arn: string; readonly name: string },
): string {
  if (Input !== undefined) return Input;
  if (InputPath !== undefined) {
    const part = selectJsonPath(event.node, InputPath);
    return part ? compactExactJson(part) : 'null';
  }
  if (!InputTransformer) return event.text;
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  return fillTemplate(InputTemplate, (name) => {
    const path = Object.hasOwn(InputPathsMap, name) ? InputPathsMap[name] : undefined;
    return path === undefined ? predefined(name, event, rule) : selectJsonPath(event.node, path);
  });
}

/** The variables that every template has (EventBridge User Guide, "Input transformation"). */
function predefined(
  name: string,
  { node, takenAt }: BusEvent,
  rule: { readonly arn: string; readonly name: string },
): JsonNode | undefined {
  switch (name) {
    case 'aws.events.rule-arn':
      return { kind: 'string', value: rule.arn };
    case 'aws.events.rule-name':
      return { kind: 'string', value: rule.name };
    case 'aws.events.event.ingestion-time':
      return { kind: 'string', value: new Date(takenAt).toISOString() };
    case 'aws.events.event.json':
      return node;
    case 'aws.events.event':
      return node.kind === 'object'
        ? { kind: 'object', entries: node.entries.filter(([key]) => key !== 'detail') }
        : undefined;
    default:
      return undefined;
  }
}
