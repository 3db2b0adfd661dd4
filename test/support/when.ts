import type { Event } from '../../src/model/event.ts';

/** Resolves when `check` gives something, asked now and after every `event`. Mocha's time-out ends a vain wait. */
export function when<T>(event: Event<unknown>, check: () => T | undefined | Promise<T | undefined>): Promise<T> {
  return new Promise((resolve, reject) => {
    const ask = async (): Promise<void> => {
      try {
        const found = await check();
        if (found === undefined) return;
        subscription.dispose();
        resolve(found);
      } catch (error) {
        subscription.dispose();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    const subscription = event(() => void ask());
    void ask();
  });
}
