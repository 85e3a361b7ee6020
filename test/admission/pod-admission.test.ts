import { join } from 'node:path';
import { render } from '../constructs/rendered';
import { find, type Rendered } from '../render';
import { BREAKS } from './breaks';
import { judge } from './judge';
import { podsOf } from './pods';

const { objects } = render(join(__dirname, '../e2e/profiles/admission.toml'));

const demo = (): Rendered => podsOf(find(objects, 'Deployment', 'openhands-runtime-demo'))[0];
const make = (pod: Rendered) => judge(objects, { operation: 'CREATE', resource: 'pods', object: pod });

test('the Pod is admitted', () => {
  expect(make(demo())).toEqual([]);
});

test.each(BREAKS)('a Pod with $what is refused for nothing else', ({ change, message }) => {
  const pod = demo();
  change(pod);

  expect(make(pod)).toEqual([message]);
});
