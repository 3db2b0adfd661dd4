import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runLocalLambda } from '../support/localLambda.ts';
import { motoMissing, startMoto } from '../support/motoServer.ts';
import { skip } from '../support/skip.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, '..', 'support', 'lambdaControlPlane.py');

/** The name of a call and the path of a field, `get: answer.Configuration.Timeout`; and what the field holds. */
type Facts = ReadonlyMap<string, unknown>;

/**
 * Where moto does otherwise, and why ours is right (spec: destinations-spec.md). All fields that a pattern fits have to
 * differ, so that a difference that is gone fails.
 */
const differences: readonly (readonly [RegExp, string])[] = [
  [/DeadLetterConfig\.TargetArn$/, 'moto keeps no dead-letter queue'],
  [/LoggingConfig\./, 'moto has no logging config'],
  [/(?:answer|Configuration|Functions\.0|Versions\.\d)\.Layers$/, 'null on AWS’s wire when there are none (5.7)'],
  [/^(?!.* configs?:).*\.LastModified$/, 'AWS has milliseconds and +0000 (5.7)'],
  [/^(?!.*(?:alias(?:es)?:|policy)).*\.RevisionId$/, 'moto gives functions and versions none'],
  [/^get by alias: answer\.RevisionId$/, 'moto gives functions and versions none'],
  [/Code\.Location$/, 'local Lambda shows the folder that is run'],
  [/^create: answer\.LastUpdateStatus$/, 'AWS’s wire has it after creating, too'],
  [/^list(?: versions)?: .*\.(?:State|LastUpdateStatus)$/, 'absent in lists (5.7)'],
  [/^update code from no object: /, 'AWS refuses code that is not there; so moto forgets the code from here on'],
  [/^(?:publish|publish unchanged|get by alias|see it with .*|list versions): .*\.Code(?:Sha256|Size)$/, 'as above'],
  [/^publish unchanged: answer\.(?:FunctionArn|Version|Description)$/, 'AWS publishes no version when nothing changed'],
  [/^list versions: answer\.Versions\.2\./, 'as above'],
  [/^create it again: error\.Code$/, 'AWS: ResourceConflictException'],
  [/^(?:get|update) an alias: status$/, 'AWS answers 200'],
  [/^get by alias: answer\.FunctionArn$/, 'as asked for (5.7)'],
  [/^get no config: error\.Message$/, '$LATEST is filled in (5.6, 3)'],
  [/ configs?: answer\..*(?:FunctionArn|OnSuccess)$/, '$LATEST is filled in, the side not set is {} (5.5)'],
  [/^update a config: .*(?:\.Destination|Attempts)$/, 'an update keeps what it does not name (5.5)'],
  [/^list configs: .*Age/, 'moto does not keep the update'],
  [/^put a config of nobody: error\.Message$/, 'spec 5.6, 2'],
  [/^add (?:a permission|one of an account): status$/, 'AWS answers 201'],
  [/^add it again: /, 'AWS refuses a statement id that is there'],
  [/^add one of an account: .*Principal/, 'AWS makes the ARN of the account of its number'],
  [/^get a policy: .*Statement\.(?:1\.(?:Sid|Principal)|2)/, 'as above'],
  [/^remove it again: /, 'AWS knows which statements there are'],
  [/^tag: status$/, 'AWS answers 204'],
  [/^delete an alias: status$/, 'AWS answers 204'],
];

describe('the control plane of Lambda by boto3, beside moto', function () {
  this.timeout(120_000);

  it('answers the same, field by field, but for what is listed', async function () {
    try {
      await run('python3', ['-c', 'import boto3']);
    } catch {
      skip(this, 'boto3 is not on this machine');
    }
    await using moto = await startMoto();
    if (!moto) skip(this, motoMissing);
    await using local = await runLocalLambda({ files: {} });
    const ours = await factsOf(local.endpoint, 'none');
    const theirs = await factsOf(moto.endpoint, 'role');
    const names = [...new Set([...ours.keys(), ...theirs.keys()])];
    assert.ok(names.length > 400, `${names.length} facts`);
    const show = (name: string): string =>
      `${name}: ${JSON.stringify(ours.get(name))} here, ${JSON.stringify(theirs.get(name))} there`;
    const differ = (name: string): boolean => JSON.stringify(ours.get(name)) !== JSON.stringify(theirs.get(name));
    const listed = (name: string): boolean => differences.some(([pattern]) => pattern.test(name));
    assert.deepEqual(names.filter((name) => differ(name) && !listed(name)).map(show), [], 'differences nobody listed');
    assert.deepEqual(names.filter((name) => !differ(name) && listed(name)).map(show), [], 'listed, and no difference');
    for (const [pattern, why] of differences) {
      assert.ok(
        names.some((name) => pattern.test(name)),
        `Nothing is like ${pattern.source}: take it off (${why})`,
      );
    }
  });
});

async function factsOf(endpoint: string, needsRole: 'role' | 'none'): Promise<Facts> {
  const { stdout } = await run('python3', [script, endpoint, needsRole]);
  const answers = JSON.parse(stdout) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const facts = new Map<string, unknown>();
  for (const [call, answer] of Object.entries(answers))
    for (const [key, value] of Object.entries(answer)) {
      addFacts(facts, `${call}: ${key}`, value);
    }
  return facts;
}

/** Lists and structures field by field; ids that are random by their form. */
function addFacts(facts: Map<string, unknown>, path: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    for (const [key, item] of Object.entries(value)) addFacts(facts, `${path}.${key}`, item);
    return;
  }
  const isUuid = typeof value === 'string' && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(value);
  facts.set(path, isUuid ? '<uuid>' : value);
}
