import { createServer } from 'node:http';
import { expectStatus } from '../../../tools/verify/status';
import { withServer } from './server';

test('a server that does not answer is told with what was asked', async () => {
  const gone = await withServer(createServer(), async (url) => url);

  await expect(expectStatus(gone, 'the page', '/canvas/', 200)).rejects.toThrow(
    /^GET \/canvas\/: connect ECONNREFUSED 127\.0\.0\.1:\d+$/,
  );
});

test('a server that breaks off is told with what was asked', async () => {
  const breaking = createServer(({ socket }) => socket.destroy());

  await withServer(breaking, async (url) => {
    await expect(expectStatus(url, 'the page', '/canvas/', 200)).rejects.toThrow(/^GET \/canvas\/: socket hang up$/);
  });
});
