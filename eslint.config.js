/** The linter: strict TypeScript, and the house's law of imports. */
import prettier from 'eslint-config-prettier';
import reactHooks from 'eslint-plugin-react-hooks';
import { globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The law of imports, one row for each folder of src: the folders it may import and the packages it may use. A folder of
 * a folder ("lab/rpc") opens that one room and no other. What stands below may never import what stands above it.
 */
export const HOUSE = {
  base: { folders: [], packages: [] },
  graph: { folders: ['base'], packages: [] },
  quant: { folders: ['base', 'graph'], packages: [] },
  weights: { folders: ['base', 'graph'], packages: [] },
  data: { folders: ['base'], packages: ['idb', 'hyparquet', 'hyparquet-compressors', 'modern-tar', 'fflate'] },
  tensor: { folders: ['base', 'graph', 'quant', 'weights', 'data'], packages: ['@tensorflow/*'] },
  calibrate: { folders: ['base', 'graph', 'quant', 'tensor', 'data'], packages: [] },
  integer: { folders: ['base', 'graph', 'quant'], packages: [] },
  onnx: { folders: ['base', 'graph', 'quant'], packages: ['onnx-buf', '@bufbuild/protobuf'] },
  runtime: { folders: ['base', 'onnx'], packages: ['onnxruntime-web'] },
  // Settings name presets and their checks, which are pure functions of src/quant.
  contract: { folders: ['base', 'graph', 'quant'], packages: [] },
  lab: {
    folders: [
      'base',
      'graph',
      'quant',
      'weights',
      'data',
      'tensor',
      'calibrate',
      'integer',
      'onnx',
      'runtime',
      'contract',
    ],
    packages: [],
  },
  app: { folders: ['base', 'contract', 'lab/rpc', 'graph', 'quant'], packages: ['react', 'react-dom', 'd3-*'] },
};

/** What only Node loads: a room's side for Node, and the headless twin's disk and decoders. The page imports none of it. */
const NODE_SIDE = ['src/*/**/node.ts', 'src/*/node.ts', 'src/*/**/*Node.ts', 'src/data/node/*.ts'];

/** What tests may import in any folder: the runner, the judges, and Node to read files with. */
const TEST_PACKAGES = [
  'vitest',
  'vitest/*',
  'fast-check',
  'fake-indexeddb',
  'pngjs',
  'jpeg-js',
  'hyparquet-writer',
  'onnxruntime-node',
  'node:*',
];

const toRegex = (glob) => glob.replaceAll('/', '\\/').replaceAll('.', '\\.').replaceAll('*', '.*');

/** Patterns that match every import which a folder's row does not allow, each with its sentence. */
function forbidden(folder, { folders, packages }, extraPackages) {
  const rooms = folders.filter((name) => name.includes('/')).map((name) => `(?!${toRegex(name)}\\/)`);
  const otherFolders = Object.keys(HOUSE).filter((name) => name !== folder && !folders.includes(name));
  const mayUse = [...packages, ...extraPackages];
  const allowed = mayUse.map((name) => `${toRegex(name)}(?:\\/|$)`);
  return [
    {
      regex: `^(?:\\.\\.\\/)+${rooms.join('')}(?:${otherFolders.join('|')})\\/`,
      message: `src/${folder} may import ${folders.join(', ') || 'no other folder'}: see the table HOUSE in eslint.config.js.`,
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
  const dynamic = patterns.map(({ regex, message }) => ({
    selector: `ImportExpression[source.value=/${regex}/]`,
    message,
  }));
  return {
    '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
    'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT, ...ONE_FUNCTION_STYLE, ...dynamic],
  };
}

const NO_DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: a name that is the same everywhere can be searched for.',
};

/** A function with statements is a declaration, an arrow is one expression; a type that the arrow is given excuses it. */
const ONE_FUNCTION_STYLE = ['Program', 'Program > ExportNamedDeclaration'].map((place) => ({
  selector: `${place} > VariableDeclaration > VariableDeclarator:not([id.typeAnnotation]) > ArrowFunctionExpression[body.type="BlockStatement"]`,
  message: 'Write a function that has statements as a declaration: function name() { … }.',
}));

/** Read by asc, not by tsc: its types and decorators are AssemblyScript's own. */
const ASSEMBLY_SCRIPT = 'src/**/assembly/**';

export default tseslint.config(
  globalIgnores(['dist', '.cache', 'test-results', 'playwright-report', 'public', 'datasets', ASSEMBLY_SCRIPT]),
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strict, prettier],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', 400],
      'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT, ...ONE_FUNCTION_STYLE],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  { files: ['**/*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['src/app/**/*.tsx'], extends: [reactHooks.configs.flat.recommended] },
  ...Object.entries(HOUSE).flatMap(([folder, row]) => [
    {
      files: [`src/${folder}/**/*.{ts,tsx}`],
      ignores: ['**/*.test.ts', '**/testing/**', ...NODE_SIDE],
      rules: rules(folder, row, []),
    },
    {
      files: NODE_SIDE.map((name) => name.replace('src/*', `src/${folder}`)).filter((name) =>
        name.startsWith(`src/${folder}/`),
      ),
      ignores: ['**/*.test.ts'],
      rules: rules(folder, row, ['node:*', ...(folder === 'data' ? ['jpeg-js', 'pngjs', '@jsquash/webp'] : [])]),
    },
    {
      files: [`src/${folder}/**/*.test.ts`, `src/${folder}/**/testing/**`],
      rules: rules(folder, row, TEST_PACKAGES),
    },
  ]),
);
