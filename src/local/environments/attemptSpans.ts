import type { RuntimeAnswer } from './runtimeApi.ts';

/** A part of an attempt: until the runtime answered, while it did, and until it asked for more. Epoch ms, length ms. */
export interface AttemptSpan {
  readonly name: 'responseLatency' | 'responseDuration' | 'runtimeOverhead';
  readonly startedAt: number;
  readonly durationMs: number;
}

/** The spans of an attempt that was given, answered and done at these times of `performance.now()` (spec 5.9). */
export function attemptSpans(given: number, answer: RuntimeAnswer | undefined, done: number): readonly AttemptSpan[] {
  if (answer === undefined) return [];
  const span = (name: AttemptSpan['name'], from: number, to: number): AttemptSpan => ({
    name,
    startedAt: performance.timeOrigin + from,
    durationMs: Math.max(0, to - from),
  });
  return [
    span('responseLatency', given, answer.begun),
    span('responseDuration', answer.begun, answer.ended),
    span('runtimeOverhead', answer.ended, done),
  ];
}
