import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseFunctionArn, type AccountScope } from '../model/arn.ts';
import type { Logger } from '../model/logger.ts';
import type { LocalStatus } from '../protocol/localApi.ts';
import type { FaultRequest } from '../protocol/localFaults.ts';
import type { LocalProjectEvent } from '../protocol/localEvents.ts';
import { createLambdaService } from './api/lambdaService.ts';
import { traceOf } from './api/traceHeader.ts';
import { createCloudWatchService } from './cloudwatch/cloudwatchService.ts';
import { measuredEnvironments } from './cloudwatch/measuredEnvironments.ts';
import { DeliveryRefused } from './deliveryTargets.ts';
import { Debugging } from './environments/debugging.ts';
import { createProcessEnvironments } from './environments/processEnvironments.ts';
import { createEventsService } from './eventbridge/eventsService.ts';
import type { EventQueue } from './events/eventQueue.ts';
import { createEventQueue } from './events/sqliteEventQueue.ts';
import { LocalFaultRegistry } from './faults/localFaults.ts';
import { CodeStore } from './functions/codeStore.ts';
import { FunctionsRevision } from './functions/functionsRevision.ts';
import { LocalFunctions } from './functions/localFunctions.ts';
import { createIamService } from './iam/iamService.ts';
import { createInvocationJournal } from './journal/sqliteJournal.ts';
import { createLocalApiService } from './localApi/localApiService.ts';
import type { LocalApiParts } from './localApi/localApiService.ts';
import { createLogsService } from './logs/logsService.ts';
import { declaredConfigs, DeclaredResources } from './project/declaredResources.ts';
import { Project, type ProjectReading } from './project/project.ts';
import { newRequestId } from './requestId.ts';
import { createS3Service } from './s3/s3Service.ts';
import { startHttpServer } from './server/httpServer.ts';
import { createSnsService } from './sns/snsService.ts';
import { createSqsService } from './sqs/sqsService.ts';
import { makeDataFolder } from './state/dataFolder.ts';
import { CommitGroup } from './state/commitGroup.ts';
import { openSoundDatabase } from './state/soundDatabase.ts';
import { createStsService } from './sts/stsService.ts';

/** What a local Lambda is started with. Paths are absolute. */
export interface LocalLambdaOptions {
  readonly projectDir: string;
  /** Made if it is not there. Whoever starts sees to it that nobody else uses it. */
  readonly dataDir: string;
  /** 0: any free one. */
  readonly port: number;
  readonly region: string;
  readonly account: string;
  readonly timeScale: number;
  /** Survive a power loss too. */
  readonly fsync: boolean;
  /** The Node that runs handlers. */
  readonly nodePath: string;
  /** The Python that runs handlers; absent: the best one that is found for a function. */
  readonly pythonPath?: string;
  /** Whether a handler that holds more memory than its function has is ended. Default: yes. */
  readonly memoryLimit?: boolean;
  /** How functions are started, by function name or the beginning of a runtime's name. */
  readonly runtimeCommands?: Readonly<Record<string, string>>;
  /** Faults to make from the start. */
  readonly faults?: readonly FaultRequest[];
  /** Holds the bootstraps and `reaper.mjs`. */
  readonly bootstrapDir: string;
  readonly log: Logger;
  /** Called whenever the project was read; the first time before this function resolves. */
  readonly onProject?: (event: LocalProjectEvent) => void;
}

/** A local Lambda that runs. */
export interface LocalLambda {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly controlToken: string;
  status(): LocalStatus;
  /** Accepts no more events, gives running attempts `graceMs`, keeps the rest on disk. */
  stop(graceMs: number): Promise<void>;
}

/** Starts local Lambda in this process. @throws UserFacingFailure `projectMissing`, `portInUse`, `badArgument` */
export async function startLocalLambda(options: LocalLambdaOptions): Promise<LocalLambda> {
  const cleanups: (() => unknown)[] = [];
  const undo = async (): Promise<void> => {
    for (let cleanup = cleanups.pop(); cleanup; cleanup = cleanups.pop()) await cleanup();
  };
  try {
    return await compose(options, cleanups, undo);
  } catch (error) {
    await undo();
    throw error;
  }
}

