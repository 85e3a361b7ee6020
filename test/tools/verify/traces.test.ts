import { Traces } from '../../../tools/verify/traces';

test('what was made is removed after its use, also when that fails', async () => {
  const traces = new Traces();
  const remove = jest.fn(async () => undefined);

  await traces.whileThereIs(remove, async () => undefined);
  await expect(traces.whileThereIs(remove, () => Promise.reject(new Error('x')))).rejects.toThrow('x');

  expect(remove).toHaveBeenCalledTimes(2);
});

test('an interruption removes everything once, the last made first, and nothing goes on', async () => {
  const traces = new Traces();
  const removed: string[] = [];
  const remover = (name: string) => async () => void removed.push(name);
  let end: () => void = () => undefined;
  let wentOn = false;
  const outer = traces.whileThereIs(remover('outer'), () =>
    traces.whileThereIs(remover('inner'), () => new Promise<void>((resolve) => (end = resolve))),
  );
  void outer.then(() => (wentOn = true));

  await traces.removeAll();
  end();
  await new Promise((resolve) => setImmediate(resolve));

  expect(removed).toEqual(['inner', 'outer']);
  expect(wentOn).toBe(false);
});
