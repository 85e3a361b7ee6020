/** The Secret with a session's `<owner>.api-key` and `<owner>.secret-key`; the pool's owner is its name. */
export const SESSION_KEYS = 'openhands-session-keys';

/** Its copy for the idle suspender, in another namespace: every `<owner>.api-key`, and no `<owner>.secret-key`. */
export const IDLE_KEYS = 'openhands-idle-keys';
