import { readdirSync } from 'node:fs';
import { ApiObject, App, Chart, JsonPatch, YamlOutputType } from 'cdk8s';
import { loadProfile, shippedProfiles } from '../config/load';
import { k8s } from '../constructs/k8s';
import { compose } from '../main';
import { manifestFiles } from '../manifests';
import { inFolder } from './render';

function appOf(reference: string, outdir?: string): App {
  const app = new App({ outdir, yamlOutputType: YamlOutputType.FILE_PER_CHART });
  compose(app, loadProfile(reference).profile);
  return app;
}

describe.each(shippedProfiles())('the manifests of %s', (reference) => {
  test("are what cdk8s's own App makes of its charts, key for key", () => {
    const app = appOf(reference);
    const expected = app.charts.map((chart) => JSON.stringify(chart.toJson()));

    expect(manifestFiles(app).map(({ objects }) => JSON.stringify(objects))).toEqual(expected);
  });

  test('are in files of the names that cdk8s gives them', () => {
    inFolder((outdir) => {
      const app = appOf(reference, outdir);
      app.synth();

      expect(manifestFiles(app).map(({ name }) => name)).toEqual(readdirSync(outdir));
    });
  });
});

test('a patch of an object is in its manifest', () => {
  const app = new App();
  const map = new k8s.KubeConfigMap(new Chart(app, 'c'), 'map', { metadata: { name: 'a' }, data: { a: 'b' } });
  map.addJsonPatch(JsonPatch.replace('/data/a', 'c'));

  expect(manifestFiles(app)[0]!.objects).toEqual([
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'c' } },
  ]);
});

test('a typed value in a raw object is refused: cdk8s would write its class', () => {
  const app = new App();
  const spec = { port: k8s.IntOrString.fromNumber(1) };
  new ApiObject(new Chart(app, 'c'), 'raw', { apiVersion: 'v1', kind: 'A', metadata: { name: 'a' }, spec });

  expect(() => manifestFiles(app)).toThrow(new TypeError('expected plain JSON, got a IntOrString'));
});
