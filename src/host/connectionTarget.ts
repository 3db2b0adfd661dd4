/**
 * A connection to select, as commands take it and as it is remembered; the shape of `ConnectionChoice`. Nothing in it is
 * secret. A `profile` of `''` with `aws`: the credentials of the environment.
 */
export type ConnectionTarget =
  | { readonly kind: 'local' }
  | { readonly kind: 'aws'; readonly profile: string; readonly region: string }
  | { readonly kind: 'endpoint'; readonly endpoint: string; readonly region: string; readonly profile?: string };

/** What was typed as an endpoint: usable, or what is wrong with it. */
export type EndpointText =
  { readonly endpoint: string } | { readonly problem: 'empty' | 'notUrl' | 'notHttp' | 'credentials' | 'query' };

/** Names of regions: `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`. */
export const regionPattern = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;

/** Reads an endpoint: `http` where no scheme is named, no credentials, no query, no slash at its end. */
export function parseEndpoint(text: string): EndpointText {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: 'empty' };
  const full = trimmed.includes('://') ? trimmed : `http://${trimmed}`;
  if (!URL.canParse(full)) return { problem: 'notUrl' };
  const { protocol, username, password, search, hash, origin, pathname } = new URL(full);
  if (protocol !== 'http:' && protocol !== 'https:') return { problem: 'notHttp' };
  if (username !== '' || password !== '') return { problem: 'credentials' };
  if (search !== '' || hash !== '') return { problem: 'query' };
  return { endpoint: `${origin}${pathname.replace(/\/+$/, '')}` };
}

/** Whether an endpoint is one of AWS's own: what is done there is done in an account. */
export function isAwsHost(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  return /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|api\.aws|api\.amazonwebservices\.com\.cn)$/.test(
    new URL(endpoint).hostname,
  );
}

/** Reads a connection from code or from what was remembered; takes over what belongs to it and nothing else. */
export function parseConnectionTarget(value: unknown): ConnectionTarget | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  if (value.kind === 'local') return { kind: 'local' };
  const region = 'region' in value && typeof value.region === 'string' ? value.region : '';
  if (!regionPattern.test(region)) return undefined;
  const profile = 'profile' in value && typeof value.profile === 'string' ? value.profile : '';
  if (value.kind === 'aws') {
    return 'profile' in value && value.profile === profile ? { kind: 'aws', profile, region } : undefined;
  }
  if (value.kind !== 'endpoint' || !('endpoint' in value) || typeof value.endpoint !== 'string') return undefined;
  const read = parseEndpoint(value.endpoint);
  if (!('endpoint' in read)) return undefined;
  return { kind: 'endpoint', endpoint: read.endpoint, region, ...(profile === '' ? {} : { profile }) };
}

/** Whether both name the same connection. */
export function isSameTarget(one: ConnectionTarget, other: ConnectionTarget): boolean {
  return keyOf(one) === keyOf(other);
}

function keyOf(target: ConnectionTarget): string {
  const { kind } = target;
  if (kind === 'local') return kind;
  return JSON.stringify([kind, target.profile ?? '', target.region, kind === 'endpoint' ? target.endpoint : '']);
}
