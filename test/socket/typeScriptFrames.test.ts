import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { parseErrorPayload } from '../../src/model/stack/errorPayload.ts';
import type { DetailFrame } from '../../src/protocol/panel.ts';
import { resolveFrames } from '../../src/workspace/resolveError.ts';
import { SourceMaps } from '../../src/workspace/sourceMaps.ts';
import { startHarness, type Harness } from '../support/environmentsHarness.ts';

const FILES = {
  'src/stripped.ts': `import { refuse } from './refuse';

interface Order { readonly item: string }

export const handler = async (order: Order): Promise<never> => {
  return   refuse(order.item as string);
};
`,
  'src/refuse.ts': 'export function refuse<T>(item: T): never {\n  throw new Error(`no ${String(item)}`);\n}\n',
  'src/transformed.ts': `import { refuse } from './refuse';
enum State {
  Open,

  Closed,
}
export const handler = async ({ state }: { state: State }): Promise<State> =>
  state === State.Open ? state : refuse(State[state]);
`,
  'src/syntax.ts': 'export const handler = async () => {\n  const a: = 1;\n};\n',
  'src/late.ts': `const later = async (): Promise<void> => {
  await null;
  throw new Error('late' satisfies string);
};
export const handler = async (): Promise<void> => {
  await later();
};
`,
};

describe('frames of TypeScript handlers', function () {
  this.timeout(30_000);
  let harness: Harness;

  before(async () => {
    harness = await startHarness(FILES);
  });

  after(() => harness.dispose());

  /** What the panel is shown of a failed run of the code in `folder`. */
  async function framesOf(handler: string, folder = 'src'): Promise<readonly DetailFrame[]> {
    const codeDir = join(harness.dir, folder);
    const { text, status } = await harness.run(handler, { item: 'cup', state: 1 }, { definition: { codeDir } });
    assert.equal(status, 'error', text);
    const readText = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);
    const roots = [{ name: 'shop', path: harness.dir }];
    const sources = { roots, codeDir, readText, sourceMaps: new SourceMaps(readText) };
    const payload = parseErrorPayload(text) ?? assert.fail(text);
    return (await resolveFrames(payload, sources, new AbortController().signal)).frames;
  }

  const own = (frames: readonly DetailFrame[]): unknown[] =>
    frames.filter(({ kind }) => kind === 'own').map(({ label }) => label);

  it('lead to the line and column of the source, types stripped', async () => {
    const frames = await framesOf('stripped.handler');
    assert.deepEqual(own(frames), ['src/refuse.ts:2:9', 'src/stripped.ts:6:12']);
    assert.deepEqual(frames[1]?.location, {
      uri: pathToFileURL(join(harness.dir, 'src', 'stripped.ts')).href,
      line: 6,
      column: 12,
    });
    assert.match(frames[0]?.excerpt?.lines.join('\n') ?? '', /throw new Error/);
    assert.deepEqual(own(await framesOf('late.handler')), ['src/late.ts:3:9', 'src/late.ts:6:3']);
  });

  it('lead there, when Node.js had to transform the file', async () => {
    assert.deepEqual(own(await framesOf('transformed.handler')), ['src/refuse.ts:2:9', 'src/transformed.ts:8:34']);
  });

  it('lead to the line of a syntax error', async () => {
    const [label] = own(await framesOf('syntax.handler'));
    assert.match(String(label), /^src\/syntax\.ts:2:/);
  });

  it('lead there from a bundle, by the source map next to it', async () => {
    await build({
      entryPoints: [join(harness.dir, 'src', 'transformed.ts')],
      outfile: join(harness.dir, 'dist', 'transformed.js'),
      bundle: true,
      platform: 'node',
      minify: true,
      sourcemap: 'linked',
    });
    assert.deepEqual(own(await framesOf('transformed.handler', 'dist')), [
      'src/refuse.ts:2:9',
      'src/transformed.ts:8:34',
    ]);
  });
});
