import { ServiceError } from '../server/serviceError.ts';
import type { QueryInput } from '../server/queryInput.ts';
import type { QueryAction } from '../server/awsQuery.ts';
import { element, members } from '../server/xml.ts';
import { transaction } from '../state/database.ts';
import type { PublishParts } from './publishing.ts';
import { invalidParameter } from './snsErrors.ts';

const maximumTags = 50;

/** TagResource, UntagResource, ListTagsForResource: topics only, as on AWS. */
export function tagActions({ db, topics }: PublishParts): Readonly<Record<string, QueryAction>> {
  const requireResource = (input: QueryInput): string => {
    const arn = input.required('ResourceArn');
    if (topics.find(arn)) return arn;
    throw new ServiceError({ type: 'ResourceNotFound', message: 'Resource does not exist', status: 404 });
  };
  return {
    TagResource: (input) => {
      const arn = requireResource(input);
      const tags = readTags(input);
      transaction(db, () => {
        topics.setTags(arn, tags);
        if (Object.keys(topics.tags(arn)).length <= maximumTags) return;
        throw new ServiceError({
          type: 'TagLimitExceeded',
          message: 'Could not complete request: tag quota of per resource exceeded',
        });
      });
      return [];
    },
    UntagResource: (input) => {
      topics.removeTags(
        requireResource(input),
        input.flatTexts('TagKeys.member').filter((key) => key !== ''),
      );
      return [];
    },
    ListTagsForResource: (input) => {
      const tags = Object.entries(topics.tags(requireResource(input)));
      return [members('Tags', tags, ([key, value]) => [element('Key', key), element('Value', value)])];
    },
  };
}

/** `Tags.member.1.Key`, `Tags.member.1.Value`. @throws ServiceError `InvalidParameter` */
export function readTags(input: QueryInput): Readonly<Record<string, string>> {
  const tags = input.inputs('Tags').map((tag) => [tag.text('Key') ?? '', tag.text('Value') ?? ''] as const);
  for (const [key, value] of tags) {
    const sound = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key) && value.length <= 256;
    if (!sound) throw invalidParameter(`Tags Reason: "${key}" can't be a tag`);
  }
  if (new Set(tags.map(([key]) => key)).size < tags.length) {
    throw invalidParameter('Duplicated keys are not allowed.');
  }
  return Object.fromEntries(tags);
}
