import type { ConnectionInfo, ConnectionState } from '../connections/connection.ts';
import type { Translate } from './functionsTree/nodeText.ts';
import { escapeMarkdown, inlineCode } from './markdown.ts';

/** What the status bar item says. `tooltip` is Markdown. */
export interface StatusText {
  /** With icons. */
  readonly text: string;
  readonly tooltip: string;
  /** What a screen reader says. */
  readonly spoken: string;
  readonly isFailure: boolean;
}

/** How many sources of records are read, and how many of those have a problem. */
export interface ListeningCount {
  readonly reading: number;
  readonly troubled: number;
}

const noSources: ListeningCount = { reading: 0, troubled: 0 };

/**
 * What the status bar says of a connection: account, region, name. In this order, since a narrow window cuts its end off,
 * as a narrow side bar does with `viewDescription`.
 */
export function statusText(state: ConnectionState, t: Translate, listening: ListeningCount = noSources): StatusText {
  const { phase, info, problem } = state;
  const isFailure = phase === 'failed';
  const text = `$(${statusIcon(state)}) ${statusLabel(info, phase)}`;
  const scaled = info.timeScale !== undefined && info.timeScale !== 1;
  const lines = [
    headline(state, t),
    placeText(info, t),
    ...(phase === 'ready' && scaled
      ? [t('Waits between attempts pass {0} times as fast as on AWS.', info.timeScale ?? 1)]
      : []),
    ...(info.kind === 'aws' ? [t('Functions run in this AWS account.')] : []),
    ...listeningLine(listening, t),
    ...(isFailure && problem !== undefined ? [escapeMarkdown(problem)] : []),
  ];
  return { text, tooltip: lines.filter((line) => line !== '').join('\n\n'), spoken: spokenText(state, t), isFailure };
}

function listeningLine({ reading, troubled }: ListeningCount, t: Translate): readonly string[] {
  const read = reading === 1 ? t('1 source of records is read.') : t('{0} sources of records are read.', reading);
  const trouble = troubled === 1 ? t('1 has a problem.') : t('{0} have a problem.', troubled);
  return [...(reading > 0 ? [read] : []), ...(troubled > 0 ? [trouble] : [])];
}

/** The line beside the functions view's title: account, region, connection. */
export function viewDescription({ account, region, label }: ConnectionInfo): string {
  return [account, region, label].filter((part) => part !== '').join(' · ');
}

/** `profile dev, account 123456789012, eu-central-1`: where something would happen, in a sentence. */
export function whereText({ account, region, label }: ConnectionInfo, t: Translate): string {
  return account === '' ? t('{0} ({1})', region, label) : t('account {0}, {1} ({2})', account, region, label);
}

function statusIcon({ phase, info }: ConnectionState): string {
  if (phase === 'starting') return 'loading~spin';
  if (phase === 'failed') return 'error';
  if (info.kind === 'aws') return 'cloud';
  if (info.kind === 'endpoint') return 'plug';
  return phase === 'ready' ? 'vm-running' : 'circle-outline';
}

function statusLabel(info: ConnectionInfo, phase: ConnectionState['phase']): string {
  const { kind, label, timeScale } = info;
  const scale = phase !== 'ready' || timeScale === undefined || timeScale === 1 ? '' : ` ×${timeScale}`;
  return `λ ${viewDescription({ ...info, label: kind === 'local' ? `Local${scale}` : label })}`;
}

function headline({ phase, info }: ConnectionState, t: Translate): string {
  const name = `**${escapeMarkdown(info.label)}**`;
  if (info.kind === 'local') {
    switch (phase) {
      case 'stopped':
        return t('{0} is stopped. Queued events are kept.', name);
      case 'starting':
        return t('{0} is starting.', name);
      case 'ready':
        return t('{0} is running at {1}.', name, inlineCode(info.endpoint ?? ''));
      case 'failed':
        return t('{0} is not running.', name);
    }
  }
  const at = remoteName(info, name, t);
  switch (phase) {
    case 'stopped':
      return t('{0}. It is asked when something needs it.', at);
    case 'starting':
      return t('{0}. It is being asked who you are there.', at);
    case 'ready':
      return `${at}.`;
    case 'failed':
      return t('{0}. It could not be reached.', at);
  }
}

function remoteName({ kind, profile }: ConnectionInfo, name: string, t: Translate): string {
  if (kind === 'endpoint') return t('{0}, a custom endpoint', name);
  return profile ? t('AWS, profile {0}', name) : t('AWS, with the credentials of the environment');
}

function placeText({ region, account, endpoint, kind }: ConnectionInfo, t: Translate): string {
  return [
    t('Region {0}', region),
    account === '' ? t('account not known yet') : t('account {0}', account),
    ...(kind === 'endpoint' && endpoint !== undefined ? [inlineCode(endpoint)] : []),
  ].join(', ');
}

function spokenText({ phase, info }: ConnectionState, t: Translate): string {
  const { account, region, label } = info;
  const where = account === '' ? region : t('account {0}, {1}', account, region);
  if (info.kind === 'local') {
    switch (phase) {
      case 'stopped':
        return t('Local Lambda, stopped, {0}', where);
      case 'starting':
        return t('Local Lambda, starting, {0}', where);
      case 'ready':
        return t('Local Lambda, running, {0}, time scale {1}', where, info.timeScale ?? 1);
      case 'failed':
        return t('Local Lambda, not running, {0}', where);
    }
  }
  const name =
    info.kind === 'aws' ? t('Lambda on AWS, {0}', whereText(info, t)) : t('Lambda at {0}, {1}', label, where);
  switch (phase) {
    case 'stopped':
      return name;
    case 'starting':
      return t('{0}, connecting', name);
    case 'ready':
      return t('{0}, connected', name);
    case 'failed':
      return t('{0}, not connected', name);
  }
}
