import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import { catalogueTexts } from '../functions/adapters/catalogue-files.ts';
import { toCatalogue } from '../functions/catalogue/catalogue.ts';

/** What one build made: each bundle's size in bytes and the packages inside it. */
export interface Built {
  readonly bundles: readonly {
    readonly file: string;
    readonly bytes: number;
    readonly packages: readonly string[];
  }[];
  /** What is wrong with the result; a deployment must not happen unless this is empty. */
  readonly faults: readonly string[];
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** Entry points in `functions/` that run on AWS; each becomes a folder with its bundle. */
const LAMBDAS = ['slack', 'diagnose', 'install', 'runbook'];

/** What the receiving Lambda loads when somebody wants a form, and not before. */
const FORMS = 'functions/adapters/forms-of-workspaces.ts';

/** The ingest bundle decides how long the first person of the day waits; this is what keeps it small. */
const MOST_INGEST_BYTES = 250_000;
const UNWANTED = ['express', 'undici', '@slack/socket-mode', '@slack/web-api'];

/**
 * Bundles the Lambdas as CommonJS into `directory`, with the catalogue beside those that read it.
 * What is tested is what is deployed: the tests load these files. `own` is an organisation's folder (`NETDX_CATALOGUE`),
 * laid over the catalogue here, so that no function reads a file at run time that was not checked when it was packaged.
 */
export async function buildLambdas(directory: string, own: string | null = null): Promise<Built> {
  await rm(directory, { recursive: true, force: true });
  const result = await build({
    absWorkingDir: root,
    entryPoints: {
      ...Object.fromEntries(LAMBDAS.map((name) => [`${name}/index`, `functions/${name}.ts`])),
      'slack/forms': FORMS,
    },
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    supported: { 'dynamic-import': false },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    // CommonJS has no import.meta; this is its counterpart.
    define: { 'import.meta.dirname': '__dirname' },
    plugins: [lean],
  });
  // One file instead of some hundred small ones: a cold start opens it once.
  const catalogue = catalogueTexts(root, own);
  const { rules, pages, notes, runbooks, kernelFixes, vantage } = catalogue;
  const packed = {
    rules: Object.fromEntries(rules),
    pages: Object.fromEntries(pages),
    notes: Object.fromEntries(notes),
    runbooks,
    kernelFixes,
    vantage,
  };
  for (const name of ['diagnose', 'runbook']) {
    await writeFile(join(directory, name, 'catalogue.json'), JSON.stringify(packed));
  }
  const { bundles, faults } = inspect(result.metafile);
  const checked = toCatalogue(catalogue);
  return { bundles, faults: checked.ok ? faults : [...faults, ...checked.error.detail] };
}

function inspect(metafile: Metafile): Built {
  const bundles = Object.entries(metafile.outputs).map(([file, output]) => ({
    file,
    bytes: output.bytes,
    packages: packagesIn(Object.keys(output.inputs)),
  }));
  const ingest = bundles.find((bundle) => bundle.file.endsWith('slack/index.cjs'));
  const bytes = bundles
    .filter(({ file }) => /\bslack\/\w+\.cjs$/.test(file))
    .reduce((sum, bundle) => sum + bundle.bytes, 0);
  const faults = [
    ...(bytes > MOST_INGEST_BYTES
      ? [`the ingest bundle has ${bytes} bytes, more than ${MOST_INGEST_BYTES}`]
      : []),
    ...UNWANTED.filter((name) => ingest?.packages.includes(name)).map(
      (name) => `the ingest bundle contains ${name}`,
    ),
  ];
  return { bundles, faults };
}

function packagesIn(inputs: readonly string[]): readonly string[] {
  const names = inputs.flatMap((input) => {
    if (input.startsWith('unused')) return [];
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(input)?.[1];
    return name === undefined ? [] : [name];
  });
  return [...new Set(names)].sort();
}

const NEVER_RUN = /^(?:@slack\/types|raw-body|path-to-regexp|jsonpath-plus)$/;

/** Receivers that a Lambda never starts. */
const OTHER_RECEIVERS = /\/(?:HTTPReceiver|SocketModeReceiver)$/;

/** Built-ins that a start does without: zlib unpacks exports of analytics, which nobody here asks for; an event is JSON, no form. */
const RARELY_RUN = /^node:(?:zlib|querystring)$/;

/** Bolt's index without the receivers, the assistant and the OAuth server that it exports besides. */
const BOLT = `
  const { default: App, LogLevel } = require('./node_modules/@slack/bolt/dist/App.js');
  const { default: AwsLambdaReceiver } = require('./node_modules/@slack/bolt/dist/receivers/AwsLambdaReceiver.js');
  module.exports = { App, AwsLambdaReceiver, LogLevel };`;

/** Bolt makes a client for each request, with which our listeners do nothing: what they ask of Slack goes through the ports. */
const IDLE_CLIENT = `
  exports.WebClient = class {};
  exports.WebAPIPlatformError = exports.WebAPIRateLimitedError = exports.WebAPIHTTPError = class {};
  exports.addAppMetadata = () => undefined;`;

/**
 * Bolt brings express, a WebSocket client, an OAuth server and a client of the Web API along: 1.4 MB and 160 ms of each
 * cold start, for what this Lambda never does. They become stubs, on which any call fails.
 */
const lean: Plugin = {
  name: 'lean-bolt',
  setup(bundler) {
    const contents = (namespace: string, contentsOf: (path: string) => string) =>
      bundler.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
        contents: contentsOf(path),
        resolveDir: root,
      }));
    bundler.onResolve({ filter: /\/forms-of-workspaces\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './forms.cjs', external: true } : undefined,
    );
    bundler.onResolve({ filter: /^@slack\/bolt$/ }, ({ path }) => ({ path, namespace: 'lean' }));
    contents('lean', () => BOLT);
    bundler.onResolve({ filter: /^@slack\/web-api$/ }, ({ path, importer }) =>
      importer.includes('@slack/bolt') ? { path, namespace: 'idle' } : undefined,
    );
    contents('idle', () => IDLE_CLIENT);
    bundler.onResolve({ filter: NEVER_RUN }, ({ path }) => ({ path, namespace: 'unused' }));
    contents(
      'unused',
      (path) => `module.exports = new Proxy({}, { get: (_, key) =>
        key === '__esModule' || typeof key === 'symbol' ? undefined
          : function () { throw new Error(${JSON.stringify(`${path} is not bundled`)}); } });`,
    );
    bundler.onResolve({ filter: OTHER_RECEIVERS }, ({ path, importer }) =>
      importer.includes('@slack/bolt') ? { path, namespace: 'unused-class' } : undefined,
    );
    contents(
      'unused-class',
      (path) => `exports.default = class { constructor() {
        throw new Error(${JSON.stringify(`${path} is not bundled`)}); } };`,
    );
    bundler.onResolve({ filter: RARELY_RUN }, ({ path, importer }) =>
      importer.includes('node_modules') ? { path, namespace: 'late' } : undefined,
    );
    contents(
      'late',
      (path) => `module.exports = new Proxy({}, { get: (_, key) =>
        key === '__esModule' ? false : process.getBuiltinModule(${JSON.stringify(path)})[key] });`,
    );
  },
};

if (import.meta.main) {
  const built = await buildLambdas(join(root, 'dist'), process.env.NETDX_CATALOGUE || null);
  const lines = built.bundles.map(({ file, bytes }) => `${file}  ${(bytes / 1000).toFixed(0)} kB`);
  if (!process.argv.includes('--quiet')) process.stdout.write(`${lines.join('\n')}\n`);
  for (const fault of built.faults) process.stderr.write(`${fault}\n`);
  process.exitCode = built.faults.length === 0 ? 0 : 1;
}
