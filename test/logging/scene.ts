import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../e2e/eventually';
import { Collector } from './collector';
import { Elasticsearch, type Document } from './elasticsearch';
import { selfSigned } from './key-pair';
import { ContainerLog } from './node-files';

export interface SceneProps {
  readonly contract?: 'agent-server' | 'action-execution-server';
  /** Further lines of `[deploy.logging.elasticsearch]`. */
  readonly settings?: string;
  /** Further tables of the profile. */
  readonly tables?: string;
  /** Variables that the collector's Pod would give it. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A node with a sandbox's log, a collector that reads it, and the Elasticsearch that it writes to. */
export class Scene {
  static readonly POD = 'openhands-runtime-demo-6d9f7c5b8-x2k4q';
  readonly folder = mkdtempSync(join(tmpdir(), 'openhands-logs-'));
  readonly pods = join(this.folder, 'pods');
  private readonly keyPair = selfSigned(this.folder, 'localhost');
  readonly elasticsearch = new Elasticsearch(this.keyPair);
  readonly log = new ContainerLog(this.pods, Scene.POD);
  private made: Collector | undefined;

  constructor(private readonly props: SceneProps = {}) {}

  get collector(): Collector {
    if (this.made === undefined) throw new Error('The scene has not begun');
    return this.made;
  }

  async begin(): Promise<void> {
    await this.elasticsearch.start();
    const { contract = 'agent-server', settings = '', tables = '', env } = this.props;
    const handlers = settings.includes('Sidecar') ? '"file", "elasticsearch"' : '"elasticsearch"';
    const toml = `
      [kubernetes]
      namespace = "openhands"
      [deploy]
      contract = "${contract}"
      [deploy.logging]
      handlers = ["console", ${handlers}]
      [deploy.logging.elasticsearch]
      url = "https://localhost:${this.elasticsearch.port}"
      own_ca = true
      ${settings}
      ${tables}`;
    this.made = new Collector({ folder: this.folder, authority: this.keyPair.cert, toml, env });
    await this.made.start();
  }

  /** The documents, once there are so many. */
  async documents(count: number, seconds = 60): Promise<Document[]> {
    await eventually(async () => this.elasticsearch.documents.length, count, seconds);
    return this.elasticsearch.documents;
  }

  async end(): Promise<void> {
    await this.made?.stop('SIGKILL');
    await this.elasticsearch.stop();
    rmSync(this.folder, { recursive: true });
  }
}

/** A record of the agent-server. */
export const record = (message: string): string => JSON.stringify({ levelname: 'INFO', name: 'openhands', message });

/** The messages of documents, in the order of their numbers. */
export const messagesOf = (documents: readonly Document[]): string[] =>
  documents.map(({ message }) => message as string).sort((a, b) => Number(a) - Number(b));

/** `count` messages, from `first` on. */
export const numbers = (count: number, first = 0): string[] =>
  Array.from({ length: count }, (_, index) => String(first + index));

/** What the tests of a file do with a scene, which each of them has of its own. */
export function scenes() {
  let scene: Scene;
  afterEach(() => scene.end());
  return {
    async begin(settings = ''): Promise<Scene> {
      scene = new Scene({ settings });
      await scene.begin();
      return scene;
    },
    /** `count` records, from `first` on. */
    print: (first: number, count: number) => scene.log.print(numbers(count, first).map(record).join('\n')),
    /** The messages, once there are so many. */
    stored: async (count: number, seconds?: number) => messagesOf(await scene.documents(count, seconds)),
  };
}
