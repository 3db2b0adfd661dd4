/** A region of AWS that has Lambda. */
export interface AwsRegion {
  readonly id: string;
  /** `Europe (Frankfurt)` */
  readonly name: string;
  /** An account can't use it before it was enabled for it (AWS Account Management, "Specify which Regions"). */
  readonly optIn: boolean;
}

/** Commercial regions, most used first within a part of the world; then the sovereign, GovCloud and China partitions. */
const regions: readonly AwsRegion[] = [
  open('us-east-1', 'US East (N. Virginia)'),
  open('us-east-2', 'US East (Ohio)'),
  open('us-west-1', 'US West (N. California)'),
  open('us-west-2', 'US West (Oregon)'),
  open('ca-central-1', 'Canada (Central)'),
  optIn('ca-west-1', 'Canada West (Calgary)'),
  optIn('mx-central-1', 'Mexico (Central)'),
  open('sa-east-1', 'South America (São Paulo)'),
  open('eu-central-1', 'Europe (Frankfurt)'),
  optIn('eu-central-2', 'Europe (Zurich)'),
  open('eu-west-1', 'Europe (Ireland)'),
  open('eu-west-2', 'Europe (London)'),
  open('eu-west-3', 'Europe (Paris)'),
  open('eu-north-1', 'Europe (Stockholm)'),
  optIn('eu-south-1', 'Europe (Milan)'),
  optIn('eu-south-2', 'Europe (Spain)'),
  optIn('il-central-1', 'Israel (Tel Aviv)'),
  optIn('me-central-1', 'Middle East (UAE)'),
  optIn('me-south-1', 'Middle East (Bahrain)'),
  optIn('af-south-1', 'Africa (Cape Town)'),
  open('ap-south-1', 'Asia Pacific (Mumbai)'),
  optIn('ap-south-2', 'Asia Pacific (Hyderabad)'),
  open('ap-southeast-1', 'Asia Pacific (Singapore)'),
  open('ap-southeast-2', 'Asia Pacific (Sydney)'),
  optIn('ap-southeast-3', 'Asia Pacific (Jakarta)'),
  optIn('ap-southeast-4', 'Asia Pacific (Melbourne)'),
  optIn('ap-southeast-5', 'Asia Pacific (Malaysia)'),
  optIn('ap-southeast-6', 'Asia Pacific (New Zealand)'),
  optIn('ap-southeast-7', 'Asia Pacific (Thailand)'),
  open('ap-northeast-1', 'Asia Pacific (Tokyo)'),
  open('ap-northeast-2', 'Asia Pacific (Seoul)'),
  open('ap-northeast-3', 'Asia Pacific (Osaka)'),
  optIn('ap-east-1', 'Asia Pacific (Hong Kong)'),
  optIn('ap-east-2', 'Asia Pacific (Taipei)'),
  open('eusc-de-east-1', 'AWS European Sovereign Cloud (Germany)'),
  open('us-gov-east-1', 'AWS GovCloud (US-East)'),
  open('us-gov-west-1', 'AWS GovCloud (US-West)'),
  open('cn-north-1', 'China (Beijing)'),
  open('cn-northwest-1', 'China (Ningxia)'),
];

/** The regions of AWS that have Lambda, as of 2026; another may be named all the same. */
export function listRegions(): readonly AwsRegion[] {
  return regions;
}

/** The partition a region is in (AWS General Reference, "Amazon Resource Names"). */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return region.startsWith('eusc-') ? 'aws-eusc' : 'aws';
}

function open(id: string, name: string): AwsRegion {
  return { id, name, optIn: false };
}

function optIn(id: string, name: string): AwsRegion {
  return { id, name, optIn: true };
}
