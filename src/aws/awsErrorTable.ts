/** What kind of failure of a call to AWS it was: `UserFacingFailure.code` and `ConnectionState.problemCode`. */
export type AwsFailureCode =
  | 'accessDenied'
  | 'accountChanged'
  | 'awsError'
  | 'clockSkew'
  | 'connectionLost'
  | 'credentialsExpired'
  | 'credentialsInvalid'
  | 'credentialsMissing'
  | 'functionNotFound'
  | 'functionNotReady'
  | 'invalidParameter'
  | 'invalidPayload'
  | 'notAws'
  | 'notFound'
  | 'notOffered'
  | 'payloadTooLarge'
  | 'profileMissing'
  | 'proxyFailed'
  | 'recursiveInvocation'
  | 'regionUnavailable'
  | 'roleDenied'
  | 'serviceFailed'
  | 'throttled'
  | 'timedOut'
  | 'tlsFailed'
  | 'unreachable';

/** A kind of failure: what happened is told by the call's context, this is why and what to do. */
export interface Translation {
  readonly code: AwsFailureCode;
  /**
   * Sentences. `{service}`: what the service said; `{endpoint}`, `{region}`, `{who}` (`profile "dev"`), `{action}`
   * (`permission lambda:ListFunctions`), `{signIn}` (what to do for new credentials), `{status}` (`HTTP 404`).
   */
  readonly why: string;
}

const credentialsMissing: Translation = {
  code: 'credentialsMissing',
  why: 'no AWS credentials were found for {who}. {signIn}',
};

const credentialsExpired: Translation = {
  code: 'credentialsExpired',
  why: 'the credentials of {who} have expired. {signIn}',
};

const credentialsInvalid: Translation = {
  code: 'credentialsInvalid',
  why: 'AWS does not know the credentials of {who}. Check its keys, and that they are for the part of AWS that {region} is in.',
};

const signatureRefused: Translation = {
  code: 'credentialsInvalid',
  why: 'the signature was refused: {service} Check the secret key of {who}, and the clock of this machine.',
};

const clockSkew: Translation = {
  code: 'clockSkew',
  why: 'the clock of this machine is wrong by more than AWS allows: {service} Set it, then try again.',
};

const accessDenied: Translation = {
  code: 'accessDenied',
  why: 'access was denied to {who}: {service} Ask for the {action}, or choose another profile.',
};

const throttled: Translation = {
  code: 'throttled',
  why: 'there were too many requests in a short time. Wait a moment, then try again.',
};

const payloadTooLarge: Translation = {
  code: 'payloadTooLarge',
  why: 'the payload is too large: {service} An asynchronous invocation takes up to 1 MB; put larger data into S3 and send its key.',
};

const unreachable: Translation = {
  code: 'unreachable',
  why: 'nothing answers at {endpoint}. Check that it runs and that the network (a proxy, a VPN) lets you through, then try again.',
};

const timedOut: Translation = {
  code: 'timedOut',
  why: 'no answer came from {endpoint} in time. Check the network, then try again.',
};

const connectionLost: Translation = {
  code: 'connectionLost',
  why: 'the connection to {endpoint} was lost. Check that it still runs, then try again.',
};

const tlsFailed: Translation = {
  code: 'tlsFailed',
  why: 'no safe connection to {endpoint} came about: {service} If it has a certificate of its own, or a proxy puts one in between, make its authority known to this machine (NODE_EXTRA_CA_CERTS); if it has none, use http:// in its address.',
};

const serviceFailed: Translation = {
  code: 'serviceFailed',
  why: 'the service failed: {service} Try again in a moment.',
};

const notOffered: Translation = {
  code: 'notOffered',
  why: '{endpoint} does not offer this: {service}',
};

const notFound: Translation = { code: 'notFound', why: '{service} Check its name and the region.' };

/** What answered does not speak the AWS API. */
export const notAws: Translation = {
  code: 'notAws',
  why: 'what answers at {endpoint} does not answer as the AWS API does ({status}). It may be another program, or lack this call: check the address and the port.',
};

/** The same, where AWS's own address was asked. */
export const notAwsBetween: Translation = {
  code: 'notAws',
  why: 'something between this machine and {endpoint} answered in its place ({status}): a proxy, or a network that wants a sign-in first. Open a page in the browser to see, then try again.',
};

/** HTTP 407. */
export const proxyFailed: Translation = {
  code: 'proxyFailed',
  why: "the proxy refused the request ({status}). Check VS Code's setting http.proxy, or HTTPS_PROXY, and the user and password in it.",
};

