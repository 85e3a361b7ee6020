import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedProfiles } from '../config/load';
import { find, objectsOfToml } from './render';

const README = readFileSync(join(__dirname, '../README.md'), 'utf8');
const EXAMPLE = /```toml\n([\s\S]*?)```/.exec(README)![1]!;

describe("the README's profile of one's own", () => {
  const objects = objectsOfToml(EXAMPLE);

  test('is a file of ten lines', () => {
    expect(EXAMPLE.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(10);
  });

  test('changes what it names and keeps the rest of its parent', () => {
    expect(find(objects, 'Namespace', 'team-a').metadata).toMatchObject({
      name: 'team-a',
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    });
    expect(objects.filter(({ kind }) => kind === 'Ingress').map(({ spec }) => spec.rules[0].host)).toEqual([
      'alice.team-a.example.com',
      'bob.team-a.example.com',
    ]);
    expect(find(objects, 'HorizontalPodAutoscaler').spec).toMatchObject({ minReplicas: 2, maxReplicas: 10 });
  });

  test('lets a sandbox go nowhere', () => {
    const names = objects.filter(({ kind }) => kind === 'NetworkPolicy').map(({ metadata }) => metadata.name);

    expect(names).not.toContain('openhands-runtime-allow-internet');
  });
});

test.each(shippedProfiles())("the README's table names the profile %s", (name) => {
  expect(README).toContain(`\`${name}\``);
});
