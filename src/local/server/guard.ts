import { createHash, timingSafeEqual } from 'node:crypto';
import { localApiPath } from '../../protocol/localApi.ts';
import { isPresignedVersion2 } from './routing.ts';

/** What the guard looks at. Header names are lower case. */
export interface GuardedRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
}

/** Why a request is turned away: status, AWS's name for it and a sentence. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly code: string;
  readonly message: string;
}

/**
 * Turns away what a web page could send (design.md, "Local Lambda"): a foreign `Host` (DNS rebinding), any foreign
 * `Origin`, what a browser marks as another site's (an image's address has no `Origin`), and requests without AWS-style
 * authorization or a presigned query. The local API wants the control token.
 */
export function guard({ path, query, headers }: GuardedRequest, controlToken: string): Refusal | undefined {
  const { host, origin, authorization = '' } = headers;
  if (!isLoopbackHost(host)) {
    return forbidden(`The Host "${host ?? ''}" is not this machine. Use 127.0.0.1, localhost or a name under it.`);
  }
  if (origin !== undefined && !isOwnOrigin(origin, host)) {
    return forbidden(`Web pages may not call local Lambda (Origin "${origin}").`);
  }
  const site = headers['sec-fetch-site'] ?? 'none';
  if (site !== 'none' && site !== 'same-origin') {
    return forbidden(`Web pages may not call local Lambda (Sec-Fetch-Site "${site}").`);
  }
  if (path === localApiPath || path.startsWith(`${localApiPath}/`)) {
    if (hasToken(authorization, controlToken)) return undefined;
    return { status: 401, code: 'UnauthorizedException', message: 'The control token is missing or another one.' };
  }
  const presigned = query.has('X-Amz-Signature') || isPresignedVersion2(query);
  if (authorization.startsWith('AWS4-HMAC-SHA256 ') || presigned) return undefined;
  return {
    status: 403,
    code: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token. Sign the request as for AWS; any credentials do.',
  };
}

/** `127.0.0.1`, `localhost`, `*.localhost` or `[::1]`, with or without a port. */
function isLoopbackHost(host: string | undefined): host is string {
  return host !== undefined && /^(?:127\.0\.0\.1|\[::1\]|(?:[a-z\d_-]+\.)*localhost\.?)(?::\d{1,5})?$/i.test(host);
}

function isOwnOrigin(origin: string, host: string): boolean {
  return origin.toLowerCase() === `http://${host.toLowerCase()}`;
}

/** Compared by digest, so that neither length nor content shows in the time it takes. */
function hasToken(authorization: string, controlToken: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization), digest(`Bearer ${controlToken}`));
}

function forbidden(message: string): Refusal {
  return { status: 403, code: 'ForbiddenException', message };
}
