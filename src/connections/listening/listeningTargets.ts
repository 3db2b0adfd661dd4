import { parseFunctionArn } from '../../model/arn.ts';
import { destinationKind, destinationName, type DestinationKind } from '../../model/destination.ts';
import type { EventInvokeConfig } from '../../model/eventInvokeConfig.ts';
import type { RecordSourceKind } from '../../model/recordSource.ts';
import type { DestinationUse, ListeningTarget } from './listening.ts';

const logPrefix = 'logs:';

/** The id of a function's own log. */
export function logId(functionName: string): string {
  return `${logPrefix}${functionName}`;
}

/** The function whose own log it is; `undefined`: it is a destination. */
export function functionOfLog(id: string): string | undefined {
  return id.startsWith(logPrefix) ? id.slice(logPrefix.length) : undefined;
}

/** How a kind of destination can be read: `design.md`'s table of records and taps. */
const waysOf: Readonly<Record<DestinationKind | 'log', readonly RecordSourceKind[]>> = {
  SNS: ['tap'],
  EventBridge: ['tap'],
  SQS: ['peek', 'drain'],
  Lambda: ['logs'],
  S3: ['objects'],
  log: ['logs', 'liveTail'],
};

/** Who delivers where, learnt as it is read. */
export class DestinationUses {
  /** By function: what its configs say, and its dead-letter queue. */
  readonly #configs = new Map<string, readonly (DestinationUse & { readonly arn: string })[]>();
  readonly #deadLetters = new Map<string, string>();

  /** All configs of a function. */
  learnConfigs(functionName: string, configs: readonly EventInvokeConfig[]): void {
    const uses = configs.flatMap(({ functionArn, onSuccess, onFailure }) => {
      const qualifier = parseFunctionArn(functionArn)?.qualifier ?? '$LATEST';
      const of = { functionName, ...(qualifier === '$LATEST' ? {} : { qualifier }) };
      return [
        ...(onSuccess === undefined ? [] : [{ ...of, role: 'onSuccess' as const, arn: onSuccess }]),
        ...(onFailure === undefined ? [] : [{ ...of, role: 'onFailure' as const, arn: onFailure }]),
      ];
    });
    this.#configs.set(functionName, uses);
  }

  /** All functions, with the dead-letter queues they have. */
  learnFunctions(
    functions: readonly { readonly functionName: string; readonly deadLetterTargetArn?: string | undefined }[],
  ): void {
    this.#deadLetters.clear();
    for (const { functionName, deadLetterTargetArn } of functions) {
      if (deadLetterTargetArn !== undefined) this.#deadLetters.set(functionName, deadLetterTargetArn);
    }
    const names = new Set(functions.map(({ functionName }) => functionName));
    for (const name of this.#configs.keys()) if (!names.has(name)) this.#configs.delete(name);
  }

  /** Of a destination. */
  of(arn: string): readonly DestinationUse[] {
    const configured = [...this.#configs.values()].flat().filter((use) => use.arn === arn);
    const dead = [...this.#deadLetters].filter(([, target]) => target === arn);
    return [
      ...configured.map(({ arn: _arn, ...use }) => use),
      ...dead.map(([functionName]) => ({ functionName, role: 'deadLetterQueue' as const })),
    ];
  }

  /** Every destination there is. */
  get destinations(): readonly string[] {
    const configured = [...this.#configs.values()].flat().map(({ arn }) => arn);
    return [...new Set([...configured, ...this.#deadLetters.values()])];
  }
}

/** What an id stands for. */
export function listeningTarget(id: string, uses: readonly DestinationUse[]): ListeningTarget {
  const functionName = functionOfLog(id);
  if (functionName !== undefined) return { id, kind: 'log', name: functionName, uses: [], ways: waysOf.log };
  const kind = destinationKind(id);
  if (kind === undefined) return { id, kind: 'log', name: destinationName(id), uses, ways: [] };
  const fifo = kind === 'SQS' && id.endsWith('.fifo');
  const ways = fifo ? (['drain'] as const) : waysOf[kind];
  return { id, kind, name: destinationName(id), uses, ways };
}

/** The only function whose dead-letter queue or topic it is. */
export function deadLetterOf(uses: readonly DestinationUse[]): string | undefined {
  const names = new Set(uses.filter(({ role }) => role === 'deadLetterQueue').map(({ functionName }) => functionName));
  const [only] = names;
  return names.size === 1 ? only : undefined;
}
