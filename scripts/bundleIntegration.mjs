import { bootstrap } from './bootstrap.mjs';

await bootstrap();
await import('./bundleIntegration/main.ts');
