import type { InvocationStatus } from '../invocation.ts';

/** What the filter box says, taken apart: all terms hold. Made by `parseFilter`, written by `printFilter`. */
export interface Filter {
  readonly terms: readonly FilterTerm[];
}

/** One condition. Within a term with several values one of them is enough; `negated`: none of them. */
export type FilterTerm =
  NameTerm | StatusTerm | NumberTerm | TimeTerm | GroupTerm | PinnedTerm | BodyTerm | BodyComparison | TextTerm;

/** Fields that hold a name; compared without regard to case. */
export type NameField = 'fn' | 'q' | 'cond' | 'err' | 'dest' | 'id';

/** Text with `*` between its parts: one part is that text and no other. */
export type Pattern = readonly [string, ...string[]];

/** Of a name: `fn:orders`, `dest:*-dlq`. */
export interface NameTerm {
  readonly kind: 'name';
  readonly field: NameField;
  readonly negated: boolean;
  readonly values: readonly Pattern[];
}

/** Where it stands: `status:failed,lost`. */
export interface StatusTerm {
  readonly kind: 'status';
  readonly negated: boolean;
  readonly values: readonly InvocationStatus[];
}

/** How a number is compared. */
export type Comparison = '=' | '>' | '>=' | '<' | '<=';

/** `attempts:>1`, `duration:>2s` (in milliseconds). */
export interface NumberTerm {
  readonly kind: 'number';
  readonly field: 'attempts' | 'duration';
  readonly negated: boolean;
  readonly comparison: Comparison;
  /** More than one only with `=`. */
  readonly values: readonly number[];
}

/** A point of time: so long ago, or as it was written (`2026-11-25`, `2026-11-25T10:30`, with `Z` or an offset if it has a time; `10:30`; `today`, `yesterday`). */
export type FilterTime = { readonly agoMs: number } | { readonly written: string };

/** Started at or after, or before the end of. */
export interface TimeTerm {
  readonly kind: 'time';
  readonly field: 'since' | 'until';
  readonly negated: boolean;
  readonly value: FilterTime;
}

/** In a group of like errors, by its id. */
export interface GroupTerm {
  readonly kind: 'group';
  readonly negated: boolean;
  readonly values: readonly number[];
}

/** `is:pinned` */
export interface PinnedTerm {
  readonly kind: 'pinned';
  readonly negated: boolean;
}

/** A step into JSON: a key, an index, `null` for any item of a list (`[*]`), `true` for any key or item (`.*`). */
export type PathStep = string | number | null | true;

/** A value of a body: quoted it is text and nothing else, else also a number, `true`, `false` or `null`. */
export interface BodyValue {
  readonly quoted: boolean;
  readonly pattern: Pattern;
}

/** What was sent, or what the last attempt answered. */
export type BodyRoot = 'payload' | 'response';

/** `payload.a.b[0]="x"`, `payload.id=42`; `payload.a=*`: it is there. */
export interface BodyTerm {
  readonly kind: 'body';
  readonly root: BodyRoot;
  readonly path: readonly PathStep[];
  readonly negated: boolean;
  readonly values: readonly BodyValue[];
}

/** `payload.amount>100`: numbers are compared exactly, however long they are. */
export interface BodyComparison {
  readonly kind: 'bodyComparison';
  readonly root: BodyRoot;
  readonly path: readonly PathStep[];
  readonly negated: boolean;
  readonly comparison: Exclude<Comparison, '='>;
  /** A JSON number as written. */
  readonly number: string;
}

/** Text anywhere in function, request id, error or bodies, without regard to case. */
export interface TextTerm {
  readonly kind: 'text';
  readonly negated: boolean;
  readonly text: string;
}

/** A part of the text, for colours: UTF-16 offsets, the end is not part of it. */
export interface FilterToken {
  readonly kind: 'negation' | 'key' | 'operator' | 'value' | 'text';
  readonly start: number;
  readonly end: number;
}

/** What can't be read as it was meant, in words. What is wrong is left out of the filter; a hint is not. */
export interface FilterProblem {
  readonly severity: 'error' | 'hint';
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

/** A filter's text, understood as far as possible. */
export interface ParsedFilter {
  readonly filter: Filter;
  readonly problems: readonly FilterProblem[];
  readonly tokens: readonly FilterToken[];
}
