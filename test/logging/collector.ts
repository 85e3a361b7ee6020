import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { find, objectsOfToml } from '../render';
import { Elasticsearch } from './elasticsearch';

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

export interface CollectorProps {
  /** Where all of its files are: `pods` stands for /var/log/pods. */
  readonly folder: string;
  /** The profile: its objects have the configuration. */
  readonly toml: string;
  /** Who signs Elasticsearch's certificate. */
  readonly authority: string;
  /** Variables that its Pod would give it. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A real collector with a rendered configuration, on this machine: only its places and ports are others. */
export class Collector {
  private process: ChildProcess | undefined;

  constructor(private readonly props: CollectorProps) {
    mkdirSync(join(props.folder, 'storage'), { recursive: true });
    this.setPassword(Elasticsearch.user.password);
  }

  setPassword(password: string): void {
    writeFileSync(join(this.props.folder, 'password'), password);
  }

  /** What it is started with; without a cluster there is nobody to ask which Pod a file belongs to. */
  private async config(): Promise<string> {
    const { folder, toml } = this.props;
    const health = await freePort();
    const text = (find(objectsOfToml(toml), 'ConfigMap', 'openhands-logs').data['config.yaml'] as string)
      .replaceAll('/var/log/pods', join(folder, 'pods'))
      .replaceAll('/workspace', join(folder, 'workspace'))
      .replaceAll('/var/lib/otelcol', join(folder, 'storage'))
      .replaceAll('/etc/elasticsearch', folder)
      .replaceAll(':13133', `127.0.0.1:${health}`);
    const metrics = await freePort();
    this.metrics = `http://127.0.0.1:${metrics}/metrics`;
    this.health = `http://127.0.0.1:${health}/`;
    const config = parse(text);
    delete config.processors.k8s_attributes;
    config.service.pipelines['logs/files'].processors = ['memory_limiter'];
    for (const { pull } of config.service.telemetry.metrics.readers ?? []) {
      pull.exporter.prometheus = { host: '127.0.0.1', port: metrics };
    }
    return stringify(config);
  }

  private health = '';
  private metrics = '';

  /** How many records a receiver has taken, as Prometheus is told. */
  async accepted(receiver: string): Promise<number> {
    const text = await (await fetch(this.metrics)).text();
    const line = new RegExp(`^otelcol_receiver_accepted_log_records\\{receiver="${receiver}"[^}]*\\} (\\d+)$`, 'm');
    return Number(line.exec(text)?.[1] ?? 0);
  }

  async start(): Promise<void> {
    const { folder, authority, env } = this.props;
    writeFileSync(join(folder, 'ca.crt'), authority);
    const file = join(folder, 'config.yaml');
    writeFileSync(file, await this.config());
    writeFileSync(join(folder, 'username'), Elasticsearch.user.username);
    this.process = spawn('opentelemetry-collector', [`--config=${file}`], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.process.stderr!.pipe(createWriteStream(join(folder, 'collector.log'), { flags: 'a' }));
    await this.ready();
  }

  /** Ask it to stop, or do not ask. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { process } = this;
    this.process = undefined;
    if (process === undefined || process.exitCode !== null) return;
    const gone = new Promise((resolve) => process.once('exit', resolve));
    process.kill(signal);
    await gone;
  }

  private async ready(): Promise<void> {
    for (let tries = 0; tries < 150; tries += 1) {
      if (this.process?.exitCode !== null) break;
      const response = await fetch(this.health).catch(() => undefined);
      if (response?.ok) return;
      await setTimeout(200);
    }
    throw new Error(`The collector did not start: see ${join(this.props.folder, 'collector.log')}`);
  }
}
