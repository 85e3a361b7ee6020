import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Rendered } from '../render';
import { Background, freePort } from './background';

/** One series and its value now. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusProps {
  /** The configuration that prometheus-operator has generated, for a Pod. */
  readonly config: string;
  readonly ruleFiles: Readonly<Record<string, string>>;
  /** Addresses of the configuration that only a Pod can reach, and what leads there from here. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The Kubernetes API, without a password: `kubectl proxy`. */
  readonly api: string;
  /** What else is scraped. */
  readonly jobs: readonly object[];
}

/** A real Prometheus on this machine, with what is generated for one in the cluster. */
export class Prometheus {
  private constructor(
    private readonly url: string,
    private readonly folder: string,
    private readonly process: Background,
  ) {}

  static async start(props: PrometheusProps): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'openhands-e2e-'));
    const rules = join(folder, 'rules');
    mkdirSync(rules);
    for (const [name, text] of Object.entries(props.ruleFiles)) writeFileSync(join(rules, name), text);
    const file = join(folder, 'prometheus.yaml');
    writeFileSync(file, stringify(configFrom(props, join(rules, '*.yaml'))));
    const address = `127.0.0.1:${await freePort()}`;
    const process = await Background.start(
      'prometheus',
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    );
    await process.says(/Server is ready to receive web requests/);
    return new Prometheus(`http://${address}`, folder, process);
  }

  /** An instant query, at the present. */
  async query(expression: string): Promise<Sample[]> {
    const { result } = await this.get(`query?query=${encodeURIComponent(expression)}`);
    return result.map(({ metric, value }: Rendered) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** Its rules of a type, each with the state that it is in. */
  async rules(type: 'alert' | 'record'): Promise<Rendered[]> {
    const { groups } = await this.get(`rules?type=${type}`);
    return groups.flatMap(({ rules }: Rendered) => rules);
  }

  /** What it scrapes, and what came of it last. */
  async targets(): Promise<Rendered[]> {
    return (await this.get('targets?state=active')).activeTargets;
  }

  async stop(): Promise<void> {
    await this.process.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async get(path: string): Promise<Rendered> {
    const response = await fetch(`${this.url}/api/v1/${path}`);
    const { status, data, error } = (await response.json()) as Rendered;
    if (status !== 'success') throw new Error(`${path}: ${error}`);
    return data;
  }
}

/** The generated configuration, with what its sidecar would fill in, and with what being outside the cluster changes. */
function configFrom({ config, addresses, api, jobs }: PrometheusProps, ruleFiles: string): Rendered {
  let text = config.replaceAll('$(SHARD)', '0').replaceAll('$(POD_NAME)', 'prometheus-e2e-0');
  for (const [inside, outside] of Object.entries(addresses)) {
    if (!text.includes(inside)) throw new Error(`Prometheus is told of no ${inside}`);
    text = text.replaceAll(inside, outside);
  }
  const parsed: Rendered = parse(text);
  for (const { kubernetes_sd_configs = [] } of parsed.scrape_configs) {
    for (const discovery of kubernetes_sd_configs) discovery.api_server = api;
  }
  return { ...parsed, rule_files: [ruleFiles], scrape_configs: [...parsed.scrape_configs, ...jobs] };
}
