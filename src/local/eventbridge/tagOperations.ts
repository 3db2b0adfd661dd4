import { parseArn } from '../../model/arn.ts';
import type { JsonOperation } from '../server/awsJson.ts';
import type { JsonInput } from '../server/jsonInput.ts';
import { defaultBus } from './busTable.ts';
import { Constraints } from './constraints.ts';
import { noSuchRule, validationError } from './eventsErrors.ts';
import { type EventsParts, requireBus } from './eventsParts.ts';
import type { Tag } from './tagTable.ts';

/** Tags of buses and rules. */
export function tagOperations(parts: EventsParts): Readonly<Record<string, JsonOperation>> {
  const { tags } = parts;
  return {
    TagResource: (input) => {
      tags.set(requireArn(parts, input), readTags(input));
    },
    UntagResource: (input) => {
      tags.remove(requireArn(parts, input), input.texts('TagKeys') ?? []);
    },
    ListTagsForResource: (input) => ({ Tags: tags.list(requireArn(parts, input)) }),
  };
}

/** The tags of a request. @throws ServiceError for one without key or value. */
export function readTags(input: JsonInput): readonly Tag[] {
  const constraints = new Constraints();
  const tags = (input.inputs('Tags') ?? []).map((tag, index) => ({
    Key: constraints.required(tag, 'Key', { most: 128 }, `tags.${index + 1}.member.key`),
    Value: constraints.required(tag, 'Value', { most: 256 }, `tags.${index + 1}.member.value`),
  }));
  constraints.throwIfBroken();
  return tags;
}

function requireArn(parts: EventsParts, input: JsonInput): string {
  const arn = input.text('ResourceARN') ?? '';
  const { service, resource = '' } = parseArn(arn) ?? {};
  const [type, ...names] = resource.split('/');
  if (service === 'events' && type === 'event-bus') {
    requireBus(parts, arn);
    return arn;
  }
  const name = names.at(-1);
  if (service !== 'events' || type !== 'rule' || name === undefined) {
    throw validationError(`Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`);
  }
  const bus = names.length > 1 ? names.slice(0, -1).join('/') : defaultBus;
  if (!parts.rules.find(bus, name)) throw noSuchRule(name, bus);
  return arn;
}
