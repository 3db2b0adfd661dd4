#!/usr/bin/env node
// What @vscode/test-electron starts in place of VS Code's own executable: it takes the same flags.
await import('./code.ts');
