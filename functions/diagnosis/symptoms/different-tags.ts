import type { Following } from '../../captures/follow.ts';
import { tagsThatDiffer } from '../../facts/vlan-frames.ts';
import type { Symptom } from '../symptoms.ts';

/** The same questions in two VLANs, on two hosts, with no answer: whoever has the address may not hear them. */
export function differentTags(following: Following): readonly Symptom[] {
  return tagsThatDiffer(following).map(({ hosts, target, tags, at }): Symptom => {
    const [host = null, other = null] = hosts;
    const outcome = tags.map((tag) => tag ?? '-').join(', ');
    return { id: 'vlan-differs', host, target, outcome, server: other ?? '?', at };
  });
}
