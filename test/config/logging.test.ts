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

const urlRefusals = (url: string, lines = '', tables = '') =>
  refusals(
    `${HEAD}handlers = ["file", "elasticsearch"]\n[deploy.logging.elasticsearch]\nurl = "${url}"\n${lines}\n${tables}`,
  );

test.each(
  ['es.svc', 'svc', 'a.b.c.svc', 'a_b.c.svc', 'a.-b.svc', 'a.b.svc.', 'b.svc.cluster.local', 'a.b.cluster.local'].map(
    (host) => [`https://${host}:9200`],
  ),
)('%s is refused: it looks like a Service and is none', (url) => {
  expect(urlRefusals(url)).toEqual([
    'config.toml:6: deploy.logging.elasticsearch.url: must be a URL whose host is a Service as name.namespace.svc or ' +
      `name.namespace.svc.cluster.local, an address, or a host outside, got "${url}"`,
  ]);
});

test('a port that is none is refused', () => {
  expect(urlRefusals('https://search.example.com:0')).toEqual([
    'config.toml:6: deploy.logging.elasticsearch.url: must be a URL with a port from 1 to 65535, got "https://search.example.com:0"',
  ]);
});

test.each([['https://169.254.169.254'], ['https://[fd00:ec2::254]']])('%s is refused: metadata of a cloud', (url) => {
  expect(urlRefusals(url)).toEqual([
    expect.stringContaining("must be a URL of Elasticsearch, not of a cloud's metadata"),
  ]);
});

test('a Sidecar with a host outside is refused where sandboxes reach nothing', () => {
  const sidecar = 'collector = "Sidecar"';
  const none = '[deploy.network]\negress = "none"';

  expect(urlRefusals('https://search.example.com', sidecar, none)).toEqual([
    expect.stringContaining('deploy.logging.elasticsearch.url: must be a Service of the cluster, or an address: '),
  ]);
  expect(() => load(`${HEAD}handlers = ["elasticsearch"]\n${TABLE}${none}`)).not.toThrow();
});

test.each([['https://elasticsearch.search.svc'], ['https://10.1.2.3']])(
  'a Sidecar with %s is right where sandboxes reach nothing else',
  (url) => {
    expect(() =>
      load(
        `${HEAD}handlers = ["file", "elasticsearch"]\n[deploy.logging.elasticsearch]\nurl = "${url}"\ncollector = "Sidecar"\n[deploy.network]\negress = "none"`,
      ),
    ).not.toThrow();
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
