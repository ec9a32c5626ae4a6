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

/** The ingest bundle decides how long the first person of the day waits; this is what keeps it small. */
const MOST_INGEST_BYTES = 250_000;
const UNWANTED = ['express', 'undici', '@slack/socket-mode'];

/**
 * Bundles the Lambdas as CommonJS into `directory`, with the catalogue beside those that read it.
 * What is tested is what is deployed: the tests load these files. `own` is an organisation's folder (`NETDX_CATALOGUE`),
 * laid over the catalogue here, so that no function reads a file at run time that was not checked when it was packaged.
 */
export async function buildLambdas(directory: string, own: string | null = null): Promise<Built> {
  await rm(directory, { recursive: true, force: true });
  const result = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      LAMBDAS.map((name) => [`${name}/index`, `functions/${name}.ts`]),
    ),
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    // CommonJS has no import.meta; these are its counterparts.
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
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
  const faults = [
    ...((ingest?.bytes ?? 0) > MOST_INGEST_BYTES
      ? [`the ingest bundle has ${ingest?.bytes} bytes, more than ${MOST_INGEST_BYTES}`]
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

const NEVER_RUN =
  /^(?:express|@slack\/types|@slack\/socket-mode|@slack\/oauth|raw-body|path-to-regexp|jsonpath-plus)$/;
const OTHER_RECEIVERS = /\/(?:HTTPReceiver|SocketModeReceiver|ExpressReceiver)$/;

/** What the client loads to unpack exports of analytics, which nobody here asks for. */
const RARELY_RUN = /^node:zlib$/;

/**
 * Bolt brings express, a WebSocket client and an OAuth server along for receivers that a Lambda never starts: 1.4 MB and
 * 160 ms of each cold start. They become stubs that say so if anything ever calls them.
 */
const lean: Plugin = {
  name: 'lean-bolt',
  setup(bundler) {
    bundler.onResolve({ filter: NEVER_RUN }, ({ path }) => ({ path, namespace: 'unused' }));
    bundler.onResolve({ filter: OTHER_RECEIVERS }, ({ path, importer }) =>
      importer.includes('@slack/bolt') ? { path, namespace: 'unused-class' } : undefined,
    );
    bundler.onResolve({ filter: RARELY_RUN }, ({ path, importer }) =>
      importer.includes('node_modules') ? { path, namespace: 'late' } : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, key) =>
        key === '__esModule' ? false : process.getBuiltinModule(${JSON.stringify(path)})[key] });`,
    }));
    bundler.onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, key) =>
        key === '__esModule' || typeof key === 'symbol' ? undefined
          : function () { throw new Error(${JSON.stringify(`${path} is not bundled`)}); } });`,
    }));
    bundler.onLoad({ filter: /.*/, namespace: 'unused-class' }, ({ path }) => ({
      contents: `exports.default = class { constructor() {
        throw new Error(${JSON.stringify(`${path} is not bundled`)}); } };`,
    }));
  },
};

if (import.meta.main) {
  const built = await buildLambdas(join(root, 'dist'), process.env.NETDX_CATALOGUE || null);
  const lines = built.bundles.map(({ file, bytes }) => `${file}  ${(bytes / 1000).toFixed(0)} kB`);
  if (!process.argv.includes('--quiet')) process.stdout.write(`${lines.join('\n')}\n`);
  for (const fault of built.faults) process.stderr.write(`${fault}\n`);
  process.exitCode = built.faults.length === 0 ? 0 : 1;
}
