import * as vscode from 'vscode';
import type { SendAsyncArgs, SendResult } from '../../host/contract.ts';
import { payloadTextOf } from '../payloadText.ts';
import { defaultPayload, send } from '../sending.ts';
import type { Services } from '../services.ts';
import { targetOf } from './targets.ts';

/** `Send Asynchronously`: the payload given, else the last one, the first saved one, or `{}`. */
export async function sendAsync(services: Services, arg?: SendAsyncArgs | vscode.Uri): Promise<SendResult | undefined> {
  const target = await targetOf(services, arg, vscode.l10n.t('Send asynchronously to'));
  if (!target) return undefined;
  const given = arg !== undefined && 'payload' in arg && arg.payload !== undefined;
  const payload = given ? payloadTextOf(arg.payload) : await defaultPayload(services, target.functionName);
  return send(services, { target, payload, origin: originOf(arg) });
}

function originOf(arg: object | undefined): string {
  if (arg && 'origin' in arg && typeof arg.origin === 'string') return arg.origin;
  // A node of the functions view is passed as it is.
  return arg && 'kind' in arg ? 'functions view' : 'command';
}
