import type { AddressInfo } from 'node:net';
import { answer, FILE, server } from './e2e/stand-in-model-program';

const terminal = { function: { name: 'terminal', parameters: { properties: { command: {}, security_risk: {} } } } };
const user = (content: string) => ({ role: 'user', content });

describe('the stand-in model', () => {
  test("answers a person's first message with a command that makes a file", () => {
    const said = answer({ model: 'm', messages: [user('hello')], tools: [terminal] });

    expect(said).toEqual({
      tool: 'terminal',
      arguments: { command: `echo "message 1" >> ${FILE}; cat ${FILE}`, security_risk: 'LOW' },
    });
  });

  test('answers what the command printed with a text', () => {
    const messages = [user('hello'), { role: 'assistant' }, { role: 'tool', content: [{ text: 'message 1' }] }];

    expect(answer({ model: 'm', messages, tools: [terminal] })).toEqual({ text: 'The file says:\nmessage 1' });
  });

  test('goes on with a second message', () => {
    const messages = [user('hello'), { role: 'assistant', content: 'The file says' }, user('go on')];
    const said = answer({ model: 'm', messages, tools: [terminal] });

    expect(said).toMatchObject({ arguments: { command: expect.stringContaining('message 2') } });
  });

  test('runs the command that a person orders, and goes on', () => {
    const order = (text: string) => answer({ model: 'm', messages: [user('hello'), user(text)], tools: [terminal] });

    expect(order('run: sleep 60')).toMatchObject({ arguments: { command: 'sleep 60' } });
    expect(order('please run: sleep 60')).toMatchObject({
      arguments: { command: expect.stringContaining('message 2') },
    });
  });

  test('answers with a text when it has no terminal', () => {
    expect(answer({ model: 'm', messages: [user('a title, please')] })).toHaveProperty('text');
  });

  describe('over HTTP', () => {
    let url: string;

    beforeAll(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => server.close());

    const complete = (body: object, key: string) =>
      fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${key}` },
        body: JSON.stringify({ model: 'm', messages: [user('hello')], ...body }),
      });

    test('answers at once', async () => {
      const response = await complete({ tools: [terminal] }, 'one');

      expect(await response.json()).toMatchObject({
        object: 'chat.completion',
        choices: [{ finish_reason: 'tool_calls', message: { tool_calls: [{ function: { name: 'terminal' } }] } }],
      });
    });

    test('streams the same answer', async () => {
      const response = await complete({ stream: true }, 'two');
      const events = (await response.text()).trim().split('\n\n');

      expect(response.headers.get('content-type')).toBe('text/event-stream');
      expect(events.at(-1)).toBe('data: [DONE]');
      const pieces = events.slice(0, -1).map((event) => JSON.parse(event.replace('data: ', '')).choices[0]);
      expect(pieces.map(({ delta }) => delta.content ?? '').join('')).toBe('A file with lines');
      expect(pieces.at(-1)).toMatchObject({ finish_reason: 'stop' });
    });

    test('tells the keys that it was asked with', async () => {
      expect(await (await fetch(`${url}/keys`)).json()).toEqual(['one', 'two']);
    });
  });
});
