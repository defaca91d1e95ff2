/**
 * docs/local-world-results.md: what the conformance suites checked, and against which versions. Written
 * from a run and read back: a later run of some files replaces only their sections.
 */
export interface Checked {
  /** Below `test/contract/`, without its ending: `eventHub/access`. */
  readonly suite: string;
  readonly titles: readonly string[];
}

export interface Version {
  readonly name: string;
  /** What was left out, where it was not there. */
  readonly version: string;
}

export interface Results {
  readonly versions: readonly Version[];
  readonly checked: readonly Checked[];
}

export const parts = {
  eventHub: 'Event hub',
  functionsHost: 'Functions host',
  predictionEndpoint: 'Prediction endpoint',
  storage: 'Storage',
  world: 'The world as a whole',
} as const;

type PartName = keyof typeof parts;
const partNames = Object.keys(parts) as PartName[];

export function resultsPage({ versions, checked }: Results): string {
  const rows = versions.map(({ name, version }) => `| ${name} | ${version} |`);
  return [
    '# What was checked of the local world',
    '',
    'Written by `npm run conformance` from a run in which every check below passed; not by hand.',
    '[local-world.md](local-world.md) says where the parts differ from the services.',
    '',
    '| With | Version |',
    '|---|---|',
    ...rows,
    '',
    ...partNames.flatMap((part) => partLines(part, checked)),
  ].join('\n');
}

function partLines(part: PartName, checked: readonly Checked[]): string[] {
  const own = checked
    .filter(({ suite }) => suite.startsWith(`${part}/`))
    .toSorted((left, right) => (left.suite < right.suite ? -1 : 1));
  const count = own.reduce((sum, { titles }) => sum + titles.length, 0);
  return [
    `## ${parts[part]}: ${count} ${count === 1 ? 'check' : 'checks'}`,
    '',
    ...own.flatMap(suiteLines),
  ];
}

function suiteLines({ suite, titles }: Checked): string[] {
  return [`### ${suite}`, '', ...titles.map((title) => `- ${escaped(title)}`), ''];
}

/** Titles may hold what Markdown or HTML would take for its own. */
function escaped(title: string): string {
  return title.replace(/[\\<>*_`[\]]/g, '\\$&').replace(/\s+/g, ' ');
}

export function readResultsPage(page: string): Results {
  const [head = '', ...sections] = page.split(/^### /m);
  const versions = [...head.matchAll(/^\| (?!With|-)([^|]+) \| ([^|]+) \|$/gm)];
  return {
    versions: versions.map(([, name = '', version = '']) => ({ name, version })),
    checked: sections.map((section) => {
      const [suite = '', ...lines] = section.split('\n');
      const titles = lines.filter((line) => line.startsWith('- ')).map((line) => line.slice(2));
      return { suite, titles: titles.map((title) => title.replace(/\\(.)/g, '$1')) };
    }),
  };
}
