import { cite, ofKind } from '../artefacts/evidence.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { failedNamesIn, isClusterName } from './failed-names.ts';
import { objectsOf } from './objects.ts';

/** What the kubelet left out of a pod's resolv.conf, by its event DNSConfigForming (pkg/kubelet/network/dns/dns.go). */
export const dnsConfigEvent = defineJoin({
  question: 'dns-config-event',
  needs: ['kubectl', 'resolv-conf'],
  facts: {
    kept: { type: 'label', is: 'the nameservers that were kept', of: kept },
    onlyRepeats: {
      type: 'flag',
      is: "the node's resolv.conf has no more than three different nameservers: what was left out repeats one of them",
      of: onlyRepeats,
    },
    failedName: {
      type: 'label',
      is: 'a name outside the cluster that was not found',
      of: ({ all }) => {
        const failed = failedNamesIn(all).find(
          ({ name, how }) => how !== 'silence' && name !== null && !isClusterName(name),
        );
        return failed === undefined
          ? unknown('no failed lookup is shown')
          : known(failed.name ?? '', [failed.at]);
      },
    },
  },
});

const NAMESERVERS = 'Nameserver limits were exceeded';
const APPLIED = 'the applied nameserver line is:';

function eventIn({ all }: View) {
  return objectsOf(all, 'event').findLast(({ object }) => object.message.startsWith(NAMESERVERS));
}

function kept(view: View): Reading<string> {
  const event = eventIn(view);
  if (event === undefined) return unknown('no such event is shown');
  const { message } = event.object;
  const applied = message.includes(APPLIED) ? message.split(APPLIED)[1]?.trim() : '';
  return known(applied === '' || applied === undefined ? '?' : applied, [event.at]);
}

function onlyRepeats(view: View): Reading<boolean> {
  const event = eventIn(view);
  const file = ofKind(view.all, 'resolv-conf').findLast(({ artefact }) => !artefact.pod);
  if (event === undefined || file === undefined || file.truncated || file.unread.length > 0)
    return unknown("the event and the node's resolv.conf were not pasted");
  const { nameservers } = file.content;
  if (nameservers.length <= 3) return unknown('the file is not the one that the event is about');
  const different = new Set(nameservers.map(({ address }) => address)).size;
  const at = [event.at, ...nameservers.map(({ line }) => cite(file.artefact, line))];
  return known(different <= 3, at);
}
