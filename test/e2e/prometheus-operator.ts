import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { Background, freePort } from './background';
import { eventually } from './eventually';
import { kubectl } from './kubectl';
import { create, type Manifest } from './objects';
import { sentence } from './sentence';

export interface PrometheusOperatorProps {
  /** Where a Prometheus and an Alertmanager are described, of which no Pod runs. */
  readonly namespace: string;
  /** What they select in it. */
  readonly watched: string;
  /** Labels of what they select. */
  readonly selector: Readonly<Record<string, string>>;
}

const NAME = 'e2e';

/** The versions of the programs that the generated files are for. */
const PROMETHEUS_VERSION = 'v3.12.0';
/** Debian's, whose amtool reads them. */
const ALERTMANAGER_VERSION = 'v0.25.0';

/** The real prometheus-operator, on this machine: it turns what a profile renders into files for Prometheus and Alertmanager. */
export class PrometheusOperator {
  private operator: Background | undefined;

  constructor(private readonly props: PrometheusOperatorProps) {}

  /** @param api the Kubernetes API, as one asks it without a password */
  async start(api: string): Promise<void> {
    const { namespace, watched } = this.props;
    this.operator = await Background.start(
      'prometheus-operator',
      `--apiserver=${api}`,
      // Nobody else's objects.
      `--namespaces=${namespace},${watched}`,
      `--web.listen-address=127.0.0.1:${await freePort()}`,
    );
    await create(this.prometheus(), this.alertmanager());
  }

  /** Prometheus's configuration file. */
  prometheusConfig(): Promise<string> {
    return this.secretEntry(`prometheus-${NAME}`, 'prometheus.yaml.gz');
  }

  /** Prometheus's rule files: name to text. */
  async ruleFiles(): Promise<Record<string, string>> {
    const { stdout } = await kubectl('get', 'configmap', `prometheus-${NAME}-rulefiles-0`, this.inNamespace, '-o=json');
    return JSON.parse(stdout).data ?? {};
  }

  /** Alertmanager's configuration file. */
  alertmanagerConfig(): Promise<string> {
    return this.secretEntry(`alertmanager-${NAME}-generated`, 'alertmanager.yaml.gz');
  }

  async stop(): Promise<void> {
    await this.operator?.stop();
  }

  private get inNamespace() {
    return `--namespace=${this.props.namespace}`;
  }

  private prometheus(): Manifest {
    const podMonitorSelector = { matchLabels: this.props.selector };
    return {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'Prometheus',
      metadata: { name: NAME, namespace: this.props.namespace },
      spec: {
        replicas: 0,
        version: PROMETHEUS_VERSION,
        evaluationInterval: '5s',
        podMonitorSelector,
        podMonitorNamespaceSelector: {},
        ruleSelector: podMonitorSelector,
        ruleNamespaceSelector: {},
      },
    };
  }

  private alertmanager(): Manifest {
    return {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'Alertmanager',
      metadata: { name: NAME, namespace: this.props.namespace },
      spec: {
        replicas: 0,
        version: ALERTMANAGER_VERSION,
        alertmanagerConfigSelector: { matchLabels: this.props.selector },
        alertmanagerConfigNamespaceSelector: {},
      },
    };
  }

  /** An entry that has come to speak of what is watched. */
  private async secretEntry(name: string, key: string): Promise<string> {
    let text = '';
    const isComplete = async () => {
      const { stdout } = await kubectl('get', 'secret', name, this.inNamespace, '--ignore-not-found', '-o=json');
      const data = stdout && JSON.parse(stdout).data?.[key];
      text = data ? gunzipSync(Buffer.from(data, 'base64')).toString() : '';
      return text.includes(this.props.watched);
    };
    if (await eventually(isComplete, true, 120)) return text;
    throw sentence(`Secret ${name} says nothing of ${this.props.watched}: ${JSON.stringify(text && parse(text))}`);
  }
}
