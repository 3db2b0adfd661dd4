/** Which connection a person chose for a workspace; what is kept between sessions. Never holds credentials. */
export type ConnectionChoice =
  | { readonly kind: 'local' }
  /** A profile of the shared AWS config, in a region; `''`: the credentials of the environment. */
  | { readonly kind: 'aws'; readonly profile: string; readonly region: string }
  /**
   * Any other endpoint that speaks the AWS API (LocalStack, moto, a local Lambda started by hand). Without a profile the
   * credentials are `test`/`test`, which such endpoints take.
   */
  | { readonly kind: 'endpoint'; readonly endpoint: string; readonly region: string; readonly profile?: string };

/** What everybody starts with. */
export const localChoice: ConnectionChoice = { kind: 'local' };

/**
 * The id that a connection's invocations are stored under: another account or region must never share it, the same one
 * must have it again. `projectDir`: the folder that local Lambda serves.
 */
export function connectionId(choice: ConnectionChoice, projectDir: string): string {
  switch (choice.kind) {
    case 'local':
      return `local:${projectDir}`;
    case 'aws':
      return `aws:${choice.profile}/${choice.region}`;
    case 'endpoint':
      return `endpoint:${choice.endpoint}/${choice.region}${choice.profile === undefined ? '' : `/${choice.profile}`}`;
  }
}

/** The short name of a chosen connection: `Local Lambda`, a profile's name, `localhost:4566`. */
export function choiceLabel(choice: ConnectionChoice): string {
  switch (choice.kind) {
    case 'local':
      return 'Local Lambda';
    case 'aws':
      return choice.profile === '' ? 'Environment' : choice.profile;
    case 'endpoint':
      return URL.canParse(choice.endpoint) ? new URL(choice.endpoint).host : choice.endpoint;
  }
}
