/**
 * Which layer of `functions/` may import which: the one table. `npm run generate` writes it into biome.json as lint
 * rules; the architecture test plants a violation and sees it refused.
 */
export const may = {
  primitives: [],
  artefacts: ['primitives'],
  intake: ['primitives', 'artefacts'],
  captures: ['primitives', 'artefacts'],
  facts: ['primitives', 'artefacts', 'captures'],
  catalogue: ['primitives', 'artefacts', 'captures', 'facts'],
  diagnosis: ['primitives', 'artefacts', 'captures', 'facts', 'catalogue'],
  report: ['primitives', 'artefacts', 'intake', 'captures', 'facts', 'catalogue', 'diagnosis'],
  render: ['primitives', 'report'],
  adapters: ['primitives', 'intake', 'catalogue', 'report', 'render'],
  commands: ['primitives', 'intake', 'catalogue', 'report', 'render', 'adapters'],
} as const satisfies Record<string, readonly string[]>;

export type Layer = keyof typeof may;

/** Layers that must stay pure: no Node built-ins, no clock, no environment. */
export const core: readonly Layer[] = [
  'primitives',
  'artefacts',
  'intake',
  'captures',
  'facts',
  'catalogue',
  'diagnosis',
  'report',
  'render',
];

/** The lint rule for one layer: every other layer that the table does not allow is a refused import. */
export function overrideFor(layer: Layer): object {
  const layers = Object.keys(may) as Layer[];
  const allowed: readonly string[] = may[layer];
  const refused = layers.filter((other) => other !== layer && !allowed.includes(other));
  const group = [
    ...refused.flatMap((other) => [`**/${other}/**`]),
    ...(core.includes(layer) ? ['node:*', '@slack/*', '@aws-sdk/*'] : []),
  ];
  return {
    includes: [`functions/${layer}/**`],
    linter: {
      rules: {
        style: {
          noRestrictedImports: {
            level: 'error',
            options: {
              patterns: [
                { group, message: `${layer}/ may import: ${['itself', ...allowed].join(', ')}` },
              ],
            },
          },
        },
      },
    },
  };
}
