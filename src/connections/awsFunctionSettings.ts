import type { AwsClients } from '../aws/awsClients.ts';
import { setDeadLetterQueue } from '../aws/deadLetterQueue.ts';
import { createCandidate, listCandidates } from '../aws/destinationCandidates.ts';
import { changeEventInvokeConfig, getEventInvokeConfig } from '../aws/eventInvokeConfigs.ts';
import { getFunctionConfiguration } from '../aws/functionConfiguration.ts';
import { listQualifiers } from '../aws/functionQualifiers.ts';
import type { FunctionSettings } from './functionSettings.ts';

/** Runs `work` with the clients that a connection has then; starts it if needed. */
export type UseClients = <T>(work: (clients: AwsClients) => Promise<T>, signal: AbortSignal | undefined) => Promise<T>;

/** Function settings by the AWS API: the same code for every connection. `changed`: something of a function was changed. */
export function createFunctionSettings(use: UseClients, changed: () => void): FunctionSettings {
  const change: UseClients = async (work, signal) => {
    try {
      const result = await use(work, signal);
      changed();
      return result;
    } catch (error) {
      // What was called off may have been done all the same.
      if (signal?.aborted === true) changed();
      throw error;
    }
  };
  return {
    candidates: (kind, signal) => use((clients) => listCandidates(clients, kind, signal), signal),
    create: (kind, name, signal) => use((clients) => createCandidate(clients, kind, name, signal), signal),
    functionOf: (functionName, signal) =>
      use((clients) => getFunctionConfiguration(clients, functionName, signal), signal),
    qualifiers: (functionName, signal) => use((clients) => listQualifiers(clients, functionName, signal), signal),
    eventInvokeConfig: (functionName, qualifier, signal) =>
      use((clients) => getEventInvokeConfig(clients, functionName, qualifier, signal), signal),
    changeEventInvokeConfig: (wanted, signal) =>
      change((clients) => changeEventInvokeConfig(clients, wanted, signal), signal),
    setDeadLetterQueue: (functionName, targetArn, signal) =>
      change((clients) => setDeadLetterQueue(clients, functionName, targetArn, signal), signal),
  };
}
