import { compactExactJson, type JsonNode } from '../../model/exactJson.ts';
import { type BusEvent, isoSeconds } from './busEvent.ts';
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
  rule: RuleName,
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
    if (path !== undefined) return selectJsonPath(event.node, path);
    return isPredefined(name) ? predefined[name]?.(event, rule) : undefined;
  });
}

interface RuleName {
  readonly arn: string;
  readonly name: string;
}

/** The variables that every template has (EventBridge User Guide, "Input transformation"). */
const predefined: Readonly<Record<string, (event: BusEvent, rule: RuleName) => JsonNode>> = {
  'aws.events.rule-arn': (_event, { arn }) => ({ kind: 'string', value: arn }),
  'aws.events.rule-name': (_event, { name }) => ({ kind: 'string', value: name }),
  'aws.events.event.ingestion-time': ({ takenAt }) => ({ kind: 'string', value: isoSeconds(takenAt) }),
  'aws.events.event.json': ({ node }) => node,
  // Without its detail; and the only place where AWS writes `detailType`.
  'aws.events.event': ({ node }) => ({
    kind: 'object',
    entries: (node.kind === 'object' ? node.entries : [])
      .filter(([key]) => key !== 'detail')
      .map(([key, value]) => [key === 'detail-type' ? 'detailType' : key, value]),
  }),
};

/** Whether every template has a variable of that name. */
export function isPredefined(name: string): boolean {
  return Object.hasOwn(predefined, name);
}
