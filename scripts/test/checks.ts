import { join } from 'node:path';
import { root } from '../root.ts';
import { run } from '../process.ts';
import type { Stage, StageResult } from './stage.ts';

const modules = join(root, 'node_modules');
const tsc = (project: string): string[] => [join(modules, 'typescript', 'bin', 'tsc'), '-p', project];

/** Checks that are no tests, each with the arguments Node gets. */
const commands: Readonly<Record<string, readonly string[]>> = {
  'types of the product': tsc('tsconfig.json'),
  'types of the page': tsc('src/webview/tsconfig.json'),
  'types of the tests': tsc('test/tsconfig.json'),
  'types of the scripts': tsc('scripts/tsconfig.json'),
  lint: [join(modules, 'oxlint', 'bin', 'oxlint'), '--type-aware', '--deny-warnings'],
  format: [join(modules, 'prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  'unused files, exports and packages': [join(modules, 'knip', 'bin', 'knip.js'), '--no-progress'],
};

/** Type-check, lint, format check and knip; `npm run check`. Each counts as one. */
export const checks: Stage = {
  name: 'check',
  async run(filters) {
    const failures: StageResult['failures'][number][] = [];
    let passed = 0;
    for (const [title, args] of Object.entries(commands)) {
      if (filters.length > 0 && !filters.some((filter) => title.includes(filter))) continue;
      const { code, output } = await run(process.execPath, args, { cwd: root, env: { NO_COLOR: '1' } });
      if (code === 0) passed += 1;
      else failures.push({ title, details: output.trim() });
    }
    return { passed, failures, skips: [] };
  },
};
