const { existsSync, readFileSync } = require('node:fs');

/**
 * Who may import whom: the table of ARCHITECTURE.md, checked. Every folder may import itself and lib/errors.ts besides what
 * is listed; adding a room is adding a line.
 */
const layers = {
  'src/lib': [],
  'src/domain': [],
  'src/math': [],
  'src/models': ['src/math'],
  'src/charts': ['src/math'],
  'src/report': ['src/charts', 'src/lib'],
  'src/store': ['src/domain', 'src/lib'],
  'src/state': ['src/domain', 'src/lib'],
  'src/ledger': ['src/store', 'src/domain', 'src/lib'],
  'src/features': ['src/store', 'src/domain', 'src/math', 'src/lib'],
  'src/ports': ['src/domain', 'src/report', 'src/charts', 'src/lib'],
  'src/privacy': ['src/features', 'src/store', 'src/ledger', 'src/state', 'src/ports', 'src/domain', 'src/lib'],
  'src/analyses': [
    'src/features',
    'src/models',
    'src/math',
    'src/charts',
    'src/report',
    'src/store',
    'src/domain',
    'src/lib',
  ],
  'src/digests': [
    'src/analyses',
    'src/privacy',
    'src/ledger',
    'src/state',
    'src/report',
    'src/charts',
    'src/domain',
    'src/lib',
  ],
  'src/jobs': [
    'src/analyses',
    'src/digests',
    'src/features',
    'src/models',
    'src/math',
    'src/privacy',
    'src/ledger',
    'src/ports',
    'src/store',
    'src/state',
    'src/report',
    'src/domain',
    'src/lib',
  ],
  'src/cli': ['src/ports', 'src/report', 'src/domain', 'src/lib'],
  commands: [
    'src/analyses',
    'src/privacy',
    'src/ledger',
    'src/state',
    'src/ports',
    'src/report',
    'src/charts',
    'src/domain',
    'src/lib',
  ],
  'integrations/slack': ['src/ports', 'src/report', 'src/charts', 'src/domain', 'src/lib', 'integrations/http'],
  'integrations/hubspot': ['src/ports', 'src/domain', 'src/lib'],
  'integrations/csv': ['src/ports', 'src/domain', 'src/lib'],
  'integrations/http': ['src/ports', 'src/domain', 'src/lib'],
  'integrations/chartjs': ['src/ports', 'src/charts', 'src/report', 'src/lib'],
};

const ours = '^(src|integrations|commands|demo|test|bench|scripts)/';
const literal = (path) => path.replaceAll('.', '\\.');

const layerRules = Object.entries(layers).map(([folder, allowed]) => ({
  name: `layer ${folder}`,
  comment: `${folder} may import ${['itself', ...allowed].join(', ')} and lib/errors.ts`,
  severity: 'error',
  from: { path: `^${literal(folder)}/` },
  to: { path: ours, pathNot: [...[folder, ...allowed].map((one) => `^${literal(one)}/`), '^src/lib/errors\\.ts$'] },
}));

/** What a folder's registry registers: the files that may not import each other (their helpers may be shared). */
const registered = (folder) => {
  const index = `${folder}/index.ts`;
  if (!existsSync(index)) return [];
  return [...readFileSync(index, 'utf8').matchAll(/from '\.\/([^']+)\.ts'/g)]
    .map(([, name]) => `^${folder}/${name}\\.ts$`)
    .filter((path) => !/\/(context|analysis|digest)\\/.test(path));
};
const strangers = ['commands', 'src/analyses', 'src/digests', 'integrations'].flatMap((folder) =>
  registered(folder).map((path) => ({
    name: 'one command, analysis or digest never imports another',
    severity: 'error',
    from: { path: `^${folder}/`, pathNot: [path, `^${folder}/index\\.ts$`] },
    to: { path },
  })),
);

/** Folders that touch neither node: nor a package, but for the files named. */
const pure = ['src/domain', 'src/math', 'src/models', 'src/charts', 'src/report'];
const namedLibraries = ['^src/models/seed-centroids\\.ts$', '^src/models/textbook-logistic\\.ts$'];

