const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const counts = new Intl.NumberFormat('en-US');

/** `1,204` */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** A length of time with as much as a glance takes in: `38 ms`, `3.0 s`, `41 s`, `3 m 1 s`, `2 h 5 m`, `3 d 4 h`. */
export function formatDuration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 0.5) return '0 ms';
  if (Math.round(ms) < second) return `${Math.round(ms)} ms`;
  if (ms < 9.95 * second) return `${(ms / second).toFixed(1)} s`;
  return twoUnits(Math.round(ms / second));
}

/** How long ago: `now`, `2 s`, `14 m`, `5 h`, `3 d`. */
export function formatAge(milliseconds: number): string {
  if (milliseconds < second) return 'now';
  if (milliseconds < minute) return `${Math.floor(milliseconds / second)} s`;
  if (milliseconds < hour) return `${Math.floor(milliseconds / minute)} m`;
  if (milliseconds < 2 * day) return `${Math.floor(milliseconds / hour)} h`;
  return `${Math.floor(milliseconds / day)} d`;
}

/** A place on a timeline, from its start: `0.031 s`, `1 m 0.2 s`, `2 h 5 m`. */
export function formatOffset(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 59_999.5) return `${(ms / second).toFixed(ms < 10 * second ? 3 : 1)} s`;
  if (ms >= hour) return twoUnits(Math.round(ms / second));
  const tenths = Math.round(ms / 100);
  return `${Math.floor(tenths / 600)} m ${((tenths % 600) / 10).toFixed(1)} s`;
}

/** What is left of a wait, rounded up as clocks that count down do: `0:41`, `1:02:03`. */
export function formatCountdown(milliseconds: number): string {
  const seconds = Math.ceil(Math.max(0, milliseconds) / second);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** A wait's length as people say it: `1 m`, `2 m`, `1 m 30 s`. */
export function formatWait(milliseconds: number): string {
  return formatDuration(milliseconds)
    .replace(/^(\d+ [mhd]) 0 [smh]$/, '$1')
    .replace(/^(\d+)\.0 s$/, '$1 s');
}

/** `512 B`, `1.2 KB`, `1.0 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 1_024 * 1_024) return `${(bytes / 1_024).toFixed(1)} KB`;
  return `${(bytes / (1_024 * 1_024)).toFixed(1)} MB`;
}

/** A request id that fits a header: `8ea123e4…c1fd`. */
export function shortId(id: string): string {
  return id.length <= 14 ? id : `${id.slice(0, 8)}…${id.slice(-4)}`;
}

function twoUnits(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 2_880) return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
