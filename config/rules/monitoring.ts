import type { ProfileTables } from '../schema/profile';
import { secondsOf } from '../schema/values';
import type { Path } from '../tables';
import { broken, repeated, type BrokenRule } from './rule';

const ALERTMANAGER: Path = ['deploy', 'monitoring', 'alertmanager'];

export function* alertmanager({ deploy }: ProfileTables): Generator<BrokenRule> {
  const config = deploy.monitoring?.alertmanager;
  if (config === undefined) return;
  const names = config.receivers.map(({ name }) => name);
  yield* repeated(names, (index) => [...ALERTMANAGER, 'receivers', index, 'name']);
  for (const [index, { severities }] of config.receivers.entries()) {
    const twice = severities.find((it, place) => severities.indexOf(it) < place);
    if (twice === undefined) continue;
    yield broken([...ALERTMANAGER, 'receivers', index, 'severities'], `must name each once, got ${twice} twice`);
  }
  if (secondsOf(config.group_interval) === 0) {
    yield broken([...ALERTMANAGER, 'group_interval'], `must be above 0, got ${config.group_interval}`);
  }
  if (secondsOf(config.repeat_interval) < Math.max(1, secondsOf(config.group_interval))) {
    yield broken(
      [...ALERTMANAGER, 'repeat_interval'],
      `must be at least group_interval (${config.group_interval}), got ${config.repeat_interval}`,
      [...ALERTMANAGER, 'group_interval'],
    );
  }
}
