import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { UserFacingFailure } from '../../model/userFacingFailure.ts';
import { localApiPath } from '../../protocol/localApi.ts';
import type { LocalFailedEvent, LocalReadyEvent } from '../../protocol/localEvents.ts';
import type { LocalArguments } from '../commandLine.ts';
import { startLocalLambda } from '../localLambda.ts';
import { makeDataFolder } from '../state/dataFolder.ts';
import { isLocked, readOwner, takeDataLock, type DataLock } from './dataLock.ts';
import { endingOf } from './endings.ts';
import { jsonOutput, textOutput, type Output, type OutputStreams } from './output.ts';
import { createTemporaryData, sweepTemporaryData } from './temporaryData.ts';

/** What running attempts get when local Lambda is told to end (design.md, "Durable"). */
const graceMs = 3_000;
/** How often one looks whether a data folder's owner is there. */
const lookMs = 250;
/** An owner that has not said where it is after so long hangs. */
const attachMs = 30_000;

/** A data folder to use, with what is to be done with it at the end. */
interface Data {
  readonly dataDir: string;
  readonly lock: DataLock;
  readonly temporary: boolean;
  leave(): Promise<void>;
}

/** Runs local Lambda until the process is told to end. Resolves with the exit code. */
export async function runLocal(args: LocalArguments, bootstrapDir: string, streams: OutputStreams): Promise<number> {
  const output = args.json ? jsonOutput(streams) : textOutput(streams);
  const ending = await endingOf({ followStdin: args.json });
  try {
    const data = await takeData(args, output, ending);
    if (data === 'ended') return 0;
    if ('owner' in data) return await attach(data.owner, data.dataDir, args, output, ending);
    return await serve(data, args, bootstrapDir, output, ending);
  } catch (error) {
    const { code, message } = failureOf(error);
    output.failed(code, message);
    return 1;
  }
}

async function serve(
  data: Data,
  args: LocalArguments,
  bootstrapDir: string,
  output: Output,
  ending: AbortSignal,
): Promise<number> {
  try {
    const { region, account, timeScale, projectDir } = args;
    const local = await startLocalLambda({
      ...args,
      dataDir: data.dataDir,
      nodePath: process.execPath,
      bootstrapDir,
      log: output.log,
      onProject: (event) => output.project(event),
    });
    const { endpoint, controlToken } = local;
    const ready: LocalReadyEvent = {
      event: 'ready',
      endpoint,
      region,
      account,
      controlToken,
      timeScale,
      projectDir,
      temporaryData: data.temporary,
      pid: process.pid,
    };
    await data.lock.publish(ready);
    output.ready(ready, { attached: false });
    await untilAborted(ending);
    // Who starts now waits until this one has ended: after a reload of the window the two overlap.
    await data.lock.withdraw();
    await local.stop(graceMs);
    return 0;
  } finally {
    await data.leave();
  }
}

/** Stays for as long as the owner does, as if this process were the server. */
async function attach(
  owner: LocalReadyEvent,
  dataDir: string,
  { timeScale, region, account, projectDir }: LocalArguments,
  output: Output,
  ending: AbortSignal,
): Promise<number> {
  output.ready(owner, { attached: true });
  if (owner.timeScale !== timeScale || owner.region !== region || owner.account !== account) {
    output.log.warn('Local Lambda already runs on this data folder, with another time scale, region or account.');
  }
  if (owner.projectDir !== undefined && owner.projectDir !== projectDir) {
    output.log.warn(
      `Local Lambda already runs on this data folder for another project, ${owner.projectDir}: its functions run, ` +
        `not those of ${projectDir}. Give each project a --data of its own.`,
    );
  }
  while (!ending.aborted && isLocked(dataDir)) await waitALittle(ending);
  if (!ending.aborted) output.log.info('The local Lambda that this process was attached to has ended.');
  return 0;
}

/** The data folder, or where its owner is. */
async function takeData(
  { dataDir }: LocalArguments,
  output: Output,
  ending: AbortSignal,
): Promise<Data | { readonly owner: LocalReadyEvent; readonly dataDir: string } | 'ended'> {
  await sweepTemporaryData(output.log);
  if (dataDir === undefined) {
    const { lock, remove, dataDir: temporary } = await createTemporaryData();
    return { dataDir: temporary, lock, temporary: true, leave: remove };
  }
  await makeDataFolder(dataDir);
  const waitUntil = Date.now() + attachMs;
  while (!ending.aborted) {
    const lock = await takeDataLock(dataDir);
    if (lock) return { dataDir, lock, temporary: false, leave: () => lock.release() };
    const owner = await readOwner(dataDir);
    if (owner && (await answers(owner))) return { owner, dataDir };
    if (Date.now() > waitUntil) {
      throw new UserFacingFailure(
        'dataLocked',
        `Another local Lambda has the data folder ${dataDir} and does not answer. End that process, or choose another folder with --data.`,
      );
    }
    await waitALittle(ending);
  }
  return 'ended';
}

/** Whether the owner is there and stays: one that is about to end answers otherwise. */
async function answers({ endpoint, controlToken }: LocalReadyEvent): Promise<boolean> {
  try {
    const { status } = await fetch(`${endpoint}${localApiPath}/status`, {
      headers: { authorization: `Bearer ${controlToken}` },
      signal: AbortSignal.timeout(2_000),
    });
    return status === 200;
  } catch {
    return false;
  }
}

/** Until the next look, or the end. */
async function waitALittle(ending: AbortSignal): Promise<void> {
  await delay(lookMs, undefined, { signal: ending }).catch(() => undefined);
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

const codes: ReadonlySet<string> = new Set<LocalFailedEvent['code']>([
  'portInUse',
  'projectMissing',
  'dataLocked',
  'badArgument',
]);

function failureOf(error: unknown): { readonly code: LocalFailedEvent['code']; readonly message: string } {
  if (UserFacingFailure.is(error) && codes.has(error.code)) {
    return { code: error.code as LocalFailedEvent['code'], message: error.message };
  }
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'internal', message: `Local Lambda can't start: ${reason}` };
}
