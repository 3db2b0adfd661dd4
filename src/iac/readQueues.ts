import { queueLimits } from '../model/queueLimits.ts';
import type { DeclaredQueue, DeclaredResource } from './declarations.ts';
import { templateJsonText } from './templateJson.ts';
import type { Report } from './templateNode.ts';
import type { TemplateResource } from './templateResources.ts';
import type { TemplateValues } from './templateValues.ts';

const flags = ['FifoQueue', 'ContentBasedDeduplication'];
const words = ['DeduplicationScope', 'FifoThroughputLimit'];
const documents = ['RedrivePolicy', 'RedriveAllowPolicy'];

/**
 * A queue with the attributes that it is declared with: CloudFormation and SQS give them the same names. A flag that is
 * false is left out, as SQS takes it so, and a number that SQS refuses is a problem and left out too.
 */
export function readQueue(
  queue: DeclaredResource,
  { properties }: Pick<TemplateResource, 'properties'>,
  { values, report }: { readonly values: TemplateValues; readonly report: Report },
): DeclaredQueue {
  const attributes: Record<string, string> = {};
  for (const [name, { from, to }] of Object.entries(queueLimits)) {
    const node = values.get(properties, name);
    const value = values.integer(node);
    if (!node || value === undefined) continue;
    if (value >= from && value <= to) attributes[name] = String(value);
    else report('error', node.location, `${name} must be from ${from} to ${to}, not ${value}.`);
  }
  for (const name of flags) if (values.boolean(values.get(properties, name)) === true) attributes[name] = 'true';
  for (const name of words) {
    const value = values.text(values.get(properties, name));
    if (value !== undefined) attributes[name] = value;
  }
  for (const name of documents) {
    const text = templateJsonText(values.get(properties, name), values);
    if (text !== undefined) attributes[name] = text;
  }
  if (queue.name.endsWith('.fifo') !== (attributes['FifoQueue'] === 'true')) {
    const name = values.get(properties, 'QueueName');
    if (name) report('error', name.location, 'A FIFO queue has FifoQueue: true and a name that ends in .fifo.');
  }
  return { ...queue, attributes };
}
