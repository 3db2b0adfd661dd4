/** What views may know of the shared AWS config: they can't import `src/aws`. */
export { listProfiles, profileFiles, type AwsProfile } from '../aws/profiles.ts';
export { listRegions, type AwsRegion } from '../aws/regions.ts';
