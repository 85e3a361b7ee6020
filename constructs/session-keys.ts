/** The Secret with a session's `<owner>.api-key` and `<owner>.secret-key`; the pool's owner is its name. */
export const SESSION_KEYS = 'openhands-session-keys';
