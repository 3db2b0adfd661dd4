import type { Connection, ConnectionInfo } from '../connections/connection.ts';
import { isAwsHost } from '../host/connectionTarget.ts';
import type { WorkspaceMemory } from '../host/memento.ts';

/** What a person says to a send; `undefined`: they do not want it. */
export type SendAnswer = 'once' | 'always' | undefined;

/** What consent is asked with. */
interface SendConsentOptions {
  readonly connection: Pick<Connection, 'state'>;
  readonly memory: Pick<WorkspaceMemory, 'sendsAllowed' | 'allowSends'>;
  /** Starts the connection, where the person sees that it does. @throws UserFacingFailure */
  start(): Promise<unknown>;
  /** Asks the person. */
  question(functionName: string, info: ConnectionInfo): Promise<SendAnswer>;
}

/**
 * Asks before the first send to an AWS account: it runs the person's function there. Once a window for a connection, or
 * never again where they say so.
 */
export class SendConsent {
  readonly #options: SendConsentOptions;
  readonly #given = new Set<string>();
  /** The questions that are not answered yet, by place and function. */
  readonly #open = new Map<string, Promise<boolean>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SendConsentOptions) {
    this.#options = options;
  }

  /** Whether it may be sent. Signs in first: nobody can say yes to an account they don't know. @throws UserFacingFailure */
  async ask(functionName: string): Promise<boolean> {
    const { connection, start } = this.#options;
    if (!leadsToAws(connection.state.info)) return true;
    if (connection.state.phase !== 'ready') await start();
    const { info } = connection.state;
    // What is behind a profile can change; a yes is for one account.
    const place = `${info.id}/${info.account}`;
    const key = `${place}/${functionName}`;
    // Who clicks twice is asked once; of several functions one after the other, as the first answer may be for all.
    const asked = this.#open.get(key) ?? this.#last.then(() => this.#isAllowed(place, functionName, info));
    this.#open.set(key, asked);
    this.#last = asked.catch(() => undefined);
    try {
      return await asked;
    } finally {
      this.#open.delete(key);
    }
  }

  async #isAllowed(place: string, functionName: string, info: ConnectionInfo): Promise<boolean> {
    const { memory, question } = this.#options;
    if (this.#given.has(place) || memory.sendsAllowed(place)) return true;
    const answer = await question(functionName, info);
    if (answer === undefined) return false;
    this.#given.add(place);
    if (answer === 'always') await memory.allowSends(place);
    return true;
  }
}

/** AWS, or one of its own endpoints by its address: a VPC's, a FIPS one. */
function leadsToAws({ kind, endpoint }: ConnectionInfo): boolean {
  return kind === 'aws' || (kind === 'endpoint' && endpoint !== undefined && isAwsHost(endpoint));
}
