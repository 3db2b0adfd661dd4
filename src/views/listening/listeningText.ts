import { assertNever } from '../../model/assertNever.ts';
import type { RecordSourceKind } from '../../model/recordSource.ts';
import type { ListeningEntry, ListeningTarget } from '../../connections/listening/listening.ts';
import type { Translate } from '../functionsTree/nodeText.ts';

/** What a way to read is called. */
export function wayLabel(way: RecordSourceKind, t: Translate): string {
  switch (way) {
    case 'tap':
      return t('Tap');
    case 'peek':
      return t('Peek');
    case 'drain':
      return t('Drain');
    case 'objects':
      return t('Read new objects');
    case 'logs':
      return t('Read the log');
    case 'liveTail':
      return t('Live Tail');
    default:
      return assertNever(way);
  }
}

/** What it does to the account’s resources, before anybody chooses it: `design.md`’s table of records and taps. */
export function wayEffect(way: RecordSourceKind, kind: ListeningTarget['kind'], t: Translate): string {
  switch (way) {
    case 'tap':
      return t('Creates a queue that gets a copy of each record. Removed when you stop. Asks first.');
    case 'peek':
      return t('A sample, given back at once. Receive counts rise. Not with a redrive policy.');
    case 'drain':
      return t('Deletes each message once it is kept here: nobody else gets it. Asks first.');
    case 'objects':
      return t('Lists and gets new objects of the functions. Changes nothing.');
    case 'logs':
      return kind === 'log'
        ? t('Every invocation, synchronous ones too; some seconds late. Changes nothing.')
        : t('Its own invocations, and records that it logs as JSON. Changes nothing.');
    case 'liveTail':
      return t('A second after it is logged. AWS charges for every minute. Asks first.');
    default:
      return assertNever(way);
  }
}

/** Where it stands: `listening, 3 s behind`, `paused`; a problem says only that there is one. */
export function stateLabel({ way, state }: ListeningEntry, t: Translate): string {
  const { phase, problem, lagMs = 0 } = state;
  switch (phase) {
    case 'listening': {
      if (problem !== undefined) return t('listening, with a problem');
      const seconds = Math.round(lagMs / 1_000);
      if (seconds >= 2) return t('listening, {0} behind', lagText(seconds));
      return way === 'peek' ? t('listening (a sample)') : t('listening');
    }
    case 'starting':
      return t('starts to listen');
    case 'stopping':
      return t('stops listening');
    case 'paused':
      return problem === undefined ? t('paused') : t('paused, with a problem');
    case 'elsewhere':
      return t('read by another window');
    case 'failed':
      return t('can’t listen');
    case 'stopped':
      return t('not listening');
    default:
      return assertNever(phase);
  }
}

/** All of it, for a tooltip: Markdown without markup. */
export function stateDetail(entry: ListeningEntry, t: Translate): string {
  const { state, way } = entry;
  const lines = [
    t('{0}: {1}.', wayLabel(way, t), stateLabel(entry, t)),
    ...(state.received > 0 ? [t('{0} read since it began.', state.received)] : []),
    ...(state.sampled?.since === undefined ? [] : [t('It did not see everything: it is a sample.')]),
    ...(state.problem === undefined ? [] : [state.problem]),
  ];
  return lines.join('\n\n');
}

function lagText(seconds: number): string {
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
