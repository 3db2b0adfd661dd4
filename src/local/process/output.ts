import type { Logger } from '../../model/logger.ts';
import type { LocalEvent, LocalNoticeEvent, LocalProjectEvent, LocalReadyEvent } from '../../protocol/localEvents.ts';

/** Where text goes: standard output and standard error. */
export interface OutputStreams {
  stdout(text: string): void;
  stderr(text: string): void;
}

/** What local Lambda says while it runs, to programs or to people. */
export interface Output {
  readonly log: Logger;
  ready(event: LocalReadyEvent, extra: { readonly attached: boolean }): void;
  project(event: LocalProjectEvent): void;
  failed(code: Extract<LocalEvent, { event: 'failed' }>['code'], message: string): void;
}

/** JSON lines. The first one is `ready` or `failed`; what comes before is held back. */
export function jsonOutput({ stdout }: OutputStreams): Output {
  const held: LocalEvent[] = [];
  let started = false;
  const write = (event: LocalEvent): void => stdout(`${JSON.stringify(event)}\n`);
  const say = (event: LocalEvent): void => {
    if (started) write(event);
    else held.push(event);
  };
  const start = (event: LocalEvent): void => {
    started = true;
    write(event);
    for (const one of held.splice(0)) write(one);
  };
  return {
    log: logger((level, message) => say({ event: 'log', level, message })),
    ready: (event) => start(event),
    project: say,
    failed: (code, message) => start({ event: 'failed', code, message }),
  };
}

/** Text for a terminal: what matters on standard output, the log on standard error. */
export function textOutput({ stdout, stderr }: OutputStreams): Output {
  let functions: LocalProjectEvent | undefined;
  let started = false;
  const showProject = ({ functions: names, problems }: LocalProjectEvent): void => {
    stdout(`Functions: ${names.length === 0 ? 'none' : names.join(', ')}\n`);
    for (const { file, line, message } of problems) stderr(`${file}:${line}: ${message}\n`);
  };
  return {
    log: logger((level, message) => {
      if (level !== 'debug') stderr(`${level === 'info' ? '' : `${level}: `}${message}\n`);
    }),
    ready(event, { attached }) {
      started = true;
      stdout(readyText(event, attached));
      if (functions) showProject(functions);
    },
    project(event) {
      if (started) showProject(event);
      else functions = event;
    },
    failed: (_, message) => stderr(`${message}\n`),
  };
}

function readyText(event: LocalReadyEvent, attached: boolean): string {
  const { endpoint, region, account, timeScale, temporaryData, pid } = event;
  const scale = timeScale === 1 ? 'waits as on AWS' : `waits ${timeScale} times shorter`;
  const lines = [
    attached
      ? `Local Lambda already runs on this data folder (process ${pid}): ${endpoint}`
      : `Local Lambda listens on ${endpoint}`,
    `(${region}, account ${account}, ${scale}; Ctrl+C ends it)`,
    '',
    'For the AWS CLI and SDKs:',
    `  export AWS_ENDPOINT_URL=${endpoint}`,
    `  export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    '  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test',
    '',
    ...(temporaryData
      ? ['The data are temporary: queued events, queues and logs go when this ends. --data DIR keeps them.', '']
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function logger(write: (level: LocalNoticeEvent['level'], message: string) => void): Logger {
  return {
    trace: () => undefined,
    debug: (message) => write('debug', message),
    info: (message) => write('info', message),
    warn: (message) => write('warn', message),
    error: (message) => write('error', message),
  };
}
