import assert from 'node:assert/strict';
import { busEvent, parseDetail } from '../../../../src/local/eventbridge/busEvent.ts';
import { isTemplate } from '../../../../src/local/eventbridge/inputTemplate.ts';
import { isJsonPath } from '../../../../src/local/eventbridge/jsonPath.ts';
import { targetInput } from '../../../../src/local/eventbridge/targetInput.ts';
import { scope } from './eventsHarness.ts';

const detail = parseDetail(
  '{"instance-id":"i-1","state":"RUN\\"NING","count":1.10,"big":9007199254740993,"list":[{"n":1},{"n":2}],"none":null}',
);
assert.ok(detail);
const at = Date.parse('2026-09-14T15:18:45.648Z');
const event = busEvent(scope, { source: 's', detailType: 't', at, takenAt: at, resources: ['r0', 'r1'], detail });
const rule = { arn: 'arn:aws:events:us-east-1:123456789012:rule/r', name: 'r' };
const target = { Id: 'one', Arn: 'arn' };
const paths = {
  instance: '$.detail.instance-id',
  state: '$.detail.state',
  count: '$.detail.count',
  big: '$.detail.big',
  list: '$.detail.list',
  numbers: '$.detail.list[*].n',
  second: '$.resources[1]',
  names: '$.resources',
  missing: '$.detail.nothing.here',
};

function transformed(InputTemplate: string): string {
  return targetInput({ ...target, InputTransformer: { InputPathsMap: paths, InputTemplate } }, event, rule);
}

describe('What a target gets of an event', () => {
  it('is the event, Input as it is, or what InputPath leads to', () => {
    assert.equal(targetInput(target, event, rule), event.text);
    assert.equal(targetInput({ ...target, Input: '{ "a": 1 }' }, event, rule), '{ "a": 1 }');
    for (const [path, expected] of [
      ['$', event.text],
      ['$.detail.instance-id', '"i-1"'],
      ['$.detail.big', '9007199254740993'],
      ['$.detail.list[0]', '{"n":1}'],
      ['$.detail.list[*].n', '[1,2]'],
      ["$.detail['instance-id']", '"i-1"'],
      ['$.nothing', 'null'],
    ] as const) {
      assert.equal(targetInput({ ...target, InputPath: path }, event, rule), expected);
    }
  });

  for (const [template, expected] of [
    ['"<instance> is <state>"', String.raw`"i-1 is RUN\"NING"`],
    ['{"id": <instance>, "s": <state>, "c": <count>}', String.raw`{"id": "i-1", "s": "RUN\"NING", "c": 1.10}`],
    [
      '{"b": <big>, "l": <list>, "n": <numbers>, "r": "<second>"}',
      '{"b": 9007199254740993, "l": [{"n":1},{"n":2}], "n": [1,2], "r": "r1"}',
    ],
    [String.raw`{"text": "\"<instance>\" of <numbers>"}`, String.raw`{"text": "\"i-1\" of [1,2]"}`],
    // As AWS gives it: nothing within a text.
    ['"a <missing> b"', '"a  b"'],
    ['{"m": <missing>, "u": "<unknown>"}', '{"m": "", "u": ""}'],
    ['"<instance>"\n"<second>"', '"i-1"\n"r1"'],
    ['{"rule": "<aws.events.rule-name>", "arn": <aws.events.rule-arn>}', `{"rule": "r", "arn": "${rule.arn}"}`],
    ['<aws.events.event.ingestion-time>', '"2026-09-14T15:18:45Z"'],
    // As AWS gives it: objects and arrays without quotes within a text.
    ['"all: <list> <names>"', '"all: [{n:1},{n:2}] [r0,r1]"'],
    ['{"e": <aws.events.event.json>}', `{"e": ${event.text}}`],
    [
      '{"e": <aws.events.event>}',
      `{"e": ${event.text.replace(/,"detail":.*/, '}').replace('detail-type', 'detailType')}}`,
    ],
    ['{"a": "1 < 2 and 3 > 2"}', '{"a": "1 < 2 and 3 > 2"}'],
  ] as const) {
    it(`is what a template makes of it: ${template}`, () => {
      assert.ok(isTemplate(template));
      assert.equal(transformed(template), expected);
    });
  }

  for (const template of ['<a> is <b>', '{"a": <a>', '{<a>: 1}x', 'plain text']) {
    it(`is no template: ${template}`, () => assert.ok(!isTemplate(template)));
  }

  for (const path of ['', 'detail', '$detail', '$.', '$..a', '$.a[x]', '$.a[', '$.a b.[0]c']) {
    it(`is no path: “${path}”`, () => assert.ok(!isJsonPath(path)));
  }
});
