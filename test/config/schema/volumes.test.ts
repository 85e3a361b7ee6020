import { parseVolumes } from '../../../config/schema/volumes';

test.each([
  ['/src:/dst', { source: { hostPath: '/src' }, mountPath: '/dst', readOnly: false }],
  ['/src:/dst:ro', { source: { hostPath: '/src' }, mountPath: '/dst', readOnly: true }],
  ['claim:/dst:rw', { source: { claimName: 'claim' }, mountPath: '/dst', readOnly: false }],
  ['volume:claim:/dst', { source: { claimName: 'claim' }, mountPath: '/dst', readOnly: false }],
  [' claim:/dst ', { source: { claimName: 'claim' }, mountPath: '/dst', readOnly: false }],
])('%j is one mount', (text, mount) => {
  expect(parseVolumes(text)).toEqual({ mounts: [mount], problems: [] });
});

test('items are separated by commas and keep their order', () => {
  const { mounts } = parseVolumes('b:/b, a:/a:ro,/c:/c');
  expect(mounts.map(({ mountPath }) => mountPath)).toEqual(['/b', '/a', '/c']);
});

test.each([
  ['/src', 'source:/mount/path[:mode]'],
  [':/dst', 'source:/mount/path[:mode]'],
  ['/src:dst', 'source:/mount/path[:mode]'],
  ['/src:/dst:overlay', 'without the mode overlay'],
  ['/src:/dst:ro,overlay', 'without the mode overlay'],
  ['/src:/dst:z', 'with the mode ro or rw'],
  ['./src:/dst', 'with an absolute path or the name of a PersistentVolumeClaim'],
  ['Claim:/dst', 'with an absolute path or the name of a PersistentVolumeClaim'],
  ['a:/dst,b:/dst', 'mounted at different paths, got /dst twice'],
])('%j is refused', (text, problem) => {
  expect(parseVolumes(text).problems).toEqual([expect.stringContaining(problem)]);
});
