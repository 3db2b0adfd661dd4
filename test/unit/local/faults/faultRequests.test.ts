import assert from 'node:assert/strict';
import {
  faultText,
  readFault,
  readFaultSetting,
  readFaultText,
  type FaultRequest,
} from '../../../../src/protocol/localFaults.ts';

const queue = 'arn:aws:sqs:us-east-1:000000000000:results';

describe('what asks for a fault', () => {
  it('is a function, a kind, and what belongs to the kind', () => {
    const faults: readonly FaultRequest[] = [
      { functionName: 'charge', kind: 'throttle' },
      { functionName: '*', kind: 'timeout', times: 3 },
      { functionName: 'charge', kind: 'outOfMemory', probability: 0.2 },
      { functionName: 'charge', kind: 'duplicate', times: 1, probability: 1 },
      { functionName: 'charge', kind: 'ageOut' },
      { functionName: 'charge', kind: 'deliveryFailure', role: 'onFailure', destinationArn: queue },
      { functionName: 'charge', kind: 'slowStart', delayMs: 12_000 },
    ];
    for (const fault of faults) {
      assert.deepEqual(readFault(fault), { fault });
      assert.deepEqual(readFaultText(faultText(fault)), { fault });
    }
  });

  it('is refused in words that say what is right', () => {
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [undefined, /^A fault is an object like/],
      [[], /^A fault is an object like/],
      [{ kind: 'timeout' }, /"functionName" is the name of a function, or \* for every one, not missing/],
      [{ functionName: 'a b', kind: 'timeout' }, /not "a b"/],
      [{ functionName: 'a', kind: 'crash' }, /"kind" is one of throttle, .*deliveryFailure or slowStart, not "crash"/],
      [{ functionName: 'a', kind: 'timeout', times: 0 }, /"times" is a whole number from 1 to 1000000, not 0/],
      [{ functionName: 'a', kind: 'timeout', times: 1.5 }, /"times"/],
      [{ functionName: 'a', kind: 'timeout', probability: 0 }, /"probability" is a number above 0, up to 1, not 0/],
      [{ functionName: 'a', kind: 'timeout', probability: 1.1 }, /"probability"/],
      [{ functionName: 'a', kind: 'timeout', delayMs: 5 }, /"delayMs" is of the kind slowStart only/],
      [{ functionName: 'a', kind: 'slowStart', delayMs: -5 }, /"delayMs" is a whole number/],
      [{ functionName: 'a', kind: 'timeout', role: 'onFailure' }, /of the kind deliveryFailure only/],
      [
        { functionName: 'a', kind: 'deliveryFailure', role: 'onfailure' },
        /"role" is one of onSuccess, onFailure or deadLetterQueue/,
      ],
      [
        { functionName: 'a', kind: 'deliveryFailure', destinationArn: 'results' },
        /"destinationArn" is an ARN, not "results"/,
      ],
      [{ functionName: 'a', kind: 'timeout', time: 1 }, /A fault has no "time", only functionName, /],
    ];
    for (const [value, problem] of cases) {
      const reading = readFault(value);
      assert.match('problem' in reading ? reading.problem : 'none', problem);
    }
  });

  it('is refused on the command line, too', () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['charge', /^It is NAME=KIND, such as charge=timeout,times=1, not "charge"/],
      ['=timeout', /"functionName"/],
      ['charge=', /"kind"/],
      ['charge=timeout,often', /"often" is none of times=…, p=…, delay=…, role=… or arn=…/],
      ['charge=timeout,times=', /"times" .*, not ""/],
      ['charge=timeout,times=many', /"times"/],
      ['charge=timeout,p=2', /"probability"/],
    ];
    for (const [text, problem] of cases) {
      const reading = readFaultText(text);
      assert.match('problem' in reading ? reading.problem : 'none', problem, text);
    }
  });

  it('is a kind, an object or a list of them in the setting; what is wrong there is left out and told', () => {
    const { faults, problems } = readFaultSetting({
      charge: ['throttle', { kind: 'timeout', times: 2 }],
      refund: 'ageOut',
      '*': { kind: 'slowStart', delayMs: 1000 },
      ship: ['crash', { kind: 'timeout', functionName: 'other' }],
    });
    assert.deepEqual(faults, [
      { functionName: 'charge', kind: 'throttle' },
      { functionName: 'charge', kind: 'timeout', times: 2 },
      { functionName: 'refund', kind: 'ageOut' },
      { functionName: '*', kind: 'slowStart', delayMs: 1000 },
      { functionName: 'ship', kind: 'timeout' },
    ]);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /^ship: "kind" is one of/);
  });
});
