import { type Corefile, parseCorefile } from './corefile/read.ts';
import { isFurniture, isHostLine, isPart, isProof } from './corefile/words.ts';
import { ASCII, defineArtefact, type Strength } from './define.ts';

/**
 * A Corefile (coredns/caddy's Caddyfile syntax), bare, in a ConfigMap as `-o yaml` and `kubectl describe` print it, or as
 * node-cache writes it to its log. Indentation is not needed: braces carry the structure.
 */
export const corefile = defineArtefact({
  kind: 'corefile',
  title: 'Corefile',
  ask: 'kubectl -n kube-system get configmap coredns node-local-dns -o yaml',
  hint: /\bCorefile\b|\b(?:cm|configmaps?)\b[^|;&]{0,80}dns|\/etc\/coredns\b/,
  first: ASCII,
  recognise,
  continues: (line) => {
    const text = line.trim();
    return isFurniture(text) || isHostLine(text) || /^(?:answer|#) /.test(text) || text === '#';
  },
  parse: parseCorefile,
  size: ({ blocks }) => ({ count: settingsIn(blocks), unit: 'settings' }),
  facts: {},
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (isProof(text)) return 'strong';
  return isPart(text) ? 'weak' : 'none';
}

function settingsIn(blocks: Corefile['blocks']): number {
  return blocks.reduce((sum, { plugins }) => sum + plugins.length, 0);
}
