import assert from 'node:assert/strict';
import { element, entries, members } from '../../../../src/local/server/xml.ts';

describe('XML of the Query protocol', () => {
  it('escapes what a parser would change or refuse', () => {
    const { xml } = element('A', `<&>"'\r\n\t\u{1f600}\u0000\ud800`, { x: '"' });
    assert.equal(xml, '<A x="&quot;">&lt;&amp;&gt;&quot;&apos;&#xD;\n\t\u{1f600}\ufffd\ufffd</A>');
  });

  it('writes lists and maps', () => {
    assert.equal(members('L', ['1', '2'], (item) => item).xml, '<L><member>1</member><member>2</member></L>');
    assert.equal(entries('M', { a: 'b' }).xml, '<M><entry><key>a</key><value>b</value></entry></M>');
  });
});
