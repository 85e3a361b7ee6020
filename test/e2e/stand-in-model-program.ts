/**
 * The program of the stand-in model: one file that Node 24 runs as it is, so nothing but Node's own modules is imported.
 *
 * It speaks the chat completions of an OpenAI-compatible model, streamed or whole, and plays one part. To every message of
 * a person it answers with a command for the agent's terminal: the one that the person orders by `run: COMMAND`, else one
 * that adds a line to a file in the conversation's folder. To what the command printed it answers with a last message that
 * repeats it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';

/** What the agent's file is called, in the conversation's folder. */
export const FILE = 'made-by-the-agent.txt';

interface Message {
  readonly role: string;
  readonly content?: string | readonly { readonly text?: string }[] | null;
}

interface Tool {
  readonly function: {
    readonly name: string;
    readonly parameters?: { readonly properties?: Readonly<Record<string, unknown>> };
  };
}

/** The part of a chat completion's request that decides the answer. */
export interface Request {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly tools?: readonly Tool[];
  readonly stream?: boolean;
}

/** Either a text, or a call of one of the agent's tools. */
export type Answer =
  { readonly text: string } | { readonly tool: string; readonly arguments: Readonly<Record<string, unknown>> };

const textOf = ({ content }: Message): string =>
  typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join('\n');

/** A call of a tool, with what the agent wants to know about every call. */
function call({ function: { name, parameters } }: Tool, args: Record<string, unknown>): Answer {
  const known = parameters?.properties ?? {};
  return {
    tool: name,
    arguments: {
      ...args,
      ...('security_risk' in known && { security_risk: 'LOW' }),
      // Longer than the terminal waits for a command that prints nothing.
      ...('timeout' in known && { timeout: 3600 }),
      ...('summary' in known && { summary: `Add a line to ${FILE}` }),
    },
  };
}

const ORDER = /^run: (.+)/m;

/** What the model says. The nth message of a person adds the line `message n` to {@link FILE}, unless it orders a command. */
export function answer({ messages, tools = [] }: Request): Answer {
  const last = messages.at(-1);
  if (last?.role === 'tool') return { text: `The file says:\n${textOf(last)}` };
  const terminal = tools.find((tool) => tool.function.name === 'terminal');
  // Asked for a title, or whether it is there at all.
  if (terminal === undefined) return { text: 'A file with lines' };
  const fromPerson = messages.filter((message) => message.role === 'user');
  const [, ordered] = ORDER.exec(textOf(fromPerson.at(-1) ?? { role: 'user' })) ?? [];
  if (ordered !== undefined) return call(terminal, { command: ordered });
  const count = fromPerson.length;
  return call(terminal, { command: `echo "message ${count}" >> ${FILE}; cat ${FILE}` });
}

const usage = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 };

/** An answer as a message of OpenAI's API. */
const messageOf = (said: Answer) =>
  'text' in said
    ? { role: 'assistant', content: said.text }
    : {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            index: 0,
            id: `call_${randomUUID()}`,
            type: 'function',
            function: { name: said.tool, arguments: JSON.stringify(said.arguments) },
          },
        ],
      };

const finishReason = (said: Answer) => ('text' in said ? 'stop' : 'tool_calls');

function respond(response: ServerResponse, { model, stream }: Request, said: Answer): void {
  const head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model };
  const message = messageOf(said);
  if (!stream) {
    const choices = [{ index: 0, message, finish_reason: finishReason(said) }];
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }));
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  const chunk = (delta: object, finish_reason: string | null) => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason }],
  });
  // A text comes in pieces, as a model's does.
  const deltas = 'text' in said ? said.text.split(/(?<=\s)/).map((content) => ({ content })) : [message];
  const chunks = [
    chunk({ role: 'assistant' }, null),
    ...deltas.map((delta) => chunk(delta, null)),
    { ...chunk({}, finishReason(said)), usage },
  ];
  for (const it of chunks) response.write(`data: ${JSON.stringify(it)}\n\n`);
  response.end('data: [DONE]\n\n');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

/** The keys that it was asked with, the newest last. */
const keys: string[] = [];

/** Serves `/v1/chat/completions`, and at `/keys` what it was asked with. */
export const server = createServer((request, response) => {
  void (async () => {
    if (request.method === 'POST' && request.url?.endsWith('/chat/completions')) {
      keys.push(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
      const asked = JSON.parse(await bodyOf(request)) as Request;
      respond(response, asked, answer(asked));
      return;
    }
    const body = { '/keys': keys, '/v1/models': { object: 'list', data: [{ id: 'stand-in', object: 'model' }] } }[
      request.url ?? ''
    ];
    response.writeHead(body === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body ?? { error: { message: `nothing at ${request.url}` } }));
  })();
});

if (process.env.STAND_IN_MODEL_PORT) server.listen(Number(process.env.STAND_IN_MODEL_PORT));
