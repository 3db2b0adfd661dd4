import { Emitter, type Event } from '../../model/event.ts';

/** Counts what may have changed functions, versions, aliases, their settings or faults since the start; windows follow it. */
export class FunctionsRevision {
  #value = 0;
  readonly #changed = new Emitter<void>();

  get value(): number {
    return this.#value;
  }

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** Something was changed. */
  next(): void {
    this.#value++;
    this.#changed.fire();
  }
}
