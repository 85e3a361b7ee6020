'use strict';
/*
 * node run.js PROGRAM.ts [ARGUMENT...]: run one of the programs here as a single JavaScript file, which starts several
 * times faster than its sources one by one. esbuild makes that file when it is not there yet. Its name is a digest of all
 * that it is made from, so it is never stale, and two runs at once, of whatever state, do not meet.
 * `node --import tsx PROGRAM.ts` does the same without it, for a debugger.
 */
const { createHash } = require('node:crypto');
const {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { createRequire, Module, SourceMap } = require('node:module');
const { basename, dirname, join, resolve } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

const CACHE = join(__dirname, 'node_modules/.cache/openhands-on-kubernetes');

/** Folders of sources. Those at the top are sources, too. */
const FOLDERS = ['config', 'constructs', 'tools'];

/** Milliseconds after which nobody runs what was replaced. */
const WEEK = 7 * 24 * 3600 * 1000;

/** What is read where it is needed, as it is too big to be worth it. */
const EXTERNAL = ['esbuild', 'typescript'];

function digest(program) {
  const files = ['.', ...FOLDERS].flatMap((folder) =>
    readdirSync(join(__dirname, folder), { recursive: folder !== '.' })
      .filter((file) => /\.(ts|json)$|^run\.js$/.test(file))
      .map((file) => join(__dirname, folder, file)),
  );
  const hash = createHash('sha256').update(process.version);
  for (const file of [program, ...files.sort()]) hash.update(`\0${file}\0`).update(readFileSync(file));
  // What npm last installed, and when.
  const installed = statSync(join(__dirname, 'node_modules/.package-lock.json'), { throwIfNoEntry: false });
  return hash.update(`\0${installed?.mtimeMs}`).digest('hex').slice(0, 16);
}

/** Our sources look for files beside themselves, and run by themselves only as the program that is asked for. */
const besideItself = {
  name: 'beside itself',
  setup(build) {
    const [program] = build.initialOptions.entryPoints;
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replaceAll('__dirname', JSON.stringify(dirname(path)))
        .replaceAll('require.main === module', String(path === program)),
      loader: 'ts',
    }));
  },
};

/** Another run reads all of a file or none of it. */
function writeWhole(file, contents) {
  writeFileSync(`${file}.${process.pid}`, contents);
  renameSync(`${file}.${process.pid}`, file);
}

async function bundle(program, file) {
  const { outputFiles } = await require('esbuild').build({
    entryPoints: [program],
    outfile: file,
    absWorkingDir: __dirname,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: EXTERNAL,
    sourcemap: true,
    sourcesContent: false,
    plugins: [besideItself],
    logLevel: 'warning',
    write: false,
  });
  mkdirSync(CACHE, { recursive: true });
  for (const old of readdirSync(CACHE).map((name) => join(CACHE, name))) {
    const age = Date.now() - (statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > WEEK) rmSync(old, { force: true });
  }
  // The map first: who finds the program finds all of it.
  for (const { path, contents } of outputFiles) writeWhole(path, contents);
}

/** An error names the lines of the sources. Node's own --enable-source-maps reads the whole map at every start. */
function nameSources(file) {
  let map;
  Error.prepareStackTrace = (error, sites) => {
    map ??= new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
    const lines = sites.map((site) => {
      const { fileName, lineNumber, columnNumber } =
        site.getFileName() === file ? map.findOrigin(site.getLineNumber(), site.getColumnNumber()) : {};
      const place = fileName && `${resolve(CACHE, fileName)}:${lineNumber}:${columnNumber}`;
      return `\n    at ${place ? String(site).replace(/[^( ]+:\d+:\d+(?=\)?$)/, place) : site}`;
    });
    return `${error}${lines.join('')}`;
  };
}

/**
 * What Node does with its main file, and with what V8 had compiled by the end of an earlier run, which saves a quarter of
 * the time. Node itself does that from version 22 on (module.enableCompileCache).
 */
function run(file, args) {
  nameSources(file);
  const compiled = `${file}.v8`;
  const cachedData = existsSync(compiled) ? readFileSync(compiled) : undefined;
  const script = new Script(Module.wrap(readFileSync(file, 'utf8')), { filename: file, cachedData });
  process.once('exit', () => {
    if (cachedData === undefined || script.cachedDataRejected) writeWhole(compiled, script.createCachedData());
  });
  const main = new Module(file);
  main.filename = file;
  process.mainModule = main;
  process.argv.splice(1, process.argv.length, file, ...args);
  script.runInThisContext().call(main.exports, main.exports, createRequire(file), main, file, CACHE);
}

// The heap grows by 80 % before V8 collects all of it, not by up to 300 %: thousands of sessions take a fifth less memory.
setFlagsFromString('--heap-growing-percent=80');

const [name, ...args] = process.argv.slice(2);
const program = resolve(name);
const file = join(CACHE, `${basename(program, '.ts')}-${digest(program)}.js`);
if (existsSync(file)) run(file, args);
else {
  bundle(program, file).then(
    () => run(file, args),
    // esbuild has said what is wrong.
    () => process.exit(1),
  );
}
