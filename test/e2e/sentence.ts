/** An error that Jest prints as one sentence, because what it prints is the stack. */
export function sentence(text: string): Error {
  const error = new Error(text);
  error.stack = text;
  return error;
}
