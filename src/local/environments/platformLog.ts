import type { FunctionDefinition } from '../functionDefinition.ts';
import type { AttemptSpan } from './attemptSpans.ts';
import { JsonPlatformLog } from './jsonPlatformLog.ts';
import {
  endLine,
  exitLine,
  initReportLine,
  initStartLine,
  reportLine,
  startLine,
  type ReportFacts,
} from './platformLines.ts';

/** The environment that is told of. */
export interface ToldEnvironment {
  readonly definition: FunctionDefinition;
  readonly version: string;
  readonly logStreamName: string;
  readonly region: string;
}

/** How an init went. `errorType` absent with `failed`: it ran out of time. Lengths in ms. */
export interface InitFacts {
  readonly durationMs: number;
  readonly phase: 'init' | 'invoke';
  readonly failed: boolean;
  readonly errorType?: string | undefined;
}

/** How an attempt went, beyond what REPORT tells. */
export interface AttemptFacts extends ReportFacts {
  /** The exit to name. */
  readonly exit?: string | undefined;
  readonly producedBytes: number;
  readonly spans: readonly AttemptSpan[];
}

/** The log events in which Lambda itself tells of an environment and its attempts, each in its own words. */
export interface PlatformLog {
  initStart(): readonly string[];
  /** For people: what local Lambda has to say. */
  note(text: string): readonly string[];
  initEnd(facts: InitFacts): readonly string[];
  start(requestId: string, invokedFunctionArn: string): readonly string[];
  /** The attempt is not made. */
  refusal(requestId: string, errorType: string, why: string): readonly string[];
  end(facts: AttemptFacts): readonly string[];
}

/** As text (spec 5.8), or as JSON where the function is so configured (spec 5.9). */
export function platformLog(told: ToldEnvironment): PlatformLog {
  return told.definition.jsonLogs === undefined
    ? textPlatformLog(told)
    : new JsonPlatformLog(told, told.definition.jsonLogs);
}

function textPlatformLog({ definition, version, region }: ToldEnvironment): PlatformLog {
  return {
    initStart: () => [initStartLine(definition.runtime, region)],
    note: (text) => [`${text}\n`],
    initEnd: ({ failed, durationMs, phase, errorType }) =>
      failed ? [initReportLine(durationMs, phase, errorType)] : [],
    start: (requestId) => [startLine(requestId, version)],
    refusal: (requestId, errorType, why) => [`RequestId: ${requestId} Error: ${why}\n${errorType}\n`],
    end: (facts) => [
      ...(facts.exit === undefined ? [] : [exitLine(facts.requestId, facts.exit)]),
      endLine(facts.requestId),
      reportLine(facts),
    ],
  };
}
