/** What the API server answered when it did not do what it was asked. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** HTTP status. */
    readonly status: number,
    /** One line. */
    message: string,
  ) {
    super(message);
  }
}

/** Nobody answers, however often it is tried. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** The server's own sentence, from the body of its answer. */
export function sentenceOf(body: string, status: number): string {
  try {
    const { message } = JSON.parse(body) as { message?: string };
    if (message) return message.replace(/\s+/g, ' ');
  } catch {
    // Not JSON: a proxy's page, for example.
  }
  return `HTTP ${status} ${body.slice(0, 200).replace(/\s+/g, ' ')}`.trim();
}

/** Whether the same request may be answered in a moment: the server is overloaded, starting or behind a proxy. */
export const isTemporary = (status: number): boolean => [429, 502, 503, 504].includes(status);
