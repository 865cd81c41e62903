/** Licence notices of the packages that the page is built from, as a text file beside it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

export const LICENCES = 'licences.txt';

type Locked = { readonly dev?: boolean; readonly optional?: boolean; readonly peer?: boolean };
type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly license?: unknown;
  readonly homepage?: string;
};

const NOTICE = /^(?:licen[cs]e|copying|notice|third.?party.?notices?)(?:[-.].*)?$/i;

/** Where the packages lie that are installed for the page itself: its dependencies, and all that these depend on. */
function foldersOf(root: string): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  return Object.entries(packages)
    .filter(([path, { dev, optional, peer }]) => path !== '' && !dev && !optional && !peer)
    .map(([path]) => path);
}

/** The package's own words: its licence and its notices, or what its manifest says where it brings none. */
function noticeOf(root: string, folder: string): string | null {
  try {
    const path = join(root, folder);
    const { name, version, license, homepage } = JSON.parse(
      readFileSync(join(path, 'package.json'), 'utf8'),
    ) as Manifest;
    const texts = readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isFile() && NOTICE.test(entry.name))
      .map((entry) => readFileSync(join(path, entry.name), 'utf8').trim());
    const said = typeof license === 'string' ? license : 'see its home page';
    return [`${name} ${version}`, `Licence: ${said}${homepage ? `, ${homepage}` : ''}`, ...texts].join('\n\n');
  } catch {
    return null;
  }
}

const RULE = `\n\n${'-'.repeat(80)}\n\n`;

/** @param root the folder of package-lock.json and node_modules */
export function licencesOf(root: string): string {
  const notices = foldersOf(root).flatMap((folder) => noticeOf(root, folder) ?? []);
  const own = readFileSync(join(root, 'LICENSE'), 'utf8').trim();
  return `${['Fewbit, and the packages that it is built from.', own, ...[...new Set(notices)].sort()].join(RULE)}\n`;
}

/** Our own some 50 lines: plugins that do this see one bundle, and the workers are bundles of their own. */
export function licences(root: string): Plugin {
  return {
    name: 'licences',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: LICENCES, source: licencesOf(root) });
    },
  };
}
