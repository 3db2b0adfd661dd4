import { formatArn, parseArn, type Arn } from '../../model/arn.ts';
import { isObject, parseObject } from '../../model/reading/jsonText.ts';

/** A topic or a bus that a tap listens to. */
export interface TapTarget extends Arn {
  readonly arn: string;
  readonly kind: 'topic' | 'bus';
  readonly name: string;
}

/** Takes the ARN of a topic or bus apart; or why a tap in `region` can't listen to it. */
export function tapTarget(arn: string, region: string): TapTarget | { readonly refused: string } {
  const parsed = parseArn(arn);
  const name = parsed?.resource.replace(/^event-bus\//, '') ?? '';
  const kind = parsed?.service === 'sns' ? 'topic' : parsed?.service === 'events' ? 'bus' : undefined;
  if (!parsed || kind === undefined || (kind === 'bus' && parsed.resource === name)) {
    return { refused: 'it is no SNS topic and no EventBridge bus' };
  }
  if (parsed.region !== region)
    return { refused: `it is in ${parsed.region || 'no region'}, the connection in ${region}` };
  if (name.endsWith('.fifo')) return { refused: 'it is a FIFO topic, which Lambda does not deliver to' };
  return { ...parsed, arn, kind, name };
}

/** The ARN of a tap's rule on a bus; `account`: whose rule it is. */
export function tapRuleArn({ partition, region, account, name }: TapTarget, tapName: string): string {
  const path = name === 'default' ? tapName : `${name}/${tapName}`;
  return `arn:${partition}:events:${region}:${account}:rule/${path}`;
}

/** Lets these topics and rules, and nobody else, send to a tap's queue. JSON of a policy. */
export function tapPolicy(queueArn: string, targets: readonly TapTarget[]): string {
  const tapName = parseArn(queueArn)?.resource ?? '';
  const statement = (service: string, sources: readonly string[]): readonly object[] =>
    sources.length === 0
      ? []
      : [
          {
            Sid: service,
            Effect: 'Allow',
            Principal: { Service: `${service}.amazonaws.com` },
            Action: 'sqs:SendMessage',
            Resource: queueArn,
            Condition: { ArnEquals: { 'aws:SourceArn': sources } },
          },
        ];
  const topics = targets.filter(({ kind }) => kind === 'topic').map(({ arn }) => arn);
  const rules = targets.filter(({ kind }) => kind === 'bus').map((target) => tapRuleArn(target, tapName));
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [...statement('sns', topics), ...statement('events', rules)],
  });
}

/** Whom a tap's policy lets send; others' statements are not understood. */
export function allowedTargets(policy: string | undefined): readonly TapTarget[] {
  const statements = parseObject(policy ?? '')?.['Statement'];
  if (!Array.isArray(statements)) return [];
  const sources = statements.flatMap((statement: unknown) => {
    const condition = isObject(statement) ? statement['Condition'] : undefined;
    const equals = isObject(condition) ? condition['ArnEquals'] : undefined;
    return isObject(equals) ? [equals['aws:SourceArn']].flat() : [];
  });
  return sources.flatMap((source) => {
    const arn = typeof source === 'string' ? parseArn(source) : undefined;
    if (!arn) return [];
    const [rule, bus = '', name] = arn.resource.split('/');
    const resource = rule === 'rule' ? `event-bus/${name === undefined ? 'default' : bus}` : arn.resource;
    const target = tapTarget(formatArn({ ...arn, resource }), arn.region);
    return 'refused' in target ? [] : [target];
  });
}
