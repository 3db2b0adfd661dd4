/** What views may know of the shared AWS config: they can't import `src/aws`. */
export { listProfiles, profileFiles, type AwsProfile } from '../aws/profiles.ts';
export { listRegions } from '../aws/regions.ts';
