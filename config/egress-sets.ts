/** Names that many need together, by the name of the set: one line each, with its source. */
export const EGRESS_SETS = {
  /** https://docs.anthropic.com/en/api/overview */
  anthropic: ['api.anthropic.com'],
  /** https://platform.openai.com/docs/api-reference/introduction */
  openai: ['api.openai.com'],
  /** To clone, push, release and call the API: https://docs.github.com/en/actions/reference/runners/self-hosted-runners */
  github: ['github.com', 'api.github.com', 'codeload.github.com', '*.githubusercontent.com'],
  /** https://docs.gitlab.com/user/gitlab_com/ */
  gitlab: ['gitlab.com'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type EgressSet = keyof typeof EGRESS_SETS;
