import type { AwsClients } from '../aws/awsClients.ts';
import { setDeadLetterQueue } from '../aws/deadLetterQueue.ts';
import { createCandidate, listCandidates } from '../aws/destinationCandidates.ts';
import { changeEventInvokeConfig, getEventInvokeConfig } from '../aws/eventInvokeConfigs.ts';
import { listQualifiers } from '../aws/functionQualifiers.ts';
import type { FunctionSettings } from './functionSettings.ts';

/** Function settings by the AWS API: the same code for every connection. */
export function createFunctionSettings(clients: AwsClients): FunctionSettings {
  return {
    candidates: (kind, signal) => listCandidates(clients, kind, signal),
    create: (kind, name, signal) => createCandidate(clients, kind, name, signal),
    qualifiers: (functionName, signal) => listQualifiers(clients, functionName, signal),
    eventInvokeConfig: (functionName, qualifier, signal) =>
      getEventInvokeConfig(clients, functionName, qualifier, signal),
    changeEventInvokeConfig: (change, signal) => changeEventInvokeConfig(clients, change, signal),
    setDeadLetterQueue: (functionName, targetArn, signal) =>
      setDeadLetterQueue(clients, functionName, targetArn, signal),
  };
}
