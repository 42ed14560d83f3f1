// Lists the skipped tests of a ctest JUnit file, one a line: name, tab, reason. The reason is what the test printed in
// a line "skip: ...".
import { readFileSync } from 'node:fs';

const unescape = (s) =>
  s.replace(/&(lt|gt|quot|apos|amp);/g, (_, e) => ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[e]);

const text = readFileSync(process.argv[2], 'utf8');
for (const [, attributes, content] of text.matchAll(/<testcase ([^>]*)>(.*?)<\/testcase>/gs)) {
  if (!content.includes('message="SKIP_')) {
    continue;
  }
  const name = unescape(attributes.match(/name="([^"]*)"/)[1]);
  const reason = unescape(content.match(/^(?:.*>)?skip: (.*)$/m)?.[1] ?? '');
  console.log(`${name}\t${reason}`);
}
