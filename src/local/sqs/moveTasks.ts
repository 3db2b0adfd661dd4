import { randomUUID } from 'node:crypto';
import { transaction } from '../state/database.ts';
import type { MessageParts } from './messageParts.ts';
import { type MoveTask, MoveTaskTable } from './moveTaskTable.ts';
import type { Queue } from './queueTable.ts';

/** Messages in a step of a task without a rate: requests get their turn between steps. */
const stepMessages = 200;
const shortestStepMs = 100;
const retryMs = 1000;

/** Runs the tasks that move messages out of dead-letter queues: step by step, and on after a restart. */
export class MoveTasks {
  readonly #parts: MessageParts;
  readonly #table: MoveTaskTable;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(parts: MessageParts) {
    this.#parts = parts;
    this.#table = new MoveTaskTable(parts.db);
    for (const task of this.#table.running()) this.#schedule(task);
  }

  /** Begins a task; the caller has checked that none runs for the queue. */
  start(queue: Queue, destinationArn: string | undefined, rate: number | undefined): MoveTask {
    const { messages, now } = this.#parts;
    const startedAt = now();
    const task: MoveTask = {
      id: randomUUID(),
      queueId: queue.id,
      destinationArn: destinationArn ?? null,
      rate: rate ?? null,
      status: 'RUNNING',
      moved: 0,
      toMove: messages.counts(queue, startedAt).visible,
      startedAt,
      failure: null,
    };
    this.#table.add(task);
    this.#schedule(task);
    return task;
  }

  find(id: string): MoveTask | undefined {
    return this.#table.find(id);
  }

  /** The latest ten of a queue, the latest first. */
  list(queue: Queue): readonly MoveTask[] {
    return this.#table.list(queue);
  }

  cancel(task: MoveTask): void {
    this.#forget(task.id);
    this.#table.update({ ...task, status: 'CANCELLED' });
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #schedule(task: MoveTask): void {
    this.#stepIn(stepOf(task).ms, task.id);
  }

  #stepIn(ms: number, id: string): void {
    this.#timers.set(
      id,
      setTimeout(() => this.#tryStep(id), ms),
    );
  }

  #forget(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  /** What a full disk, say, keeps from being done is tried again. */
  #tryStep(id: string): void {
    this.#forget(id);
    try {
      this.#step(id);
    } catch {
      this.#stepIn(retryMs, id);
    }
  }

  #step(id: string): void {
    const woken = new Set<number>();
    const after = transaction(this.#parts.db, () => {
      const task = this.#table.find(id);
      if (task?.status !== 'RUNNING') return undefined;
      const moved = this.#move(task, woken);
      this.#table.update(moved);
      return moved;
    });
    for (const queueId of woken) this.#parts.polls.wake(queueId);
    if (after?.status === 'RUNNING') this.#schedule(after);
  }

  #move(task: MoveTask, woken: Set<number>): MoveTask {
    const { queues, messages, now } = this.#parts;
    const source = queues.findById(task.queueId);
    if (!source) return task;
    let { moved } = task;
    const { count } = stepOf(task);
    const letters = messages.deadLetters(source, count, now());
    for (const letter of letters) {
      const arn = task.destinationArn ?? letter.source;
      if (arn === null) return { ...task, moved, status: 'FAILED', failure: 'CouldNotDetermineMessageSource' };
      const to = queues.findByArn(arn);
      if (!to) return { ...task, moved, status: 'FAILED', failure: 'AWS.SimpleQueueService.NonExistentQueue' };
      messages.redrive(letter.id, to, now());
      woken.add(to.id);
      moved += 1;
    }
    return { ...task, moved, status: letters.length < count ? 'COMPLETED' : 'RUNNING' };
  }
}

function stepOf({ rate }: MoveTask): { readonly ms: number; readonly count: number } {
  if (rate === null) return { ms: 0, count: stepMessages };
  const count = Math.max(1, Math.floor((rate * shortestStepMs) / 1000));
  return { ms: (count * 1000) / rate, count };
}
