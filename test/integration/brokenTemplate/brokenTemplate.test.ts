import assert from 'node:assert/strict';
import { inWorkspace, problemsIn, product } from '../support/product.ts';

describe('a template that does not parse', () => {
  it('is a row of the functions view and a problem on the template, at the place', async () => {
    const api = await product();
    const rows = await api.functionsView();
    assert.equal(rows.length, 1, JSON.stringify(rows));
    assert.match(rows[0]?.label ?? '', /^template\.yaml:\d+$/);
    assert.ok((rows[0]?.description ?? '').length > 0);
    const problems = await problemsIn(inWorkspace('template.yaml'));
    assert.ok(
      problems.some(({ range }) => range.start.line >= 3),
      JSON.stringify(problems),
    );
  });
});
