import { cite, ofKind } from '../artefacts/evidence.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { hasFix } from './kernel-fixes.ts';
import { inOrder } from './order.ts';

type Fix = Parameters<typeof hasFix>[2];

/** Which of the three conntrack race fixes a host's kernel carries: yes, no, or unknown, by the table of kernels. */
export const kernel = defineJoin({
  question: 'kernel',
  needs: ['uname'],
  facts: {
    release: {
      type: 'label',
      is: 'what `uname -r` prints',
      of: (view) => ofKernel(view, ({ release }) => release),
    },
    clashFix: {
      type: 'label',
      is: 'carries ed07d9a021df: yes or no',
      of: (view) => answer(view, 'clashFix'),
    },
    natClashFix: {
      type: 'label',
      is: 'carries 4e35c1cb9460: yes or no',
      of: (view) => answer(view, 'natClashFix'),
    },
    insertClashFix: {
      type: 'label',
      is: 'carries 6a757c07e51f: yes or no',
      of: (view) => answer(view, 'insertClashFix'),
    },
  },
});

function latest(view: View) {
  return inOrder(ofKind(view.own, 'uname')).at(-1);
}

function ofKernel<T>(
  view: View,
  value: (kernel: { release: string; version: string | null }) => T,
): Reading<T> {
  const evidence = latest(view);
  if (evidence === undefined) return unknown('not pasted');
  const { system } = evidence.content;
  if (system !== 'Linux') return unknown(`${system} is not Linux`);
  return known(value(evidence.content), [cite(evidence.artefact, evidence.content.line)]);
}

function answer(view: View, fix: Fix): Reading<string> {
  const judged = ofKernel(
    view,
    ({ release, version }) => hasFix(view.kernelFixes, { release, version }, fix).answer,
  );
  if (!judged.known) return judged;
  return judged.value === 'unknown' ? unknown('the table does not know this kernel') : judged;
}
