import { ask, json, type Program } from './program';

/** Today's OpenHands: the agent-server. `key`: of a sandbox that asks for one. */
export const agentServerWithKey = (key?: string): Program => {
  const headers = key === undefined ? undefined : { 'X-Session-API-Key': key };
  const request = (url: string, init?: RequestInit) => ask(url, { ...init, headers: { ...init?.headers, ...headers } });
  return {
    port: 8000,

    async run(url, command) {
      const response = await request(`${url}/api/bash/execute_bash_command`, json({ command, timeout: 30 }));
      const { exit_code, stdout } = (await response.json()) as { exit_code: number; stdout: string | null };
      return { exitCode: exit_code, stdout: (stdout ?? '').trimEnd() };
    },

    async writeFile(url, path, text) {
      const body = new FormData();
      body.append('file', new Blob([text]), 'file');
      await request(`${url}/api/file/upload?path=${encodeURIComponent(path)}`, { method: 'POST', body });
    },

    async readFile(url, path) {
      const response = await request(`${url}/api/file/download?path=${encodeURIComponent(path)}`);
      return response.text();
    },
  };
};

/** Today's OpenHands, open to whoever reaches it. */
export const agentServer = agentServerWithKey();
