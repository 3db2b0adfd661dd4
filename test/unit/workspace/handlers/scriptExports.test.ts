import assert from 'node:assert/strict';
import { exportIn } from '../parser.ts';

const find = exportIn.bind(undefined, 'javascript');

describe('an export of a JavaScript file', () => {
  const found: readonly [text: string, place: string, name?: string][] = [
    ['exports.handler = async (event) => event;', '1:1'],
    ['// a\nexports.handler = function (event, context, callback) {};', '2:1'],
    ["exports['handler'] = () => 1", '1:1'],
    ['module.exports.handler = async () => {};', '1:1'],
    ['module.exports = { handler: async () => {} };', '1:20'],
    ['module.exports = {\n  async handler() {},\n};', '2:3'],
    ["module.exports = { 'handler': () => 1 };", '1:20'],
    ['async function handler() {}\nmodule.exports = { handler };', '1:1'],
    ['const run = async () => {};\n\nmodule.exports = { handler: run };', '1:1'],
    ['const run = wrap(async () => {});\nexports.handler = run;', '1:1'],
    ['exports = module.exports = { handler() {} };', '1:30'],
    ['exports.handler = exports.other = async () => {};', '1:1'],
    ['exports.handler = middy(base).use(x());', '1:1'],
    ["exports.handler = require('./other').handler;", '1:1'],
    ['exports.handler = void 0;\nexports.handler = async () => {};', '2:1'],
    ['export const handler = async () => {};', '1:1'],
    ['export const a = 1,\n  handler = () => 1;', '1:1'],
    ['export async function handler() {}', '1:1'],
    ['export function* handler() {}', '1:1'],
    ['const x = async () => {};\nexport { x as handler };', '1:1'],
    ['const handler = async () => {};\nexport { handler };', '1:1'],
    ["export { handler } from './other.js';", '1:10'],
    ["import { handler } from './other.js';\nexport { handler };", '2:10'],
    ['export default async () => {};', '1:1', 'default'],
    ['export default async function handler() {}', '1:1', 'default'],
    ['const f = () => 1;\nexport { f as default };', '1:1', 'default'],
    ['export const { handler } = makeAll();', '1:1'],
    ['export let handler;', '1:1'],
    ['exports.api = { v1: { handler: () => 1 } };', '1:23', 'api.v1.handler'],
    ['const api = { handler() {} };\nexport { api };', '1:15', 'api.handler'],
    ['#!/usr/bin/env node\n"use strict";\nexports.handler = () => 1;', '3:1'],
  ];
  for (const [text, place, name] of found) {
    it(`is found: ${JSON.stringify(text)}`, async () => assert.equal(await find(text, name), place));
  }

  const absent: readonly [text: string, name?: string][] = [
    ['exports.other = async () => {};'],
    ['const handler = async () => {};'],
    ['async function handler() {}'],
    [
      "// exports.handler = () => 1\nconst s = 'exports.handler = () => 1';".replace(
        "'exports.handler = () => 1'",
        '1',
      ),
    ],
    ['export const other = 1;'],
    ['exports.handler = 1;'],
    ['exports.handler = {};'],
    ['exports.handler = void 0;'],
    ["export const handler = 'text';"],
    ['export class handler {}'],
    ['const handler = [1];\nexport { handler };'],
    ["export * as handler from './other.js';"],
    ['exports.handler = () => 1;\nmodule.exports = { other() {} };'],
    ['export default () => 1;'],
    ['module.exports = { api: { handler() {} } };', 'api.other'],
    [''],
  ];
  for (const [text, name] of absent) {
    it(`is certainly not there: ${JSON.stringify(text)}`, async () => assert.equal(await find(text, name), 'absent'));
  }

  for (const text of [
    "module.exports = require('./other');",
    'module.exports = { ...other };',
    "module.exports = { ['hand' + 'ler']: () => 1 };",
    'if (x) exports.handler = () => 1;',
    'function init() { exports.handler = () => 1; }',
    "Object.defineProperty(exports, 'handler', { value: f });",
    'module.exports = __toCommonJS(app_exports);',
    "export * from './other.js';",
  ]) {
    it(`can't be told: ${JSON.stringify(text)}`, async () => assert.equal(await find(text), 'dynamic'));
  }

  for (const [text, place] of [
    ['exports.handler = async (event => event;', 'syntax 1'],
    ['const a = 1;\nconst b = ;\nexports.handler = () => 1;', 'syntax 2'],
    ['function open() {\nexports.handler = () => 1;', /^syntax \d$/],
    ['const t = `open\nexports.handler = () => 1;', /^syntax \d$/],
    ['exports.handler = (event: Event) => 1;', 'syntax 1'],
  ] as const) {
    it(`is not proven by a file with a syntax error: ${JSON.stringify(text)}`, async () => {
      if (typeof place === 'string') assert.equal(await find(text), place);
      else assert.match(await find(text), place);
    });
  }

  it('has to be of the kind the file is loaded as', async () => {
    assert.equal(await find('exports.handler = () => 1;', 'handler', 'module'), 'absent');
    assert.equal(await find('export const handler = () => 1;', 'handler', 'commonjs'), 'absent');
    assert.equal(await find('exports.handler = () => 1;', 'handler', 'commonjs'), '1:1');
    assert.equal(await find('export const handler = () => 1;', 'handler', 'module'), '1:1');
  });
});
