import type { Disposable } from '../model/disposable.ts';
import { onDidChangeSettings, readSettings } from './settings.ts';

/** How much is kept of records, as the settings say; numbers that make no sense are brought to the nearest that do. */
export interface RecordsSettings {
  readonly maxRows: number;
  readonly maxMegabytes: number;
  readonly maxDays: number;
  readonly redact: readonly string[];
}

/** Calls `apply` with the settings of records, now and whenever they change. */
export function followRecordsSettings(apply: (settings: RecordsSettings) => void): Disposable {
  const read = (): void => {
    const settings = readSettings();
    const redact: readonly unknown[] = settings['records.redact'];
    apply({
      maxRows: atLeast(settings['records.maxRows'], 100),
      maxMegabytes: atLeast(settings['records.maxMegabytes'], 10),
      maxDays: atLeast(settings['records.maxDays'], 0),
      redact: Array.isArray(redact) ? redact.filter((rule) => typeof rule === 'string') : [],
    });
  };
  read();
  return onDidChangeSettings(['records.maxRows', 'records.maxMegabytes', 'records.maxDays', 'records.redact'], read);
}

function atLeast(value: number, least: number): number {
  return Number.isFinite(value) ? Math.max(least, value) : least;
}
