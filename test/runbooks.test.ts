import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONDITIONS, documentedAlerts, runbookFiles, runbookPages, unconditionalAlerts } from '../tools/docs/runbooks';

const read = (file: string) => readFileSync(join(__dirname, '..', file), 'utf8');

const pages = Object.entries(runbookPages());

test.each(pages)('%s is what `npm run docs` writes', (file, text) => {
  expect(read(file)).toBe(text);
});

test('every alert has its page, and every page its alert', () => {
  expect(runbookFiles().sort()).toEqual(pages.map(([file]) => file).sort());
});

describe.each(documentedAlerts.map(({ alert }) => alert))('the page of %s', (alert) => {
  const text = read(`docs/runbooks/${alert}.md`);

  test('says what it means, how to see it, what to do and when it is over', () => {
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);

    expect(headings).toEqual(['What it means', 'How to see it', 'What to do', 'When it is over']);
  });

  test('has commands and a query', () => {
    expect(text).toMatch(/^ {4,}(kubectl|velero) /m);
    expect(text).toContain('PromQL');
  });

  test('leads only to pages that there are', () => {
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => `docs/runbooks/${link}`);

    expect(links.filter((link) => !runbookFiles().includes(link))).toEqual([]);
  });
});

test('the index says of every alert that not all profiles have when it is there', () => {
  const unconditional = unconditionalAlerts.map(({ alert }) => alert);
  const conditional = documentedAlerts.map(({ alert }) => alert).filter((alert) => !unconditional.includes(alert));

  expect(Object.keys(CONDITIONS).sort()).toEqual(conditional.sort());
});
