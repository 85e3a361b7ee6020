/** Names written with * for any text, and | between several. */
export const namePattern = (text: string): RegExp =>
  new RegExp(
    `^(${text
      .split('*')
      .map((it) => it.replace(/[.+?^${}()[\]\\]/g, '\\$&'))
      .join('.*')})$`,
  );
