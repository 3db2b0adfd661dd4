import assert from 'node:assert/strict';
import { describeError, redact } from '../../../src/host/errorText.ts';

describe('errors in the log', () => {
  it('come with their causes, and without what signs', () => {
    const cause = new Error("The Canonical String should have been\n'POST\nx-amz-security-token:SECRETTOKEN/+=\n'");
    const text = describeError(new Error('Could not send', { cause }));
    assert.match(text, /Could not send[^]*Caused by: Error: The Canonical String/);
    assert.doesNotMatch(text, /SECRETTOKEN/);
  });

  it('keep no token or key, however it is written', () => {
    const secret = 'aB3/x+=';
    for (const text of [
      `authorization: Bearer ${secret}`,
      `Credential=${secret}, SignedHeaders=host, Signature=${secret}`,
      `"sessionToken":"${secret}"`,
      `secretAccessKey: ${secret}`,
      `X-Amz-Security-Token=${secret}&x=1`,
    ]) {
      assert.doesNotMatch(redact(text), /aB3/);
    }
  });
});
