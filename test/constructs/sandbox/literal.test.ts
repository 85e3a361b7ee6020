import { literal } from '../../../constructs/sandbox/literal';
import { objectsOfToml, podOf, type Rendered } from '../../render';

const KNOWN: Readonly<Record<string, string>> = { HOME: '/home/openhands' };

/** What the kubelet makes of a value: k8s.io/kubernetes/third_party/forked/golang/expansion. */
function expand(text: string): string {
  let expanded = '';
  for (let at = 0; at < text.length; at++) {
    const [, name] = /^\$\(([^)]*)\)/.exec(text.slice(at)) ?? [];
    if (text.startsWith('$$', at)) {
      expanded += '$';
      at += 1;
    } else if (name !== undefined) {
      expanded += KNOWN[name] ?? `$(${name})`;
      at += name.length + 2;
    } else {
      expanded += text[at];
    }
  }
  return expanded;
}

test.each([
  '$(HOME)',
  '$$(HOME)',
  '$$$(HOME)',
  '$$$$(HOME)',
  '$(OTHER)',
  'echo $(date) > $HOME/$(HOME)',
  'pa$$word',
  'a$$$b',
  '$',
  '$$',
  'ends in $',
  'ends in $$',
  '$(HOME',
  '$()',
  '($HOME)',
  '${HOME}',
  '$($(HOME))',
  'nothing',
  '',
])('%j arrives as it is', (text) => {
  expect(expand(literal(text))).toBe(text);
});

test('without literal it would not', () => {
  expect(expand('$(HOME)')).toBe('/home/openhands');
  expect(expand('pa$$word')).toBe('pa$word');
});

test.each(['$HOME', '${HOME}', 'costs $5', '$'])('%j is left alone, because Kubernetes leaves it alone', (text) => {
  expect(literal(text)).toBe(text);
});

const variable = (toml: string): Rendered =>
  podOf(objectsOfToml(toml)).spec.containers[0].env.find(({ name }: Rendered) => name === 'GREETING');

const GREETING = '[sandbox.runtime_startup_env_vars]\nGREETING = "$(HOME) pa$$word"\n';

test('a variable of the agent-server says it so that it arrives as it is', () => {
  expect(variable(`${GREETING}[deploy]\ncontract = "agent-server"`).value).toBe('$$(HOME) pa$$$$word');
});

test('a path in a variable of the program’s own and in an argument arrives as it is, too', () => {
  const toml = '[core]\nworkspace_mount_path_in_sandbox = "/$(HOME)"\n[deploy]\ncontract = "agent-server"';
  const { containers, initContainers } = podOf(objectsOfToml(toml)).spec;

  expect(containers[0].env).toContainEqual({ name: 'OH_WORKSPACE_PATH', value: '/$$(HOME)/project' });
  expect(initContainers[0].command).toContain('/$$(HOME)/.home');
});

test('a variable of OpenHands 0.62’s program is what OpenHands wrote', () => {
  expect(variable(GREETING).value).toBe('$(HOME) pa$$word');
});
