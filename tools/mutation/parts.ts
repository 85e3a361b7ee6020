/** What is changed on purpose, a folder or a file, and the tests that are about it: they must notice. */
export const PARTS: Readonly<Record<string, string>> = {
  'config/rules': 'test/config',
  'constructs/namespace/quota.ts': 'test/constructs/namespace',
  'constructs/policy': 'test/constructs/policy',
  'constructs/scheduling/availability.ts': 'test/constructs/scheduling',
  'tools/verify': 'test/tools/verify',
};

/** The part that a folder, a file, or some lines of it, `FILE:FROM-TO`, belong to. */
export const partOf = (path: string): string | undefined =>
  Object.keys(PARTS).find((part) => path === part || path.startsWith(`${part}/`) || path.startsWith(`${part}:`));
