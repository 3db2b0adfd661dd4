import assert from 'node:assert/strict';
import type { ConnectionInfo, ConnectionState } from '../../../src/connections/connection.ts';
import { statusText, viewDescription, whereText } from '../../../src/views/connectionText.ts';
import {
  endpointProblemText,
  profileDescription,
  regionRows,
  regionsKnownFrom,
} from '../../../src/views/connectionRows.ts';

const english = (message: string, ...args: (string | number)[]): string =>
  message.replace(/\{(\d)\}/g, (_all, index: string) => String(args[Number(index)]));

const local: ConnectionInfo = {
  id: 'local:/w',
  kind: 'local',
  label: 'Local Lambda',
  region: 'us-east-1',
  account: '000000000000',
  timeScale: 60,
};
const aws: ConnectionInfo = {
  id: 'aws:dev/eu-central-1',
  kind: 'aws',
  label: 'dev',
  region: 'eu-central-1',
  account: '123456789012',
  profile: 'dev',
};
const endpoint: ConnectionInfo = {
  id: 'endpoint:http://localhost:4566/us-west-2',
  kind: 'endpoint',
  label: 'localhost:4566',
  region: 'us-west-2',
  account: '',
  endpoint: 'http://localhost:4566',
};

describe('what is said of a connection', () => {
  const shown = (info: ConnectionInfo, phase: ConnectionState['phase']): string =>
    statusText({ info, phase }, english).text;

  it('has account, region and name of each in the status bar, what a narrow window may cut off last', () => {
    assert.deepEqual(
      (['stopped', 'starting', 'ready', 'failed'] as const).map((phase) => shown(local, phase)),
      [
        '$(circle-outline) λ 000000000000 · us-east-1 · Local',
        '$(loading~spin) λ 000000000000 · us-east-1 · Local',
        '$(vm-running) λ 000000000000 · us-east-1 · Local ×60',
        '$(error) λ 000000000000 · us-east-1 · Local',
      ],
    );
    assert.equal(shown({ ...local, timeScale: 1 }, 'ready'), '$(vm-running) λ 000000000000 · us-east-1 · Local');
    assert.deepEqual(
      (['stopped', 'ready', 'failed'] as const).map((phase) => shown(aws, phase)),
      [
        '$(cloud) λ 123456789012 · eu-central-1 · dev',
        '$(cloud) λ 123456789012 · eu-central-1 · dev',
        '$(error) λ 123456789012 · eu-central-1 · dev',
      ],
    );
    assert.equal(shown({ ...aws, account: '' }, 'stopped'), '$(cloud) λ eu-central-1 · dev');
    assert.equal(shown(endpoint, 'ready'), '$(plug) λ us-west-2 · localhost:4566');
    const known = shown({ ...endpoint, account: '999999999999' }, 'ready');
    assert.equal(known, '$(plug) λ 999999999999 · us-west-2 · localhost:4566');
  });

  it('tells account and region of each in the tooltip, and why it failed', () => {
    for (const info of [local, aws, { ...endpoint, account: '999999999999' }]) {
      const { tooltip } = statusText({ info, phase: 'ready' }, english);
      assert.match(tooltip, new RegExp(`Region ${info.region}, account ${info.account}`));
    }
    const failed = statusText({ info: aws, phase: 'failed', problem: 'The [token] expired.' }, english);
    assert.ok(failed.isFailure);
    assert.match(failed.tooltip, /The \\\[token\\\] expired/);
    assert.equal(
      statusText({ info: local, phase: 'ready' }, english).spoken,
      'Local Lambda, running, account 000000000000, us-east-1, time scale 60',
    );
    assert.equal(
      statusText({ info: endpoint, phase: 'failed' }, english).spoken,
      'Lambda at localhost:4566, us-west-2, not connected',
    );
    assert.equal(failed.spoken, 'Lambda on AWS, account 123456789012, eu-central-1 (dev), not connected');
  });

  it('has account, region and name for the view, without what is not known', () => {
    assert.equal(viewDescription(aws), '123456789012 · eu-central-1 · dev');
    assert.equal(viewDescription(endpoint), 'us-west-2 · localhost:4566');
    assert.equal(whereText(aws, english), 'account 123456789012, eu-central-1 (dev)');
  });
});

describe('what a connection is chosen from', () => {
  it('says of a profile what can be known without asking', () => {
    assert.equal(
      profileDescription({ name: 'dev', region: 'eu-central-1', source: 'sso', accountId: '123456789012' }, english),
      'eu-central-1 · single sign-on · account 123456789012',
    );
    assert.equal(profileDescription({ name: 'x', source: 'other' }, english), 'no credentials of its own');
  });

  it('offers the likely region first, then those used before, each once, and one by its name', () => {
    const known = regionsKnownFrom('eu-central-1', [
      { kind: 'aws', profile: 'dev', region: 'us-west-2' },
      { kind: 'local' },
      { kind: 'endpoint', endpoint: 'http://localhost:4566', region: 'eu-central-1' },
    ]);
    assert.deepEqual(known, ['eu-central-1', 'us-west-2']);
    const rows = regionRows(known, english);
    const values = rows.flatMap((row) => ('value' in row ? [row.value] : []));
    assert.deepEqual(values.slice(0, 2), known);
    assert.equal(new Set(values).size, values.length);
    assert.equal(values.at(-1), '');
    const [first] = rows.flatMap((row) => ('value' in row && row.current ? [row.description] : []));
    assert.equal(first, 'Europe (Frankfurt)');
  });

  it('has a sentence for whatever is wrong with an address', () => {
    for (const problem of ['empty', 'notUrl', 'notHttp', 'credentials', 'query'] as const) {
      assert.match(endpointProblemText(problem, english), /^[A-Z].*\.$/);
    }
  });
});
