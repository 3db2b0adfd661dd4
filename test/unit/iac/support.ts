import { readTemplate } from '../../../src/iac/readTemplate.ts';
import type { Declarations } from '../../../src/iac/declarations.ts';

export const scope = { region: 'eu-west-1', account: '123456789012' };

/** Reads a template given without its resources' indentation mattering to the reader of the test. */
export function read(text: string, file = '/work/shop/template.yaml'): Declarations {
  return readTemplate({ file, text, scope });
}

/** `error 5:3 message`, as tests compare problems. */
export function problemsOf({ problems }: Declarations): string[] {
  return problems.map(({ severity, line, column, message }) => `${severity} ${line}:${column} ${message}`);
}

/** A template of one SAM function `Orders`, its properties given as lines. */
export function samFunction(...properties: readonly string[]): string {
  return [
    'Transform: AWS::Serverless-2016-10-31',
    'Resources:',
    '  Orders:',
    '    Type: AWS::Serverless::Function',
    '    Properties:',
    '      Handler: app.handler',
    ...properties.map((line) => `      ${line}`),
    '',
  ].join('\n');
}
