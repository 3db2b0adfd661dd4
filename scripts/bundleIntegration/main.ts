// For F5 on the integration tests: the extension, and the suites of every behaviour.
import { buildAll } from '../../esbuild.mjs';
import { behaviourNames, bundleSuites } from '../test/behaviours.ts';

await buildAll({ production: false });
for (const name of await behaviourNames()) await bundleSuites(name);