async function compose(
  options: LocalLambdaOptions,
  cleanups: (() => unknown)[],
  undo: () => Promise<void>,
): Promise<LocalLambda> {
  const { projectDir, dataDir, timeScale, log, nodePath, bootstrapDir } = options;
  const scope: AccountScope = { region: options.region, account: options.account };
  await makeDataFolder(dataDir);
  const db = await openSoundDatabase(dataDir, { fsync: options.fsync, log });
  const commits = new CommitGroup(db);
  cleanups.push(() => {
    commits.flush();
    db.close();
  });

  const logs = createLogsService({ db, scope, settle: () => commits.flush() });
  const cloudWatch = createCloudWatchService({ db, log });
  const { metrics } = cloudWatch;
  cleanups.push(() => cloudWatch.dispose());
  const journal = createInvocationJournal(db);
  const functions = new LocalFunctions(scope, db);
  const revision = new FunctionsRevision();
  const codeStore = new CodeStore(join(dataDir, 'functions'));
  const sqs = createSqsService({ db, scope, log });
  cleanups.push(() => sqs.dispose());
  const s3 = createS3Service({ db, scope });
  const iam = createIamService({ db, scope });
  // Topics and rules invoke functions, and functions deliver to topics and buses.
  const late: { queue?: EventQueue } = {};
  const sns = createSnsService({ db, scope, queues: sqs.target, log, invokeAsync });
  const events = createEventsService({
    ...{ db, scope, log, invokeAsync },
    queues: sqs.target,
    topics: sns.target,
    logs: logs.writer,
  });
  const resources = new DeclaredResources(scope, { sqs, sns, s3, events }, log);

  let endpoint = '';
  let stopping = false;
  const faults = new LocalFaultRegistry(options.faults);
  faults.onDidChange(() => revision.next());
  const debugging = new Debugging();
  const environments = await createProcessEnvironments({
    debugging,
    faults,
    logs: logs.writer,
    commits,
    scope,
    endpoint: () => endpoint,
    nodePath,
    pythonPath: options.pythonPath ?? '',
    memoryLimit: options.memoryLimit ?? true,
    runtimeCommands: options.runtimeCommands ?? {},
    projectDir,
    bootstrapDir,
    stateDir: dataDir,
    log,
  });
  cleanups.push(() => environments.dispose());
  const measured = measuredEnvironments(environments, metrics, Date.now);
  const queue = createEventQueue({
    db,
    commits,
    registry: functions,
    environments: measured,
    journal,
    targets: { SQS: sqs.target, SNS: sns.target, EventBridge: events.target, S3: s3.target },
    mayDeliver: iam.mayDeliver,
    timeScale,
    log,
    metrics,
    faults,
  });
  late.queue = queue;

  for (const { settings } of functions.configs.all()) {
    for (const arn of [settings.onSuccess, settings.onFailure]) if (arn !== undefined) resources.ensure(arn);
  }
  let reading: ProjectReading = { templates: [], problems: [] };
  const project = await Project.open({ projectDir, codeDir: join(dataDir, 'code'), scope, log }, (read) => {
    reading = read;
    if (read.declared) {
      iam.declare(read.declared.declarations);
      const before = functions.codeDirs();
      functions.reconcile(read.declared.functions);
      retireCode(before);
      functions.configs.reconcile(declaredConfigs(read.declared.declarations));
      resources.ensureDeclared(read.declared.declarations);
    }
    // At the start nobody follows yet.
    if (endpoint !== '') revision.next();
    const names = functions.list().map(({ functionName }) => functionName);
    options.onProject?.({ event: 'project', templates: read.templates, functions: names, problems: read.problems });
  });
  cleanups.push(() => project.dispose());
  await codeStore.sweep(functions.codeDirs());

  const status = (): LocalStatus => ({
    pid: process.pid,
    projectDir,
    timeScale,
    ...queue.counts(),
    paused: queue.isPaused,
    templates: reading.templates,
    problems: reading.problems,
  });
  const debuggerFor: LocalApiParts['debuggerFor'] = async (functionName, debugpyDir) => {
    const definition = functions.resolve(functionName)?.definition;
    if (definition !== undefined) return environments.debuggerFor(definition, debugpyDir);
    return { reason: 'noFunction', message: `There is no function "${functionName}".` };
  };
  const controlToken = randomBytes(32).toString('base64url');
  const server = await startHttpServer({
    port: options.port,
    controlToken,
    log,
    services: {
      lambda: createLambdaService({
        scope,
        functions,
        queue,
        environments: measured,
        metrics,
        executionRoles: iam.executionRoles,
        faults,
        codeStore,
        dataDir,
        readObject: (bucket, key) => s3.readObject(bucket, key),
        ensureDestination: (arn) => resources.ensure(arn),
        retireCode,
        isStopping: () => stopping,
        now: Date.now,
        onDidChange: () => revision.next(),
      }),
      sqs: sqs.service,
      sns: sns.service,
      events: events.service,
      s3: s3.service,
      logs: logs.service,
      monitoring: cloudWatch.service,
      iam: iam.service,
      sts: createStsService(scope),
      _local: createLocalApiService({
        ...{ journal, debugging, debuggerFor, faults, revision, queue, status },
        isStopping: () => stopping,
      }),
    },
  });
  cleanups.push(() => server.close());
  endpoint = server.endpoint;
  queue.start();

  let stopped: Promise<void> | undefined;
  return {
    endpoint,
    controlToken,
    status,
    stop: (graceMs) => (stopped ??= stop(graceMs)),
  };

  /** Handlers may call in until they have ended, so the server goes last. */
  async function stop(graceMs: number): Promise<void> {
    stopping = true;
    project.dispose();
    await Promise.all([queue.stop(graceMs), environments.dispose(graceMs)]);
    await undo();
  }

  /** Uploaded code goes when nothing runs from it any more and nothing will. */
  function retireCode(codeDirs: readonly string[]): void {
    const isUseless = (codeDir: string): boolean => !stopping && !functions.codeDirs().includes(codeDir);
    const retire = async (codeDir: string): Promise<void> => {
      if (!codeStore.holds(codeDir) || !isUseless(codeDir)) return;
      await environments.release(codeDir);
      if (isUseless(codeDir)) await codeStore.remove(codeDir);
    };
    for (const codeDir of codeDirs) {
      retire(codeDir).catch((error: unknown) => log.warn(`Code that is not used any more stays: ${String(error)}`));
    }
  }

  /** `traceHeader`: of the chain that the event belongs to, if it is known. */
  function invokeAsync(arn: string, payload: string, traceHeader?: string): void {
    const target = parseFunctionArn(arn);
    const here = target?.region === scope.region && target.account === scope.account;
    if (!late.queue || !target || !here || !functions.resolve(target.functionName, target.qualifier)) {
      throw new DeliveryRefused(`Function not found: ${arn}`);
    }
    const { functionName, qualifier } = target;
    const { traceId } = traceOf(traceHeader, Date.now());
    late.queue.accept({
      requestId: newRequestId(),
      functionName,
      ...(qualifier === undefined ? {} : { qualifier }),
      payload: new TextEncoder().encode(payload),
      traceId,
    });
  }
}
