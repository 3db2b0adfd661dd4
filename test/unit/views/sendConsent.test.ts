import assert from 'node:assert/strict';
import type { ConnectionInfo, ConnectionState } from '../../../src/connections/connection.ts';
import { SendConsent, type SendAnswer } from '../../../src/views/sendConsent.ts';

const aws: ConnectionInfo = { id: 'aws:dev/r', kind: 'aws', label: 'dev', region: 'r', account: '1' };

describe('the question before a send to AWS', () => {
  let state: ConnectionState;
  let questions: { readonly what: string; answer(answer: SendAnswer): void }[];
  let starts: number;
  let remembered: string[];
  let consent: SendConsent;

  beforeEach(() => {
    state = { phase: 'ready', info: aws };
    questions = [];
    starts = 0;
    remembered = [];
    consent = new SendConsent({
      connection: {
        get state() {
          return state;
        },
      },
      memory: {
        sendsAllowed: (place) => remembered.includes(place),
        allowSends: (place) => Promise.resolve(void remembered.push(place)),
      },
      start: () => {
        starts++;
        state = { phase: 'ready', info: { ...aws, account: '2' } };
        return Promise.resolve();
      },
      question: (functionName, { account }) => {
        const { promise, resolve } = Promise.withResolvers<SendAnswer>();
        questions.push({ what: `${functionName} in ${account}`, answer: resolve });
        return promise;
      },
    });
  });

  /** Lets all that can go on go on. */
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('is not asked of local Lambda or an emulator; of an endpoint of AWS itself it is', async () => {
    state = { phase: 'stopped', info: { ...aws, kind: 'local' } };
    assert.ok(await consent.ask('a'));
    state = { phase: 'stopped', info: { ...aws, kind: 'endpoint', endpoint: 'http://localhost:4566' } };
    assert.ok(await consent.ask('a'));
    const endpoint = 'https://vpce-1.lambda.eu-central-1.vpce.amazonaws.com';
    state = { phase: 'ready', info: { ...aws, kind: 'endpoint', endpoint } };
    const asked = consent.ask('a');
    await settle();
    assert.equal(questions.length, 1);
    questions[0]?.answer(undefined);
    assert.equal(await asked, false);
  });

  it('names the account, which is asked for first; a yes is for that account only', async () => {
    state = { phase: 'stopped', info: { ...aws, account: '' } };
    const asked = consent.ask('a');
    await settle();
    assert.deepEqual([starts, questions.map(({ what }) => what)], [1, ['a in 2']]);
    questions[0]?.answer('once');
    assert.ok(await asked);
    assert.ok(await consent.ask('b'));
    state = { phase: 'ready', info: { ...aws, account: '3' } };
    void consent.ask('b');
    await settle();
    assert.equal(questions[1]?.what, 'b in 3');
  });

  it('comes once for who clicks twice, and one at a time', async () => {
    const sends = [consent.ask('a'), consent.ask('a'), consent.ask('b')];
    await settle();
    assert.equal(questions.length, 1);
    questions[0]?.answer(undefined);
    await settle();
    assert.deepEqual(
      questions.map(({ what }) => what),
      ['a in 1', 'b in 1'],
    );
    questions[1]?.answer('always');
    assert.deepEqual(await Promise.all(sends), [false, false, true]);
    assert.ok(await consent.ask('a'));
    assert.deepEqual([questions.length, remembered], [2, ['aws:dev/r/1']]);
  });
});
