import { readSharedConfig } from './profiles.ts';

/** The services that are called, by what the AWS config calls them. */
const services = ['lambda', 'sqs', 'sns', 'eventbridge', 's3', 'cloudwatch_logs', 'sts'] as const;

/** A service that is called. */
export type AwsService = (typeof services)[number];

/** The endpoints that the environment or a profile names, per service. */
export type ConfiguredEndpoints = Readonly<Partial<Record<AwsService, string>>>;

/**
 * What a profile says of endpoints; `''`: the profile of the environment. The SDK knows this setting, but reads it from
 * AWS_PROFILE and the default profile only, whatever profile a client is given: calls would go to another profile's
 * endpoint. Order of precedence: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
 */
export async function configuredEndpoints(profile: string): Promise<ConfiguredEndpoints> {
  const { profiles, sections } = await readSharedConfig();
  const env = process.env;
  const entries = profiles.get(profile || (env['AWS_PROFILE'] ?? '') || 'default') ?? {};
  const ignored = env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] ?? entries['ignore_configured_endpoint_urls'];
  if (ignored?.toLowerCase() === 'true') return {};
  const section = sections.get(`services.${entries['services'] ?? ''}`) ?? {};
  const found: Partial<Record<AwsService, string>> = {};
  for (const service of services) {
    const endpoint = [
      env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`],
      env['AWS_ENDPOINT_URL'],
      section[`${service}.endpoint_url`],
      entries['endpoint_url'],
    ].find((value) => value !== undefined && value !== '');
    if (endpoint !== undefined) found[service] = endpoint;
  }
  return found;
}
