import type { Disposable } from '../../model/disposable.ts';

/** Time, as something that tests can drive. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Calls `work` once, at `atMs` or as soon as that has passed; disposing the result calls it off. */
  schedule(atMs: number, work: () => void): Disposable;
}

/** Longer timers fire at once in Node. */
const longestTimer = 2_147_483_647;

/** The time there is. A timer that is cut short only makes its owner look early. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule: (atMs, work) => {
    const timer = setTimeout(work, Math.min(Math.max(atMs - Date.now(), 0), longestTimer));
    return { dispose: () => clearTimeout(timer) };
  },
};