/** The name of the region has no address. */
export const regionUnknown: Translation = {
  code: 'regionUnavailable',
  why: 'there is no address for the region "{region}". Check how it is written, or choose another.',
};

/** Credentials are unknown in a region that has to be enabled first. */
export const regionDisabled: Translation = {
  code: 'regionUnavailable',
  why: 'AWS does not know the credentials of {who} in {region}. That region has to be enabled for the account first (AWS console: Account, AWS Regions); if it is, check the keys.',
};

/** An answer of 5xx that says nothing that is understood. */
export const failedWithStatus: Translation = {
  code: 'serviceFailed',
  why: 'the service at {endpoint} failed ({status}). Try again in a moment.',
};

/** Error name (of a service or of the SDK) or Node.js error code → what to say. Service errors: spec 5.3, 5.4; the others: IAM and STS "Common errors". */
export const translations: Readonly<Record<string, Translation>> = {
  ResourceNotFoundException: {
    code: 'functionNotFound',
    why: '{service} Check its name and the region, or refresh the list of functions.',
  },
  QueueDoesNotExist: notFound,
  'AWS.SimpleQueueService.NonExistentQueue': notFound,
  NotFoundException: notFound,
  NoSuchBucket: notFound,
  NoSuchKey: notFound,
  ResourceConflictException: { code: 'functionNotReady', why: '{service} Wait until it is active, then try again.' },
  ResourceNotReadyException: { code: 'functionNotReady', why: '{service} Wait until it is active, then try again.' },
  InvalidRequestContentException: {
    code: 'invalidPayload',
    why: 'the payload is not valid JSON: {service} Correct it, then send again.',
  },
  InvalidParameterValueException: { code: 'invalidParameter', why: 'a value was refused: {service}' },
  ValidationException: { code: 'invalidParameter', why: 'a value was refused: {service}' },
  RequestTooLargeException: payloadTooLarge,
  RequestEntityTooLargeException: payloadTooLarge,
  SerializedRequestEntityTooLargeException: payloadTooLarge,
  UnsupportedMediaTypeException: { code: 'invalidPayload', why: 'the payload was not taken as JSON: {service}' },
  RecursiveInvocationException: {
    code: 'recursiveInvocation',
    why: 'Lambda stopped a loop: {service} Look at what the function and its destinations call.',
  },
  TooManyRequestsException: throttled,
  ThrottlingException: throttled,
  ThrottledException: throttled,
  Throttling: throttled,
  RequestThrottled: throttled,
  RequestLimitExceeded: throttled,
  SlowDown: throttled,
  AccessDeniedException: accessDenied,
  AccessDenied: accessDenied,
  AuthorizationError: accessDenied,
  AuthorizationErrorException: accessDenied,
  KmsAccessDenied: accessDenied,
  KMSAccessDeniedException: accessDenied,
  UnrecognizedClientException: credentialsInvalid,
  InvalidClientTokenId: credentialsInvalid,
  InvalidAccessKeyId: credentialsInvalid,
  InvalidSignatureException: signatureRefused,
  SignatureDoesNotMatch: signatureRefused,
  RequestTimeTooSkewed: clockSkew,
  RequestExpired: clockSkew,
  RequestInTheFuture: clockSkew,
  ExpiredTokenException: credentialsExpired,
  ExpiredToken: credentialsExpired,
  TokenRefreshRequired: credentialsExpired,
  TokenProviderError: credentialsExpired,
  CredentialsProviderError: credentialsMissing,
  ServiceException: serviceFailed,
  InternalFailure: serviceFailed,
  InternalError: serviceFailed,
  ServiceUnavailable: serviceFailed,
  ServiceUnavailableException: serviceFailed,
  InvalidAction: notOffered,
  NotImplemented: notOffered,
  NotImplementedException: notOffered,
  UnknownOperationException: notOffered,
  TimeoutError: timedOut,
  ETIMEDOUT: timedOut,
  ECONNRESET: connectionLost,
  EPIPE: connectionLost,
  ECONNREFUSED: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  EPROTO: tlsFailed,
  CERT_HAS_EXPIRED: tlsFailed,
  DEPTH_ZERO_SELF_SIGNED_CERT: tlsFailed,
  ERR_TLS_CERT_ALTNAME_INVALID: tlsFailed,
  SELF_SIGNED_CERT_IN_CHAIN: tlsFailed,
  UNABLE_TO_GET_ISSUER_CERT: tlsFailed,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: tlsFailed,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: tlsFailed,
};
