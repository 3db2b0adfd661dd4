import { listRegions, type AwsProfile } from '../connections/awsProfiles.ts';
import type { ConnectionChoice } from '../connections/connectionChoice.ts';
import type { EndpointText } from '../host/connectionTarget.ts';
import type { Translate } from './functionsTree/nodeText.ts';
import type { PickRow } from './steps.ts';

/** `eu-central-1 · SSO · account 123456789012`: what is known of a profile without asking anybody. */
export function profileDescription({ region, source, accountId }: AwsProfile, t: Translate): string {
  return [region, sourceText(source, t), accountId === undefined ? undefined : t('account {0}', accountId)]
    .filter((part) => part !== undefined && part !== '')
    .join(' · ');
}

/** What is wrong with an endpoint as it was typed. */
export function endpointProblemText(
  problem: Extract<EndpointText, { problem: unknown }>['problem'],
  t: Translate,
): string {
  switch (problem) {
    case 'empty':
      return t('Type an address, like http://localhost:4566.');
    case 'notUrl':
      return t('This is not an address. One looks like http://localhost:4566.');
    case 'notHttp':
      return t('Only http and https addresses can be asked.');
    case 'credentials':
      return t('Leave user name and password out: what is typed here is remembered. Credentials come from a profile.');
    case 'query':
      return t('Leave out what follows ? or #: requests have queries of their own.');
  }
}

/** Regions worth offering first: the likely one, then those used before; each once. */
export function regionsKnownFrom(likely: string | undefined, recent: readonly ConnectionChoice[]): readonly string[] {
  const used = recent.flatMap((choice) => (choice.kind === 'local' ? [] : [choice.region]));
  return [...new Set([...(likely === undefined ? [] : [likely]), ...used])];
}

/** All regions, the known ones on top, the first of them to begin at; at the end `''` for one that is not here. */
export function regionRows(known: readonly string[], t: Translate): readonly PickRow<string>[] {
  const all = listRegions();
  const names = new Map(all.map(({ id, name }) => [id, name]));
  return [
    ...(known.length > 0 ? [{ heading: t('Likely') }] : []),
    ...known.map((id, index) => ({
      label: id,
      description: names.get(id) ?? '',
      icon: 'globe',
      value: id,
      current: index === 0,
    })),
    { heading: t('All regions') },
    ...all
      .filter(({ id }) => !known.includes(id))
      .map(({ id, name, optIn }) => ({
        label: id,
        description: optIn ? t('{0}, has to be enabled for the account', name) : name,
        icon: 'globe',
        value: id,
      })),
    { label: t('Another region…'), description: t('by its name'), icon: 'edit', value: '' },
  ];
}

function sourceText(source: AwsProfile['source'], t: Translate): string {
  switch (source) {
    case 'keys':
      return t('access keys');
    case 'role':
      return t('assumes a role');
    case 'sso':
      return t('single sign-on');
    case 'process':
      return t('credential process');
    case 'webIdentity':
      return t('web identity');
    case 'login':
      return t('console login');
    case 'other':
      return t('no credentials of its own');
  }
}
