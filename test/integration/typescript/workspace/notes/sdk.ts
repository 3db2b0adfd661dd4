import { SFNClient } from '@aws-sdk/client-sfn';

export const handler = async (): Promise<unknown> => new SFNClient({}).config.region();
