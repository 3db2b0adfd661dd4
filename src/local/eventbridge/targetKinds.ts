import { parseArn } from '../../model/arn.ts';

/** What a rule can hand events to here. */
export type TargetKind = 'SQS' | 'SNS' | 'Lambda' | 'Logs' | 'EventBus';

/** The kind of target that an ARN names; `undefined`: one that local Lambda has not. */
export function targetKind(arn: string): TargetKind | undefined {
  const { service, resource = '' } = parseArn(arn) ?? {};
  if (service === 'sqs') return 'SQS';
  if (service === 'sns') return 'SNS';
  if (service === 'lambda') return 'Lambda';
  if (service === 'logs' && resource.startsWith('log-group:')) return 'Logs';
  return service === 'events' && resource.startsWith('event-bus/') ? 'EventBus' : undefined;
}
