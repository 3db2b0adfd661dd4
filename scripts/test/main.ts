// `npm test [-- STAGE [FILTER…]] [--electron]`: all stages, or one of them.
import { parseArgs } from 'node:util';
import { checks } from './checks.ts';
import { endToEnd, panel, socket, unit } from './mochaStages.ts';
import { lastLine, sum, type Stage, type StageResult } from './stage.ts';
import { inVsCode } from './vscodeStage.ts';

const { values, positionals } = parseArgs({
  options: { electron: { type: 'boolean', default: false }, 'vscode-version': { type: 'string' } },
  allowPositionals: true,
});
const [wanted, ...filters] = positionals;
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const stages: readonly Stage[] = [
  checks,
  unit,
  socket,
  panel(say),
  inVsCode({ desktop: values.electron, version: values['vscode-version'], say }),
  endToEnd(say),
];
const chosen = wanted === undefined ? stages : stages.filter(({ name }) => name === wanted);
if (chosen.length === 0) {
  say(`No stage is called "${wanted}". There are: ${stages.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

const results: StageResult[] = [];
for (const stage of chosen) {
  const start = performance.now();
  const result = await runStage(stage);
  results.push(result);
  for (const { title, details } of result.failures) say(`\n✗ ${stage.name}: ${title}\n${indent(details)}\n`);
  for (const { title, reason } of result.skips) say(`- ${stage.name}: skipped: ${title} (${reason})`);
  say(`${stage.name}: ${lastLine(result)} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}
const total = sum(results);
say(lastLine(total));
process.exitCode = total.failures.length === 0 && total.passed > 0 ? 0 : 1;

async function runStage(stage: Stage): Promise<StageResult> {
  try {
    return await stage.run(filters);
  } catch (error) {
    const details = error instanceof Error ? error.message : String(error);
    return { passed: 0, failures: [{ title: 'it could not be run', details }], skips: [] };
  }
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
