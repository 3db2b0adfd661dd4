import assert from 'node:assert/strict';
import {
  isSameTarget,
  parseConnectionTarget,
  parseEndpoint,
  regionPattern,
} from '../../../src/host/connectionTarget.ts';

describe('a connection as it is selected and remembered', () => {
  it('reads the address of an endpoint as people type it', () => {
    const read = (text: string): string => {
      const result = parseEndpoint(text);
      return 'endpoint' in result ? result.endpoint : `! ${result.problem}`;
    };
    assert.deepEqual(
      [
        'http://localhost:4566',
        ' localhost:4566 ',
        'https://moto.example/',
        'http://127.0.0.1:1/lambda//',
        '',
        'http://',
        'not an address',
        'ftp://localhost',
        'http://key:secret@localhost:4566',
        'key@localhost:4566',
        'http://localhost/?token=x',
        'http://localhost/#x',
      ].map(read),
      [
        'http://localhost:4566',
        'http://localhost:4566',
        'https://moto.example',
        'http://127.0.0.1:1/lambda',
        '! empty',
        '! notUrl',
        '! notUrl',
        '! notHttp',
        '! credentials',
        '! credentials',
        '! query',
        '! query',
      ],
    );
  });

  it('takes what belongs to a connection, and nothing else', () => {
    const secret = { secretAccessKey: 'wJalr', region: 'eu-central-1' };
    assert.deepEqual(
      [
        parseConnectionTarget({ kind: 'local', ...secret }),
        parseConnectionTarget({ kind: 'aws', profile: 'dev', ...secret }),
        parseConnectionTarget({ kind: 'aws', profile: '', ...secret }),
        parseConnectionTarget({ kind: 'endpoint', endpoint: 'http://localhost:4566/', ...secret }),
        parseConnectionTarget({ kind: 'endpoint', endpoint: 'http://localhost:4566', profile: 'dev', ...secret }),
      ],
      [
        { kind: 'local' },
        { kind: 'aws', profile: 'dev', region: 'eu-central-1' },
        { kind: 'aws', profile: '', region: 'eu-central-1' },
        { kind: 'endpoint', endpoint: 'http://localhost:4566', region: 'eu-central-1' },
        { kind: 'endpoint', endpoint: 'http://localhost:4566', region: 'eu-central-1', profile: 'dev' },
      ],
    );
  });

  it('knows what is no connection', () => {
    for (const value of [
      undefined,
      null,
      'local',
      {},
      { kind: 'function', functionName: 'f' },
      { kind: 'aws', region: 'eu-central-1' },
      { kind: 'aws', profile: 'dev' },
      { kind: 'aws', profile: 'dev', region: 'Frankfurt' },
      { kind: 'endpoint', region: 'eu-central-1' },
      { kind: 'endpoint', endpoint: 'http://a:b@localhost', region: 'eu-central-1' },
    ]) {
      assert.equal(parseConnectionTarget(value), undefined, JSON.stringify(value));
    }
  });

  it('tells another region, profile or address from the same one', () => {
    const dev = { kind: 'aws', profile: 'dev', region: 'eu-central-1' } as const;
    assert.ok(isSameTarget(dev, { ...dev }));
    assert.ok(!isSameTarget(dev, { ...dev, region: 'us-east-1' }));
    assert.ok(!isSameTarget(dev, { ...dev, profile: 'prod' }));
    assert.ok(!isSameTarget(dev, { kind: 'local' }));
    const endpoint = { kind: 'endpoint', endpoint: 'http://localhost:4566', region: 'eu-central-1' } as const;
    assert.ok(!isSameTarget(endpoint, { ...endpoint, profile: 'dev' }));
    assert.ok(!isSameTarget({ ...endpoint, profile: 'dev' }, dev));
  });

  it('knows regions of every partition by their names', () => {
    for (const region of ['us-east-1', 'us-gov-west-1', 'cn-north-1', 'eusc-de-east-1', 'ap-southeast-5']) {
      assert.match(region, regionPattern);
    }
    for (const region of ['', 'us', 'us-east', 'US-EAST-1', 'us-east-1.', 'aws-global']) {
      assert.doesNotMatch(region, regionPattern);
    }
  });
});
