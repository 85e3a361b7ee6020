import type { Finding, Manifest, Manifests } from './objects';

const rulesOf = ({ spec }: Manifest): Manifest[] => spec.groups.flatMap(({ rules }: Manifest) => rules);

/** Names of a recording rule of ours: `level:metric:operations`. */
const RECORDED = /\bopenhands(?::\w+)+/g;

const SEVERITIES = ['critical', 'warning', 'info'];

/** Every alert says how bad it is, whose it is, what has happened and where that is explained. */
export function* alertsExplained(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.ofKind('PrometheusRule')) {
    for (const { alert, labels = {}, annotations = {}, for: time } of rulesOf(object)) {
      if (alert === undefined) continue;
      const missing = [
        ...['summary', 'description', 'runbook_url'].filter((it) => !annotations[it]),
        ...(time === undefined ? ['for'] : []),
        ...(SEVERITIES.includes(labels.severity) ? [] : ['severity']),
        ...(labels.namespace === object.metadata.namespace ? [] : ['namespace']),
      ];
      if (missing.length === 0) continue;
      yield { rule: 'alerts-explained', object, text: `alert ${alert} lacks ${missing.join(', ')}` };
    }
  }
}

/** Every recorded series that a rule reads is recorded, before it. */
export function* seriesRecorded(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.ofKind('PrometheusRule')) {
    const recorded = new Set<string>();
    for (const { alert, record, expr } of rulesOf(object)) {
      for (const [name] of String(expr).matchAll(RECORDED)) {
        if (recorded.has(name)) continue;
        yield {
          rule: 'series-recorded',
          object,
          text: `${alert ?? record} reads ${name}, which is not recorded before`,
        };
      }
      if (record !== undefined) recorded.add(record);
    }
  }
}

const routesOf = (route: Manifest): Manifest[] => [route, ...(route.routes ?? []).flatMap(routesOf)];

/** Every route leads to a receiver, and every receiver has a route. */
export function* receiversRouted(manifests: Manifests): Generator<Finding> {
  for (const object of manifests.ofKind('AlertmanagerConfig')) {
    const routed: string[] = routesOf(object.spec.route).map(({ receiver }) => receiver);
    const receivers: string[] = object.spec.receivers.map(({ name }: Manifest) => name);
    for (const name of routed.filter((it) => !receivers.includes(it))) {
      yield { rule: 'receivers-routed', object, text: `routes to ${name}, which is not there` };
    }
    for (const name of receivers.filter((it) => !routed.includes(it))) {
      yield { rule: 'receivers-routed', object, text: `has the receiver ${name}, to which no route leads` };
    }
  }
}
