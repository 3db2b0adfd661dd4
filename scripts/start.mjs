import { bootstrap } from './bootstrap.mjs';

await bootstrap();
await import('./start/main.ts');
