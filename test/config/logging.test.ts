import { load, refusals } from './config-file';

const HEAD = '[deploy]\ncontract = "agent-server"\n[deploy.logging]\n';
const TABLE = '[deploy.logging.elasticsearch]\nurl = "https://search.example.com"\n';

test.each([['https://elasticsearch.search.svc:9200'], ['https://search.example.com'], ['https://10.0.0.1:9200/path']])(
  '%s is where Elasticsearch may be',
  (url) => {
    expect(() =>
      load(`${HEAD}handlers = ["elasticsearch"]\n[deploy.logging.elasticsearch]\nurl = "${url}"`),
    ).not.toThrow();
  },
);

test.each([['http://search.example.com'], ['search.example.com:9200'], ['https://search.example.com?x=1']])(
  '%s is refused: not over TLS, or no plain address',
  (url) => {
    expect(refusals(`${HEAD}handlers = ["elasticsearch"]\n[deploy.logging.elasticsearch]\nurl = "${url}"`)).toEqual([
      expect.stringMatching(
        /^config.toml:6: deploy.logging.elasticsearch.url: must be an https:\/\/ URL without a user, such as .*, got /,
      ),
    ]);
  },
);

test('a password in the URL is refused and not shown', () => {
  const [refusal, ...others] = refusals(
    `${HEAD}handlers = ["elasticsearch"]\n[deploy.logging.elasticsearch]\nurl = "https://elastic:hunter2@search.example.com"`,
  );

  expect(refusal).toMatch(/^config.toml:6: deploy.logging.elasticsearch.url: /);
  expect([refusal, ...others].join()).not.toContain('hunter2');
});

test.each([
  [
    'handlers = ["console", "console"]',
    'config.toml:4: deploy.logging.handlers[1]: must differ from the others, got console twice',
  ],
  [
    'handlers = ["elasticsearch"]',
    'config.toml:4: deploy.logging.handlers: elasticsearch needs to know where that is: add [deploy.logging.elasticsearch]',
  ],
  [
    TABLE,
    'config.toml:4: deploy.logging.elasticsearch: needs the handler "elasticsearch", which deploy.logging.handlers leaves out',
  ],
  [
    `handlers = ["elasticsearch"]\n${TABLE}collector = "Sidecar"`,
    'config.toml:7: deploy.logging.elasticsearch.collector: Sidecar reads the files of the handler "file", which deploy.logging.handlers leaves out',
  ],
  [
    `handlers = ["elasticsearch"]\n${TABLE}queue_size = "1Mi"`,
    'config.toml:7: deploy.logging.elasticsearch.queue_size: must be at least 16Mi, got "1Mi"',
  ],
  [
    `handlers = ["elasticsearch"]\n${TABLE}data_stream = "Logs"`,
    'config.toml:7: deploy.logging.elasticsearch.data_stream: must be the name of a data stream, in lower case, got "Logs"',
  ],
  [
    'handlers = []',
    'config.toml:4: deploy.logging.handlers: must be at least one of console, file, elasticsearch, got a list',
  ],
  [
    'file = { rotate_when = "never" }',
    'config.toml:4: deploy.logging.file.rotate_when: must be S, M, H, D, midnight or W0 to W6, got "never"',
  ],
])('%j is refused', (lines, refusal) => {
  expect(refusals(HEAD + lines)).toEqual([refusal]);
});

test('the action execution server has no handler file', () => {
  expect(refusals('[deploy.logging]\nhandlers = ["console", "file"]')).toEqual([
    'config.toml:2: deploy.logging.handlers: file needs contract agent-server: action-execution-server keeps its log ' +
      'beside its own code and cannot be told elsewhere',
  ]);
});

const noticesOf = (toml: string) => load(toml).notices.filter((it) => it.includes('deploy.logging'));

test('the console is always there, and leaving it out is told', () => {
  expect(noticesOf(`${HEAD}handlers = ["file"]`)).toEqual([
    expect.stringContaining("deploy.logging.handlers: leaves console out: a container's stderr is always there"),
  ]);
  expect(noticesOf(HEAD)).toEqual([]);
});

test('a level that core.debug overrides is told', () => {
  expect(noticesOf(`core.debug = true\n${HEAD}level = "ERROR"`)).toEqual([
    expect.stringContaining('deploy.logging.level: has no effect beside core.debug = true'),
  ]);
  expect(noticesOf(`core.debug = true\n${HEAD}level = "DEBUG"`)).toEqual([]);
});
