import * as vscode from 'vscode';
import { listProfiles, type AwsProfile } from '../connections/awsProfiles.ts';
import { choiceLabel, localChoice, type ConnectionChoice } from '../connections/connectionChoice.ts';
import { isSameTarget, parseEndpoint, regionPattern } from '../host/connectionTarget.ts';
import { executeCommand } from '../host/contract.ts';
import { endpointProblemText, profileDescription, regionRows, regionsKnownFrom } from './connectionRows.ts';
import { docsUri } from './docs.ts';
import type { Services } from './services.ts';
import { goBack, runSteps, type PickRow, type Step } from './steps.ts';

/** What is known while a person chooses; `choice`: all of it. */
interface Draft {
  readonly choice?: ConnectionChoice;
  readonly kind?: 'aws' | 'endpoint';
  /** `''`: the credentials of the environment. */
  readonly profile?: string;
  readonly endpoint?: string;
  /** The region that is likely. */
  readonly likelyRegion?: string;
  /** `''`: one that is in no list. */
  readonly region?: string;
  /** Something else was wanted: nothing is chosen. */
  readonly instead?: 'openConfig' | 'docs';
}

type ConnectionRow = PickRow<Draft | 'reload'>;

/** Lets the person choose a connection: which, then in which region. `undefined`: they chose none. */
export async function askConnection(services: Services): Promise<ConnectionChoice | undefined> {
  const title = vscode.l10n.t('Select Connection');
  const steps = [connectionStep(services), endpointStep, credentialsStep, regionStep(services), otherRegionStep];
  const draft = await runSteps<Draft>(title, steps, {});
  if (draft?.instead === 'openConfig') await executeCommand(vscode, 'openAwsConfig');
  if (draft?.instead === 'docs') await vscode.env.openExternal(docsUri('connections', 'profiles'));
  return draft && toChoice(draft);
}

/** Lets the person choose a region for a connection. `undefined`: they chose none. */
export async function askRegion(
  services: Services,
  choice: Exclude<ConnectionChoice, { readonly kind: 'local' }>,
): Promise<string | undefined> {
  const title = vscode.l10n.t('Region of {0}', choiceLabel(choice));
  const draft: Draft = { kind: choice.kind, likelyRegion: choice.region };
  return (await runSteps<Draft>(title, [regionStep(services), otherRegionStep], draft))?.region;
}

function toChoice({ choice, kind, profile, endpoint, region }: Draft): ConnectionChoice | undefined {
  if (choice) return choice;
  if (!region) return undefined;
  if (kind === 'aws' && profile !== undefined) return { kind, profile, region };
  if (kind !== 'endpoint' || endpoint === undefined) return undefined;
  return { kind, endpoint, region, ...(profile === undefined ? {} : { profile }) };
}

function connectionStep(services: Services): Step<Draft> {
  return {
    async ask(_draft, ui) {
      for (;;) {
        const answer = await ui.pick<Draft | 'reload'>({
          placeholder: vscode.l10n.t('Choose where functions are and where events go'),
          rows: async (show, signal) => {
            show(connectionRows(services));
            show(connectionRows(services, await listProfiles(signal)));
          },
          buttons: [
            { icon: 'refresh', tooltip: vscode.l10n.t('Read the AWS config again'), value: 'reload' },
            { icon: 'go-to-file', tooltip: vscode.l10n.t('Open AWS Config'), value: { instead: 'openConfig' } },
          ],
        });
        if (answer !== 'reload') return answer;
      }
    },
  };
}

const needsMore = ({ choice, instead }: Draft): boolean => choice === undefined && instead === undefined;

const endpointStep: Step<Draft> = {
  applies: (draft) => needsMore(draft) && draft.kind === 'endpoint',
  async ask(draft, ui) {
    const answer = await ui.input({
      prompt: vscode.l10n.t('Address of the endpoint: LocalStack, moto, or a local Lambda started by hand'),
      placeholder: 'http://localhost:4566',
      ...(draft.endpoint === undefined ? {} : { value: draft.endpoint }),
      validate: (text) => {
        const read = parseEndpoint(text);
        return 'problem' in read ? endpointProblemText(read.problem, vscode.l10n.t) : undefined;
      },
    });
    if (typeof answer !== 'string') return answer;
    const read = parseEndpoint(answer);
    return 'endpoint' in read ? { ...draft, endpoint: read.endpoint } : undefined;
  },
};

const credentialsStep: Step<Draft> = {
  applies: (draft) => needsMore(draft) && draft.kind === 'endpoint',
  async ask(draft, ui) {
    const profiles = await listProfiles();
    // Nothing to choose from: what such endpoints take by custom.
    if (profiles.length === 0) return draft;
    const rows: PickRow<AwsProfile | undefined>[] = [
      {
        label: vscode.l10n.t('Test credentials'),
        description: vscode.l10n.t('test / test, which local endpoints take'),
        icon: 'beaker',
        value: undefined,
        current: true,
      },
      { heading: vscode.l10n.t('Profiles of the AWS config') },
      ...profiles.map((profile) => ({ ...profileRow(profile), value: profile })),
    ];
    // An answer of `undefined` would mean that nothing was chosen.
    const answer = await ui.pick<{ readonly profile: AwsProfile | undefined }>({
      placeholder: vscode.l10n.t('Choose what to sign requests with'),
      rows: rows.map((row) => ('heading' in row ? row : { ...row, value: { profile: row.value } })),
    });
    if (answer === undefined || answer === goBack) return answer;
    const { profile } = answer;
    const { profile: _, ...rest } = draft;
    if (!profile) return rest;
    return {
      ...rest,
      profile: profile.name,
      ...(profile.region === undefined ? {} : { likelyRegion: profile.region }),
    };
  },
};

