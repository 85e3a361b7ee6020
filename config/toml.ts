import { ParseError, parseTOML, getStaticTOMLValue, type AST } from 'toml-eslint-parser';
import { Refused } from './refusal';
import { pathKey, showPath, type Path, type Sources, type Table, type Tables } from './tables';

const keysOf = (key: AST.TOMLKey): string[] => key.keys.map((it) => (it.type === 'TOMLBare' ? it.name : it.value));

/** Far more than any field has; what is deeper would exhaust the stack of those who read it. */
const DEEPEST = 100;

/** The place of a path, and of the tables around it that have none of their own: `[a.b]` makes `a` too. */
function setPlace(sources: Sources, path: Path, place: string): void {
  if (path.length > DEEPEST) throw new Refused([`${place}: nested more than ${DEEPEST} deep`]);
  sources.set(pathKey(path), place);
  for (let around = path.slice(0, -1); around.length > 0; around = around.slice(0, -1)) {
    if (sources.has(pathKey(around))) return;
    sources.set(pathKey(around), place);
  }
}

function recordLines(
  node: AST.TOMLContentNode,
  path: Path,
  at: (node: AST.TOMLNode) => string,
  sources: Sources,
): void {
  setPlace(sources, path, at(node));
  if (node.type === 'TOMLArray') {
    node.elements.forEach((element, index) => recordLines(element, [...path, index], at, sources));
  } else if (node.type === 'TOMLInlineTable') {
    for (const pair of node.body) recordPair(pair, path, at, sources);
  }
}

function recordPair(pair: AST.TOMLKeyValue, table: Path, at: (node: AST.TOMLNode) => string, sources: Sources): void {
  recordLines(pair.value, [...table, ...keysOf(pair.key)], at, sources);
  sources.set(pathKey([...table, ...keysOf(pair.key)]), at(pair));
}

/** A key `__proto__` would change what every object of this program inherits. */
function refusePrototypes(sources: Sources): void {
  const found = [...sources].filter(([key]) => (JSON.parse(key) as Path).at(-1) === '__proto__');
  if (found.length === 0) return;
  throw new Refused(found.map(([key, place]) => `${place}: ${showPath(JSON.parse(key) as Path)}: unknown key`));
}

/**
 * Read TOML and remember the line of every key.
 *
 * @param file how the file is called in refusals
 * @throws Refused with the line of a syntax error
 */
export function parseTables(text: string, file: string): Tables {
  const sources: Sources = new Map();
  const at = (node: AST.TOMLNode) => `${file}:${node.loc.start.line}`;
  try {
    const program = parseTOML(text);
    for (const node of program.body[0].body) {
      if (node.type === 'TOMLTable') {
        setPlace(sources, node.resolvedKey, at(node));
        for (const pair of node.body) recordPair(pair, node.resolvedKey, at, sources);
      } else {
        recordPair(node, [], at, sources);
      }
    }
    refusePrototypes(sources);
    return { values: getStaticTOMLValue(program) as Table, sources };
  } catch (error) {
    if (error instanceof RangeError) throw new Refused([`${file}: nested too deep or too long to be read`]);
    if (!(error instanceof ParseError)) throw error;
    throw new Refused([`${file}:${error.lineNumber}: TOML syntax: ${error.message} (column ${error.column + 1})`]);
  }
}
