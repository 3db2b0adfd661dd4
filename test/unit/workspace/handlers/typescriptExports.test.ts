import assert from 'node:assert/strict';
import { exportIn } from '../parser.ts';

const find = exportIn.bind(undefined, 'typescript');

describe('an export of a TypeScript file', () => {
  const found: readonly [text: string, place: string, name?: string][] = [
    ["import type { Handler } from 'aws-lambda';\n\nexport const handler: Handler = async () => {};", '3:1'],
    ['export const handler = (async () => {}) satisfies Handler;', '1:1'],
    ['export const handler = (async () => {}) as unknown as Handler;', '1:1'],
    ['export const handler = <Handler>(async () => {});', '1:1'],
    ['export const handler = wrap<Event, void>(async () => {});', '1:1'],
    ['const run = async () => {};\nexport const handler = run!;', '1:1'],
    ['export async function handler<T>(event: T): Promise<T> {\n  return event;\n}', '1:1'],
    [
      'export function handler(event: A): void;\nexport function handler(event: B): void;\nexport function handler(event: any) {}',
      '3:1',
    ],
    ['const handler: Handler = async () => {};\nexport { handler, type Handler };', '1:1'],
    ["export { handler } from './other.ts';", '1:10'],
    ['const handler = async () => {};\nexport = { handler };', '1:1'],
    ['export = { handler: (async () => 1) satisfies Handler };', '1:12'],
    ['const all = { handler() {} } as const;\nexport = all as Exports;', 'dynamic'],
    ['const f = async () => {};\nexport default f satisfies Handler;', '1:1', 'default'],
    ['exports.handler = (async () => 1) as Handler;', '1:1'],
    ['export const api = { v1: { handler: () => 1 } } as const;', '1:28', 'api.v1.handler'],
    [
      '@injectable()\nclass A {\n  constructor(private readonly x: string) {}\n}\nexport const handler = () => new A("");',
      '5:1',
    ],
    ['export interface handler {}\nexport const handler = () => 1;', '2:1'],
    ['export enum State { Open }\nexport const handler = () => State.Open;', '2:1'],
  ];
  for (const [text, place, name] of found) {
    it(`is ${place} in ${JSON.stringify(text)}`, async () => assert.equal(await find(text, name), place));
  }

  const absent: readonly [text: string, name?: string][] = [
    ["export type { handler } from './types.ts';"],
    ['interface handler {}\nexport { type handler };'],
    ['export interface handler {}'],
    ['export type handler = () => void;'],
    ['export declare const handler: Handler;'],
    ['export declare function handler(): void;'],
    ['export enum handler { A }'],
    ['export const enum handler { A }'],
    ['export namespace handler { export const a = 1; }'],
    ['export abstract class handler {}'],
    ['export const handler = {} as unknown as Handler;'],
    ["export const handler = 'text' satisfies string;"],
    ['export default interface A {}', 'default'],
    ['export default abstract class A {}', 'default'],
    ['const other = () => 1;\nexport = { other };'],
  ];
  for (const [text, name] of absent) {
    it(`is certainly not there: ${JSON.stringify(text)}`, async () => assert.equal(await find(text, name), 'absent'));
  }

  it('can’t be told where another file or module is exported whole', async () => {
    assert.equal(await find("export * from './other.ts';"), 'dynamic');
    assert.equal(await find("import other = require('./other');\nexport = other;"), 'dynamic');
  });

  it('is not proven by a file with a syntax error', async () => {
    assert.equal(await find('const a: number = 1;\nconst b: = 2;\nexport const handler = () => 1;'), 'syntax 2');
  });

  it('by assignment is none of an ES module', async () => {
    assert.equal(await find('export = { handler() {} };', 'handler', 'module'), 'absent');
    assert.equal(await find('export = { handler() {} };', 'handler', 'commonjs'), '1:12');
  });
});