function regionStep(services: Services): Step<Draft> {
  return {
    applies: needsMore,
    async ask(draft, ui) {
      const known = regionsKnownFrom(draft.likelyRegion, services.session.recent);
      const answer = await ui.pick<string>({
        placeholder: vscode.l10n.t('Choose a region'),
        rows: regionRows(known, vscode.l10n.t),
      });
      return typeof answer === 'string' ? { ...draft, region: answer } : answer;
    },
  };
}

const otherRegionStep: Step<Draft> = {
  applies: (draft) => needsMore(draft) && draft.region === '',
  async ask(draft, ui) {
    const answer = await ui.input({
      prompt: vscode.l10n.t('Name of the region'),
      placeholder: 'eu-central-1',
      validate: (text) => (regionPattern.test(text) ? undefined : vscode.l10n.t('A region looks like eu-central-1.')),
    });
    return typeof answer === 'string' ? { ...draft, region: answer } : answer;
  },
};

/** Local Lambda and what was used before, then what there is; without `profiles` they are still being read. */
function connectionRows(services: Services, profiles?: readonly AwsProfile[]): ConnectionRow[] {
  const { session, connection } = services;
  const mark = (choice: ConnectionChoice): { readonly current: boolean } => ({
    current: isSameTarget(choice, session.choice),
  });
  const selected = vscode.l10n.t('selected');
  const describe = (choice: ConnectionChoice, text: string): string =>
    mark(choice).current ? [text, selected].filter((part) => part !== '').join(' · ') : text;
  const before = session.recent.filter(({ kind }) => kind !== 'local');
  const { phase } = connection.state;
  const local = session.choice.kind === 'local' ? localPhaseText(phase) : vscode.l10n.t('starts when it is needed');
  return [
    {
      label: vscode.l10n.t('Local Lambda'),
      description: describe(localChoice, local),
      icon: 'vm',
      value: { choice: localChoice },
      ...mark(localChoice),
    },
    ...(before.length > 0 ? [{ heading: vscode.l10n.t('Used before') }] : []),
    ...before.map((choice): ConnectionRow => ({
      label: choiceLabel(choice),
      description: describe(choice, choice.kind === 'local' ? '' : choice.region),
      icon: choice.kind === 'aws' ? 'cloud' : 'plug',
      value: { choice },
      ...mark(choice),
    })),
    ...(profiles === undefined ? [] : [{ heading: vscode.l10n.t('AWS profiles') }, ...profileRows(profiles)]),
    { heading: vscode.l10n.t('Other') },
    {
      label: vscode.l10n.t('Custom endpoint…'),
      description: vscode.l10n.t('LocalStack, moto, or a local Lambda started by hand'),
      icon: 'plug',
      value: { kind: 'endpoint' },
    },
  ];
}

function profileRows(profiles: readonly AwsProfile[]): ConnectionRow[] {
  const { AWS_ACCESS_KEY_ID, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const region = AWS_REGION ?? AWS_DEFAULT_REGION;
  const rows: ConnectionRow[] = profiles.map((profile) => ({
    ...profileRow(profile),
    value: {
      kind: 'aws',
      profile: profile.name,
      ...(profile.region === undefined ? {} : { likelyRegion: profile.region }),
    },
  }));
  if (AWS_ACCESS_KEY_ID) {
    rows.push({
      label: vscode.l10n.t('Environment'),
      description: vscode.l10n.t('AWS_ACCESS_KEY_ID of the environment VS Code was started in'),
      icon: 'key',
      value: { kind: 'aws', profile: '', ...(region ? { likelyRegion: region } : {}) },
    });
  }
  if (rows.length === 0) {
    rows.push({
      label: vscode.l10n.t('No AWS profile was found'),
      description: vscode.l10n.t('how to set one up'),
      icon: 'question',
      value: { instead: 'docs' },
    });
  }
  return rows;
}

function profileRow(profile: AwsProfile): { label: string; description: string; icon: string } {
  return { label: profile.name, description: profileDescription(profile, vscode.l10n.t), icon: 'cloud' };
}

function localPhaseText(phase: 'stopped' | 'starting' | 'ready' | 'failed'): string {
  switch (phase) {
    case 'stopped':
      return vscode.l10n.t('starts when it is needed');
    case 'starting':
      return vscode.l10n.t('starting');
    case 'ready':
      return vscode.l10n.t('running');
    case 'failed':
      return vscode.l10n.t('not running');
  }
}
