import { API_KEY } from './objects';
import { ask } from './program';

/** The agent-server's API as a client of a person's uses it: what is set, and conversations. */
export class Client {
  constructor(private readonly url: string) {}

  async request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await ask(this.url + path, {
      method,
      headers: { 'Content-Type': 'application/json', 'X-Session-API-Key': API_KEY, 'X-Expose-Secrets': 'plaintext' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return (await response.json()) as T;
  }

  /** The LLM in effect, and the key that it is asked with. */
  async llm(): Promise<{ readonly model: string; readonly api_key: string | null }> {
    const settings = await this.request<{ agent_settings: { llm: { model: string; api_key: string | null } } }>(
      'GET',
      '/api/settings',
    );
    return settings.agent_settings.llm;
  }

  /** Start a conversation in its default folder, as Agent Canvas does. @returns its id */
  async start(text: string): Promise<string> {
    const { home } = await this.request<{ home: string }>('GET', '/api/file/home');
    const profiles = await this.request<{ active_agent_profile_id: string }>('GET', '/api/agent-profiles');
    const { id } = await this.request<{ id: string }>('POST', '/api/conversations', {
      agent_profile_id: profiles.active_agent_profile_id,
      workspace: { working_dir: `${home}/workspace/project/e2e` },
      initial_message: { content: [{ type: 'text', text }], run: true },
    });
    return id;
  }

  async goOn(id: string, text: string): Promise<void> {
    await this.request('POST', `/api/conversations/${id}/events`, {
      role: 'user',
      content: [{ type: 'text', text }],
      run: true,
    });
  }

  /** What the agent said last; empty while it works. */
  async answer(id: string): Promise<string> {
    const { execution_status } = await this.request<{ execution_status: string }>('GET', `/api/conversations/${id}`);
    if (execution_status !== 'finished') return '';
    const path = `/api/conversations/${id}/agent_final_response`;
    return (await this.request<{ response: string }>('GET', path)).response;
  }
}
