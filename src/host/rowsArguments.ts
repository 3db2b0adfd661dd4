/**
 * What commands on invocations take from code and from the records panel. Absent: what is selected in the panel, else it is
 * asked for.
 */
export interface RowsTarget {
  /** Invocations of the selected connection. */
  readonly requestIds?: readonly string[];
  /** Rows, as the extension API and the panel number them. */
  readonly ids?: readonly number[];
  /** A row of the panel's context menu; where it is one of several that are selected, all of them are meant. */
  readonly recordId?: number;
  /** What the person used. With it failures are shown to them; without it they are thrown at the caller. */
  readonly origin?: string;
}

/** What two invocations are compared by. */
export const comparedTexts = ['payload', 'response', 'timeline'] as const;

/** What `compareInvocations` takes; without `what` it is asked for. */
export interface CompareTarget extends RowsTarget {
  readonly what?: (typeof comparedTexts)[number];
}

/** What `deleteInvocations` takes. */
export interface DeleteTarget extends RowsTarget {
  /** `false`: without asking. */
  readonly confirm?: boolean;
}
