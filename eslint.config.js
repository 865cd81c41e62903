/** The linter: strict TypeScript, and the house's law of imports. */
import reactHooks from 'eslint-plugin-react-hooks';
import { globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The law of imports, one row for each folder of src: the folders it may import (`types`: only their types.ts),
 * the packages it may import, and what its tests may import besides.
 */
export const HOUSE = {
  graph: { folders: [], packages: [] },
  quant: { folders: ['graph'], packages: [] },
  weights: { folders: ['graph'], packages: [] },
  data: { folders: [], packages: ['idb', 'hyparquet', 'hyparquet-compressors', 'modern-tar', 'fflate'] },
  tensor: { folders: ['graph', 'quant', 'weights', 'data'], packages: ['@tensorflow/*'] },
  calibrate: { folders: ['graph', 'quant', 'tensor', 'data'], packages: [] },
  integer: { folders: ['graph', 'quant'], packages: [] },
  onnx: { folders: ['graph', 'quant'], packages: ['onnx-buf', '@bufbuild/protobuf'] },
  runtime: { folders: ['onnx'], packages: ['onnxruntime-web'] },
  lab: {
    folders: ['graph', 'quant', 'weights', 'data', 'tensor', 'calibrate', 'integer', 'onnx', 'runtime'],
    packages: [],
  },
  app: {
    folders: [],
    files: ['lab/client.ts', 'lab/protocol.ts', 'lab/inspectProtocol.ts', 'lab/settings.ts', 'lab/schemeChanges.ts', 'lab/runsFile.ts', 'lab/runtimeProtocol.ts', 'lab/trainingClient.ts', 'lab/trainingProtocol.ts', 'lab/published2021.ts', 'lab/wilson.ts', 'lab/grid.ts', 'lab/gridRun.ts', 'lab/gridExport.ts', 'lab/datasetsClient.ts', 'lab/datasetsProtocol.ts', 'graph/types.ts', 'quant/types.ts'],
    packages: ['react', 'react-dom', 'd3-*'],
  },
};

/** A room's side for Node (src/lab/hosts/node.ts, src/data/node/reader.ts); the page imports none of these. */
const NODE_SIDE = ['**/node.ts', '**/nodeReader.ts'];

/** Files that only Node loads: the headless twin's disk and decoders. Browser code never imports them. */
const NODE_FILES = ['src/data/node*.ts'];
const NODE_PACKAGES = ['node:*', 'jpeg-js', 'pngjs'];

/** What tests may import in any folder: the runner, the judges, and Node to read files with. */
const TEST_PACKAGES = ['vitest', 'vitest/*', 'fast-check', 'fake-indexeddb', 'pngjs', 'jpeg-js', 'onnxruntime-node', 'node:*'];

const toRegex = (glob) => glob.replaceAll('/', '\\/').replaceAll('.', '\\.').replaceAll('*', '.*');

/** Patterns that match every import which a folder's row does not allow, each with its sentence. */
function forbidden(folder, { folders, files = [], packages }, extraPackages) {
  const mayImport = [...folders, ...files];
  const otherRooms = Object.keys(HOUSE).filter((name) => name !== folder && !folders.includes(name));
  const exceptFiles = files.length > 0 ? `(?!(?:${files.map(toRegex).join('|')})$)` : '';
  const mayUse = [...packages, ...extraPackages];
  const allowed = mayUse.map((name) => `${toRegex(name)}(?:\\/|$)`);
  return [
    {
      regex: `^(?:\\.\\.\\/)+${exceptFiles}(?:${otherRooms.join('|')})\\/`,
      message: `src/${folder} may import ${mayImport.join(', ') || 'no other folder'}: see the table HOUSE in eslint.config.js.`,
    },
    {
      regex: `^(?!\\.|virtual:${allowed.map((name) => `|${name}`).join('')})`,
      message: `src/${folder} may use the packages ${mayUse.join(', ') || '(none)'}: see the table HOUSE in eslint.config.js.`,
    },
  ];
}

/** The rules that hold one folder to its row; `import()` is held to it as well as `import`. */
function rules(folder, row, extraPackages) {
  const patterns = forbidden(folder, row, extraPackages);
  const dynamic = patterns.map(({ regex, message }) => ({ selector: `ImportExpression[source.value=/${regex}/]`, message }));
  return {
    '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
    'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT, ...dynamic],
  };
}

const NO_DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: a name that is the same everywhere can be searched for.',
};

/** Read by asc, not by tsc: its types and decorators are AssemblyScript's own. */
const ASSEMBLY_SCRIPT = 'src/**/assembly/**';

export default tseslint.config(
  globalIgnores(['dist', '.cache', 'test-results', 'playwright-report', 'public', 'datasets', ASSEMBLY_SCRIPT]),
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', 400],
      'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  { files: ['**/*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['src/app/**/*.tsx'], extends: [reactHooks.configs.flat.recommended], rules: { 'max-lines': ['error', 300] } },
  ...Object.entries(HOUSE).flatMap(([folder, row]) => [
    { files: [`src/${folder}/**/*.{ts,tsx}`], ignores: ['**/*.test.ts', ...NODE_SIDE], rules: rules(folder, row, []) },
    { files: NODE_SIDE.map((name) => `src/${folder}/${name}`), rules: rules(folder, row, ['node:*']) },
    { files: [`src/${folder}/**/*.test.ts`], rules: rules(folder, row, TEST_PACKAGES) },
  ]),
  { files: NODE_FILES, ignores: ['**/*.test.ts'], rules: rules('data', HOUSE.data, NODE_PACKAGES) },
);
