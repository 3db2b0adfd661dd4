/** What an attempt comes to; `breaks`: the execution environment, not the function. */
export type PlannedEnd = 'success' | 'error' | 'breaks';

/** The settings of a modelled function. */
interface ModelFunction {
  readonly retries: number;
  readonly ageMs: number;
  /** Reserved concurrency 0. */
  readonly isShut: boolean;
}

interface ModelEvent {
  readonly id: string;
  readonly name: string;
  /** What its attempts come to, one after the other; those beyond succeed. */
  readonly plan: readonly PlannedEnd[];
  runs: number;
  attempts: number;
  throttles: number;
  dueAt: number;
  ageMs: number;
  ageAt: number;
  isWaiting: boolean;
  lastSeen: ModelFunction;
  outcome?: { readonly condition: string; readonly at: number; readonly count: number };
}

const defaults: ModelFunction = { retries: 2, ageMs: 21_600_000, isShut: false };

/**
 * The rules of asynchronous invocation (spec 1.4, 4.1, 4.2) in a few lines, for attempts that take no time. It keeps everything
 * in plain values, and knows no queue, timer or database.
 */
export class QueueModel {
  now: number;
  isPaused = false;
  /** Request ids in the order of their runs, with the time of each. */
  readonly runs: (readonly [id: string, at: number])[] = [];
  readonly #timeScale: number;
  readonly #functions = new Map<string, ModelFunction>();
  readonly #events: ModelEvent[] = [];

  constructor(now: number, timeScale: number) {
    this.now = now;
    this.#timeScale = timeScale;
  }

  has(name: string): boolean {
    return this.#functions.has(name);
  }

  add(name: string): void {
    this.#functions.set(name, defaults);
  }

  remove(name: string): void {
    this.#functions.delete(name);
  }

  change(name: string, change: Partial<ModelFunction>): void {
    this.#functions.set(name, { ...defaults, ...this.#functions.get(name), ...change });
  }

  accept(id: string, name: string, plan: readonly PlannedEnd[]): void {
    const lastSeen = this.#functions.get(name) ?? defaults;
    const times = { dueAt: this.now, ageMs: 0, ageAt: this.now, isWaiting: false };
    this.#events.push({ id, name, plan, runs: 0, attempts: 0, throttles: 0, ...times, lastSeen });
  }

  /** Ends the waits of those named, or of all; their number. */
  skip(id?: string): number {
    const skipped = this.#waiting().filter((event) => id === undefined || event.id === id);
    for (const event of skipped) Object.assign(event, { dueAt: this.now, ageAt: this.now });
    return skipped.length;
  }

  /** Does all that is due up to a time. */
  passTo(time: number): void {
    for (let next = this.#nextDue(); !this.isPaused && next !== undefined && next <= time; next = this.#nextDue()) {
      this.now = Math.max(this.now, next);
      this.settle();
    }
    this.now = time;
  }

  /** Until nothing is left to do. */
  finish(): void {
    for (let next = this.#nextDue(); next !== undefined; next = this.#nextDue()) this.passTo(Math.max(this.now, next));
  }

  /** Does what is due now. */
  settle(): void {
    if (this.isPaused) return;
    const due = this.#open().filter(({ dueAt }) => dueAt <= this.now);
    for (const event of due.toSorted((a, b) => a.dueAt - b.dueAt)) this.#step(event);
  }

  outcomes(): Readonly<Record<string, ModelEvent['outcome']>> {
    return Object.fromEntries(this.#events.flatMap(({ id, outcome }) => (outcome ? [[id, outcome]] : [])));
  }

  /** Request id, end and number of attempts of each. */
  waits(): readonly string[] {
    return this.#waiting().map(({ id, dueAt, attempts }) => `${id} ${dueAt} ${attempts}`);
  }

  #open(): readonly ModelEvent[] {
    return this.#events.filter(({ outcome }) => outcome === undefined);
  }

  #waiting(): readonly ModelEvent[] {
    return this.#open().filter(({ isWaiting, dueAt }) => isWaiting && dueAt > this.now);
  }

  #nextDue(): number | undefined {
    return this.#open()
      .map(({ dueAt }) => dueAt)
      .toSorted((a, b) => a - b)[0];
  }

  #step(event: ModelEvent): void {
    const target = this.#functions.get(event.name);
    const settings = target ?? event.lastSeen;
    event.lastSeen = settings;
    if (target?.isShut === true) return this.#end(event, 'ZeroReservedConcurrency', 0);
    const end = target === undefined ? 'error' : (event.plan[event.runs] ?? 'success');
    if (target !== undefined) {
      this.runs.push([event.id, this.now]);
      event.runs += 1;
    }
    const ageMs = event.ageMs + Math.max(0, this.now - event.ageAt);
    if (end === 'breaks') {
      if (ageMs >= settings.ageMs) return this.#end(event, 'EventAgeExceeded', event.attempts);
      const nominalMs = Math.min(2 ** event.throttles, 300) * 1000;
      event.throttles += 1;
      return this.#wait(event, ageMs, nominalMs);
    }
    event.attempts += 1;
    event.throttles = 0;
    if (end === 'success') return this.#end(event, 'Success', 1);
    if (event.attempts > settings.retries) return this.#end(event, 'RetriesExhausted', event.attempts);
    const nominalMs = event.attempts === 1 ? 60_000 : 120_000;
    if (ageMs + nominalMs >= settings.ageMs) return this.#end(event, 'EventAgeExceeded', event.attempts);
    return this.#wait(event, ageMs, nominalMs);
  }

  #wait(event: ModelEvent, ageMs: number, nominalMs: number): void {
    const dueAt = this.now + Math.ceil(nominalMs / this.#timeScale);
    Object.assign(event, { isWaiting: true, dueAt, ageMs: ageMs + nominalMs, ageAt: dueAt });
  }

  #end(event: ModelEvent, condition: string, count: number): void {
    event.outcome = { condition, at: this.now, count };
  }
}
