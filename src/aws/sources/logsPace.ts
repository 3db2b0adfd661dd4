/** What `createLogsPace` is made with. */
export interface LogsPaceOptions {
  /** Requests a second, at most. */
  readonly perSecond?: number;
  /** Ms, of a clock that only goes forward. */
  readonly now?: () => number;
}

/** The pace of all requests for logs of one connection. */
export interface LogsPace {
  /** Resolves when it is the caller's turn, in the order of the calls. @throws AbortError */
  turn(signal: AbortSignal): Promise<void>;
  /** The service said that there were too many: all go slower from now on. */
  slowDown(): void;
  /** A request got its answer: step by step as fast as before. */
  speedUp(): void;
}

/** A request every five seconds is what it slows down to. */
const slowest = 5_000;

/**
 * FilterLogEvents has a quota for the whole account in a region, which can't be raised: 25 a second in us-east-1, 10 in most
 * others, 5 in some (CloudWatch Logs quotas). Others want of it, too, so that a connection takes 2.
 */
export function createLogsPace({ perSecond = 2, now = () => performance.now() }: LogsPaceOptions = {}): LogsPace {
  const shortest = 1_000 / perSecond;
  const waiting: (() => void)[] = [];
  let spacing = shortest;
  let nextAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const serve = (): void => {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0) {
      const ms = nextAt - now();
      if (ms > 0) {
        timer = setTimeout(serve, ms);
        return;
      }
      nextAt = now() + spacing;
      waiting.shift()?.();
    }
  };

  return {
    turn: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(aborted());
          return;
        }
        const go = (): void => {
          signal.removeEventListener('abort', giveUp);
          resolve();
        };
        const giveUp = (): void => {
          waiting.splice(waiting.indexOf(go), 1);
          reject(aborted());
          serve();
        };
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.push(go);
        serve();
      }),
    slowDown() {
      spacing = Math.min(spacing * 2, Math.max(slowest, shortest));
      nextAt = Math.max(nextAt, now() + spacing);
    },
    speedUp() {
      spacing = Math.max(spacing * 0.9, shortest);
    },
  };
}

function aborted(): DOMException {
  return new DOMException('Nobody waits for it any more.', 'AbortError');
}