/** Whatever makes what a person reads. */
const makersOfReports = [
  '^commands/',
  '^src/digests/',
  '^src/report/',
  '^src/charts/',
  '^integrations/slack/',
  '^integrations/chartjs/',
  '^src/analyses/[^/]*-(report|words|why|item|texts|findings|button|note)\\.ts$',
  '^src/jobs/(crossing|erasure)-report\\.ts$',
];
/** The reader's own type, what somebody may see, and names of groups and features: none of them reads the store. */
const sayNothingOfRows = [
  '^src/privacy/(privacy-reader|access)\\.ts$',
  '^src/features/(rfm|rfm-counts|segment-features)\\.ts$',
];

const vendors = [
  ['@slack/', ['^integrations/slack/']],
  ['@hubspot/', ['^integrations/hubspot/']],
  ['chdb', ['^src/store/']],
  ['@clickhouse/', ['^src/store/']],
  ['chartjs-node-canvas', ['^integrations/chartjs/']],
  ['chart\\.js', ['^integrations/chartjs/']],
  ['@napi-rs/canvas', ['^integrations/chartjs/']],
  ['lowdb', ['^src/state/']],
  ['node-cron', ['^src/jobs/']],
  ['piscina', ['^src/jobs/']],
  ['commander', ['^src/cli/', '^src/main\\.ts$']],
  ['pino', ['^src/lib/logger\\.ts$']],
];

module.exports = {
  forbidden: [
    {
      name: 'no cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    { name: 'resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...layerRules,
    {
      name: 'pure rooms',
      comment: 'domain, math, models, charts and report import no node: module and no package',
      severity: 'error',
      from: { path: pure.map((folder) => `^${folder}/`), pathNot: namedLibraries },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'], pathNot: 'node_modules/zod/' },
    },
    ...strangers,
    {
      name: 'rows reach people through the reader',
      comment:
        'what a person reads is made of what privacy/privacy-reader.ts let through for its viewer: its makers know neither the store, nor what reads it, nor how a reader is made',
      severity: 'error',
      from: { path: makersOfReports },
      to: { path: ['^src/store/', '^src/features/', '^src/privacy/'], pathNot: sayNothingOfRows },
    },
    {
      name: 'ledgers are handed to the makers of reports',
      comment: 'they know what a ledger is, and open none by themselves',
      severity: 'error',
      from: { path: makersOfReports },
      to: { path: '^src/ledger/', pathNot: '^src/ledger/findings\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one integration never imports another',
      severity: 'error',
      from: { path: '^integrations/(hubspot|csv|chartjs|slack)/' },
      to: { path: '^integrations/(hubspot|csv|chartjs|slack)/', pathNot: '^integrations/$1/' },
    },
    {
      name: 'composition root',
      comment: 'only app.ts and its parts in app/ import commands/ and integrations/',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/app(\\.ts$|/)' },
      to: { path: '^(commands|integrations)/' },
    },
    {
      name: 'only main imports app and demo',
      severity: 'error',
      from: { path: '^(src|integrations|commands)/', pathNot: '^src/(main\\.ts$|app(\\.ts$|/))' },
      to: { path: '^(src/app(\\.ts$|/)|demo/)' },
    },
    {
      name: 'the parts of app never import app or demo',
      severity: 'error',
      from: { path: '^src/app/' },
      to: { path: '^(src/app\\.ts$|demo/)' },
    },
    {
      name: 'app never imports demo',
      severity: 'error',
      from: { path: '^src/app\\.ts$' },
      to: { path: '^demo/' },
    },
    {
      name: 'product never imports test',
      severity: 'error',
      from: { path: '^(src|integrations|commands|demo)/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    ...vendors.map(([name, homes]) => ({
      name: `vendor ${name}`,
      severity: 'error',
      from: { path: '^(src|integrations|commands)/', pathNot: homes },
      to: { path: `node_modules/${name}` },
    })),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'demo/slack/page/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'types', 'default'],
    },
  },
};
