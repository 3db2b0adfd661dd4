import { parseArn, type AccountScope } from '../../model/arn.ts';
import type { LocalFunctions } from '../functions/localFunctions.ts';
import type { ApiRequest } from '../server/apiRequest.ts';
import { functionNotFound, readIdentifier } from './functionIdentifier.ts';
import { JsonBody } from './jsonBody.ts';
import { invalidParameter } from './lambdaError.ts';
import { jsonResponse, type LambdaOperation } from './operation.ts';
import { Validation } from './validation.ts';

/** Of one function (Lambda developer guide, "Tags"). */
const maximumTags = 50;
const resourcePattern =
  'arn:(aws[a-zA-Z-]*):lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:' +
  '(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|' +
  'event-source-mapping:[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12})';

/** Tags as a request gives them. @throws LambdaError when they are too many or Amazon's own */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  const keys = Object.keys(tags);
  if (keys.length > maximumTags) throw invalidParameter('Number of tags exceeds resource tag limit.');
  if (keys.some((key) => /^aws:/i.test(key))) {
    throw invalidParameter('The keys of tags that begin with "aws:" are for AWS only.');
  }
  if (keys.some((key) => key.length < 1 || key.length > 128) || Object.values(tags).some((v) => v.length > 256)) {
    throw invalidParameter('The key of a tag has 1 to 128 characters, its value 256 at most.');
  }
}

/** ListTags, TagResource and UntagResource, of functions (Lambda API reference). */
export function tagOperations({
  scope,
  functions,
}: {
  readonly scope: AccountScope;
  readonly functions: LocalFunctions;
}): Readonly<Record<'list' | 'tag' | 'untag', LambdaOperation>> {
  const { attachments } = functions;
  return {
    list(request) {
      const functionName = find(request);
      return jsonResponse(JSON.stringify({ Tags: attachments.tags(functionName) }));
    },

    tag(request) {
      const functionName = find(request);
      const given = JsonBody.read(request.body).textMap('Tags');
      if (given === undefined) {
        const validation = new Validation();
        validation.missing('tags');
        validation.throwIfFailed();
      }
      if (!given || Object.keys(given).length === 0) {
        throw invalidParameter('An error occurred and the request cannot be processed.');
      }
      const tags = { ...attachments.tags(functionName), ...given };
      checkTags(tags);
      attachments.setTags(functionName, tags);
      return { status: 204 };
    },

    untag(request) {
      const functionName = find(request);
      const keys = request.query.getAll('tagKeys');
      if (keys.length === 0) {
        const validation = new Validation();
        validation.missing('tagKeys');
        validation.throwIfFailed();
      }
      const left = Object.entries(attachments.tags(functionName)).filter(([key]) => !keys.includes(key));
      attachments.setTags(functionName, Object.fromEntries(left));
      return { status: 204 };
    },
  };

  /** The function that the ARN in the path names. @throws LambdaError */
  function find({ rawPath }: ApiRequest): string {
    const arn = decodeURIComponent(rawPath.slice('/2017-03-31/tags/'.length));
    const validation = new Validation();
    validation.pattern('resource', arn, resourcePattern, new RegExp(`^(?:${resourcePattern})$`));
    validation.throwIfFailed();
    if (!parseArn(arn)?.resource.startsWith('function:')) {
      throw invalidParameter('Local Lambda keeps tags of functions only.');
    }
    const identifier = readIdentifier(arn, undefined, scope);
    if (identifier.qualifier !== undefined) {
      throw invalidParameter('Tags on function aliases and versions are not supported. Please specify a function ARN.');
    }
    if (!functions.store.get(identifier.functionName)) throw functionNotFound(scope, identifier);
    return identifier.functionName;
  }
}
