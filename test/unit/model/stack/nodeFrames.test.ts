import assert from 'node:assert/strict';
import { nodeFrame, nodeFrames, type StackFrame } from '../../../../src/model/stack/nodeFrames.ts';

describe('a frame of Node.js', () => {
  const task = '/var/task/index.js';
  const cases: readonly [text: string, rest: Omit<StackFrame, 'text'>][] = [
    [`at Runtime.handler (${task}:9:11)`, { functionName: 'handler', path: task, line: 9, column: 11 }],
    [`at Runtime.exports.handler (${task}:9:11)`, { functionName: 'handler', path: task, line: 9, column: 11 }],
    [`at exports.handler (${task}:9:11)`, { functionName: 'handler', path: task, line: 9, column: 11 }],
    [
      'at Runtime.handler (file:///var/task/index.mjs:9:11)',
      { functionName: 'handler', path: '/var/task/index.mjs', line: 9, column: 11 },
    ],
    [`at Runtime.T [as handler] (${task}:1:804)`, { functionName: 'handler', path: task, line: 1, column: 804 }],
    [
      'at handler (/src/processTask.ts:27:13)',
      { functionName: 'handler', path: '/src/processTask.ts', line: 27, column: 13 },
    ],
    [
      'at Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:1173:29)',
      { functionName: 'handleOnceNonStreaming', path: '/var/runtime/index.mjs', line: 1173, column: 29 },
    ],
    [`at async run (${task}:3:5)`, { functionName: 'run', path: task, line: 3, column: 5 }],
    [`at async ${task}:3:5`, { path: task, line: 3, column: 5 }],
    [`at new Order (${task}:3:5)`, { functionName: 'new Order', path: task, line: 3, column: 5 }],
    ['at Array.forEach (<anonymous>)', { functionName: 'Array.forEach' }],
    ['at async Promise.all (index 0)', { functionName: 'Promise.all' }],
    ['at file:///var/task/index.mjs:114:26', { path: '/var/task/index.mjs', line: 114, column: 26 }],
    ['at node:internal/main/run_main:1:2', { path: 'node:internal/main/run_main', line: 1, column: 2 }],
    [
      'at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
      {
        functionName: 'process.processTicksAndRejections',
        path: 'node:internal/process/task_queues',
        line: 95,
        column: 5,
      },
    ],
    [`at Object.<anonymous> (${task}:1:7)`, { path: task, line: 1, column: 7 }],
    [`at eval (eval at run (${task}:4:3), <anonymous>:1:7)`, { functionName: 'eval', path: task, line: 4, column: 3 }],
    ['at f (/var/task/a (copy)/b.js:1:2)', { functionName: 'f', path: '/var/task/a (copy)/b.js', line: 1, column: 2 }],
    ['at f (file:///var/task/a%20b.mjs:1:2)', { functionName: 'f', path: '/var/task/a b.mjs', line: 1, column: 2 }],
    ['at f (file:///var/task/100%.mjs:1:2)', { functionName: 'f', path: '/var/task/100%.mjs', line: 1, column: 2 }],
    ['at f (C:\\shop\\a.js:1:2)', { functionName: 'f', path: 'C:\\shop\\a.js', line: 1, column: 2 }],
    ['at f (file:///C:/shop/a.js:1:2)', { functionName: 'f', path: 'C:/shop/a.js', line: 1, column: 2 }],
    ['at f (native)', { functionName: 'f' }],
    [`at f (${task}:7)`, { functionName: 'f', path: task, line: 7 }],
  ];
  for (const [text, rest] of cases) {
    it(text, () => assert.deepEqual(nodeFrame(`    ${text}`), { text, ...rest }));
  }
});

describe('a trace of Node.js', () => {
  const frame = '    at f (/var/task/a.js:1:2)';

  it('begins after the message, however many lines that has', () => {
    const trace = ['Error: first', 'second', '', 'third', frame, frame];
    assert.equal(nodeFrames(trace).length, 2);
    assert.equal(nodeFrames(trace, 'first\nsecond\n\nthird').length, 2);
  });

  it('takes no line of the message for a frame', () => {
    const message = 'no luck\n    at the races';
    assert.deepEqual(
      nodeFrames(['Error: no luck', '    at the races', frame], message).map(({ line }) => line),
      [1],
    );
  });

  it('may be missing, in one element, or without a message', () => {
    assert.deepEqual(nodeFrames([]), []);
    assert.equal(nodeFrames([`Error: x\n${frame}\n${frame}`], 'x').length, 2);
    assert.equal(nodeFrames([frame], 'x').length, 1);
    assert.equal(nodeFrames(['Error', frame], '').length, 1);
  });

  it('of a syntax error begins with its place, of which the marks tell the column', () => {
    const code = ['  const x = ;', '            ^', '', "SyntaxError: Unexpected token ';'", frame];
    const message = "SyntaxError: Unexpected token ';'";
    const [first, ...others] = nodeFrames(['/var/task/app.ts:2', ...code], message);
    assert.deepEqual(first, { text: 'at /var/task/app.ts:2', path: '/var/task/app.ts', line: 2, column: 13 });
    assert.equal(others.length, 1);
    const [module] = nodeFrames(['file:///var/task/app.mjs:7', 'const long = 1', '', 'SyntaxError: no'], 'no');
    assert.deepEqual([module?.path, module?.line, module?.column], ['/var/task/app.mjs', 7, undefined]);
  });

  it('of this very process is read whole', () => {
    const error = (function outer(): Error {
      return new TypeError('two\nlines');
    })();
    const [first] = nodeFrames((error.stack ?? '').split('\n'), error.message);
    assert.equal(first?.functionName, 'outer');
    assert.ok(first.path?.endsWith('nodeFrames.test.ts'));
  });
});
