import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalReadyEvent } from '../../../src/protocol/localEvents.ts';

const feeder = join(import.meta.dirname, 'streamFeeder.ts');

/** A command for the setting `local.nodePath`: whoever starts local Lambda by it gets a feeder. */
export interface FeedingNode {
  readonly command: string;
  /** For the environment of the server that the window belongs to. */
  readonly env: NodeJS.ProcessEnv;
  /** Has the feeder that was started last tell of invocations; resolves when it has told of all. */
  feed(count: number, perSecond: number): Promise<void>;
}

/** Writes such a command into a folder. Not for Windows. */
export async function feedingNode(folder: string): Promise<FeedingNode> {
  const command = join(folder, 'node');
  const node = process.execPath;
  const lines = [
    '#!/bin/sh',
    `[ "$1" = --version ] && exec "${node}" --version`,
    `exec "${node}" "${feeder}" "$@"`,
    '',
  ];
  await writeFile(command, lines.join('\n'));
  await chmod(command, 0o755);
  const readyFile = join(folder, 'ready.ndjson');
  return {
    command,
    env: { FEEDER_READY_FILE: readyFile },
    async feed(count, perSecond) {
      const last = (await readFile(readyFile, 'utf8')).trimEnd().split('\n').at(-1) ?? '';
      await feedFrom(JSON.parse(last) as LocalReadyEvent, count, perSecond);
    },
  };
}

/** Has a feeder tell of invocations; resolves with the cursor of the last piece when it has told of all. */
export async function feedFrom(
  { endpoint, controlToken }: Pick<LocalReadyEvent, 'endpoint' | 'controlToken'>,
  count: number,
  perSecond: number,
): Promise<number> {
  const answer = await fetch(`${endpoint}/_local/v1/feed?count=${count}&perSecond=${perSecond}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${controlToken}` },
  });
  const { cursor } = (await answer.json()) as { readonly cursor: number };
  return cursor;
}
