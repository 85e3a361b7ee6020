import { AGENT_SERVER_IMAGE } from '../../../config/images';
import { kubectl } from '../../e2e/kubectl';
import { create } from '../../e2e/objects';
import type { Target } from '../../e2e/port-forward';

const NAME = 'relay';

/** Passes each connection on to a host, both ways. */
const program = (host: string, port: number) => `
import asyncio

async def copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()

async def connect():
    # What was sent to a Pod that has just gone is never answered: another connection finds the next.
    while True:
        try:
            return await asyncio.wait_for(asyncio.open_connection("${host}", ${port}), 3)
        except (OSError, asyncio.TimeoutError):
            await asyncio.sleep(1)

async def relay(reader, writer):
    other_reader, other_writer = await connect()
    await asyncio.gather(copy(reader, other_writer), copy(other_reader, writer), return_exceptions=True)

async def main():
    await (await asyncio.start_server(relay, "0.0.0.0", ${port})).serve_forever()

asyncio.run(main())
`;

/** A client's Pod, through which a test reaches a Service as that client does. */
export class Relay implements Target {
  readonly resource = `pod/${NAME}`;

  constructor(
    readonly namespace: string,
    private readonly host: string,
    readonly port: number,
  ) {}

  async start(): Promise<void> {
    const { namespace, host, port } = this;
    await create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: NAME, namespace, labels: { app: NAME } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: NAME,
            image: AGENT_SERVER_IMAGE,
            imagePullPolicy: 'IfNotPresent',
            command: ['python3', '-c', program(host, port)],
            readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
          },
        ],
      },
    });
    await kubectl('wait', this.resource, `--namespace=${namespace}`, '--for=condition=Ready', '--timeout=180s');
  }
}
