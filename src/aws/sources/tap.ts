import type { Logger } from '../../model/logger.ts';
import type { PieceSink, RecordSource } from '../../model/recordSource.ts';
import type { AwsClients } from '../awsClients.ts';
import { SourceLife } from './sourceLife.ts';
import { TapWork } from './tapWork.ts';

/** What a tap listens to, as whom, and where what it hears goes. */
export interface TapOptions {
  readonly clients: AwsClients;
  /** The same at every start of the same store on the same connection: a tap goes on with what its owner's last one left behind. */
  readonly owner: string;
  /** ARNs of SNS topics and EventBridge buses. */
  readonly targets: readonly string[];
  readonly sink: PieceSink;
  readonly log: Logger;
  /** Epoch ms. */
  readonly now?: () => number;
  /** That of the plan that people agreed to: of the first queue that it makes. */
  readonly name?: string;
  /** Seconds until what was read and not stored is there again; default 30. */
  readonly visibilityTimeout?: number;
}

/** One queue of ours, subscribed to topics and to rules of buses. */
export interface Tap extends RecordSource {
  /** Of the queue and its rules, while there are any. */
  readonly name: string | undefined;
  /**
   * Listens to these and to no others; of a tap that is not started: from its start on.
   * @throws UserFacingFailure for the first that it can't listen to; it listens to the others, and tries again
   */
  setTargets(targets: readonly string[], signal?: AbortSignal): Promise<void>;
}

/**
 * Listens to topics and buses by a queue of its own; what it makes is asked before (`planTap`). Subscribed without raw
 * delivery: the envelope tells topics apart. `pause` and `dispose` keep all that it made, so that nothing is missed that comes
 * within a day; `stop` removes it.
 */
export function createTap(options: TapOptions): Tap {
  const made: TapWork[] = [];
  const life = new SourceLife({ kind: 'tap', name: 'tap', log: options.log }, (report) => {
    const work = new TapWork(options, report);
    made.push(work);
    return work;
  });
  const [work] = made;
  return {
    kind: life.kind,
    get state() {
      return life.state;
    },
    onDidChangeState: life.onDidChangeState,
    get name() {
      return work?.name;
    },
    start: (signal) => life.start(signal),
    pause: () => life.pause(),
    stop: () => life.stop(),
    dispose: () => life.dispose(),
    setTargets: async (targets, signal = new AbortController().signal) => work?.setTargets(targets, signal),
  };
}
