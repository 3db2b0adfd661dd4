/**
 * What local Lambda prints with `--json`: one JSON object a line on stdout, the first always `ready` (or `failed`).
 * design.md, "Local Lambda".
 */
export type LocalEvent = LocalReadyEvent | LocalFailedEvent | LocalNoticeEvent | LocalProjectEvent;

/** The server listens. */
export interface LocalReadyEvent {
  readonly event: 'ready';
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly region: string;
  readonly account: string;
  /** Bearer token of `/_local/v1/`; new at every start, never written to disk except in the data folder's lock. */
  readonly controlToken: string;
  readonly timeScale: number;
  /** The folder whose functions run, absolute; absent: of an older version. */
  readonly projectDir?: string;
  /** True when the data folder is temporary: queued events go with the process. */
  readonly temporaryData: boolean;
  /** The process id of the server (an attached window does not own it). */
  readonly pid: number;
}

/** It can't start. `code` is for programs, `message` for people: what happened, why, what to do. Exit code 1 follows. */
export interface LocalFailedEvent {
  readonly event: 'failed';
  readonly code: 'portInUse' | 'nodeTooOld' | 'projectMissing' | 'dataLocked' | 'badArgument' | 'internal';
  readonly message: string;
}

/** Something a person may want to read in the log. */
export interface LocalNoticeEvent {
  readonly event: 'log';
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}

/** The templates were read (at start and whenever one changed): the functions may be other ones now. */
export interface LocalProjectEvent {
  readonly event: 'project';
  readonly templates: readonly string[];
  readonly functions: readonly string[];
  readonly problems: readonly { readonly file: string; readonly message: string; readonly line: number }[];
}

/** Parses one stdout line; `undefined` when it is not one of ours. */
export function parseLocalEvent(line: string): LocalEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('event' in value)) return undefined;
  switch (value.event) {
    case 'ready':
      return hasStrings(value, ['endpoint', 'region', 'account', 'controlToken'])
        ? (value as LocalReadyEvent)
        : undefined;
    case 'failed':
      return hasStrings(value, ['code', 'message']) ? (value as LocalFailedEvent) : undefined;
    case 'log':
      return hasStrings(value, ['level', 'message']) ? (value as LocalNoticeEvent) : undefined;
    case 'project':
      return 'functions' in value ? (value as LocalProjectEvent) : undefined;
    default:
      return undefined;
  }
}

function hasStrings(value: object, keys: readonly string[]): boolean {
  const record = value as Readonly<Record<string, unknown>>;
  return keys.every((key) => typeof record[key] === 'string');
}
