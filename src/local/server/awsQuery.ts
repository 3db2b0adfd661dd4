import type { ApiRequest, ApiResponse, ApiService } from './apiRequest.ts';
import { ServiceError } from './serviceError.ts';
import { QueryInput } from './queryInput.ts';
import { element, type Xml } from './xml.ts';

/** One action: input checked by itself; gives the elements of its result, or `undefined` when it has none. */
export type QueryAction = (
  input: QueryInput,
  request: ApiRequest,
) => readonly Xml[] | undefined | Promise<readonly Xml[] | undefined>;

/** What tells one AWS Query service from another. */
export interface AwsQueryProtocol {
  readonly xmlNamespace: string;
  /** For people: `Amazon SNS`. */
  readonly serviceName: string;
  /** Whether errors have an empty `Detail`, as those of SQS. */
  readonly errorDetail?: boolean;
}

/**
 * A service that speaks AWS Query: a form with `Action` in, as the body, the query string or both; XML out; errors as
 * `ErrorResponse`. Errors that are not a `ServiceError` go on to the server.
 */
export function createAwsQueryService(
  protocol: AwsQueryProtocol,
  actions: Readonly<Record<string, QueryAction>>,
): ApiService {
  return {
    async handle(request) {
      try {
        return await run(protocol, actions, request);
      } catch (error) {
        if (!ServiceError.is(error)) throw error;
        return errorAnswer(protocol, error, request);
      }
    },
  };
}

async function run(
  protocol: AwsQueryProtocol,
  actions: Readonly<Record<string, QueryAction>>,
  request: ApiRequest,
): Promise<ApiResponse> {
  const input = QueryInput.parse([...request.query, ...new URLSearchParams(new TextDecoder().decode(request.body))]);
  const name = input.text('Action') ?? '';
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action) {
    const message = name
      ? `The action ${name} of ${protocol.serviceName} is not offered by local Lambda.`
      : 'The parameter Action is missing.';
    throw new ServiceError({ type: name ? 'InvalidAction' : 'MissingAction', message });
  }
  const result = await action(input, request);
  return answer(200, `${name}Response`, protocol, [
    ...(result ? [element(`${name}Result`, result)] : []),
    element('ResponseMetadata', [element('RequestId', request.requestId)]),
  ]);
}

function errorAnswer(protocol: AwsQueryProtocol, error: ServiceError, request: ApiRequest): ApiResponse {
  return answer(error.status, 'ErrorResponse', protocol, [
    element('Error', [
      element('Type', error.status >= 500 ? 'Receiver' : 'Sender'),
      element('Code', error.queryCode),
      element('Message', error.message),
      ...(protocol.errorDetail === true ? [element('Detail', [])] : []),
    ]),
    element('RequestId', request.requestId),
  ]);
}

function answer(
  status: number,
  name: string,
  { xmlNamespace }: AwsQueryProtocol,
  content: readonly Xml[],
): ApiResponse {
  const body = element(name, content, { xmlns: xmlNamespace });
  return {
    status,
    headers: { 'Content-Type': 'text/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body.xml}`,
  };
}
