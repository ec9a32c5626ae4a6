import { type Evidence, type Kind, ofKind } from '../artefacts/evidence.ts';

/** What Windows calls the commands whose outputs are read from it too. */
const COMMANDS: Readonly<Partial<Record<Kind, string>>> = {
  address: 'ipconfig /all',
  'resolv-conf': 'ipconfig /all',
  neighbour: 'arp -a',
  route: 'route print',
  'route-get': 'route print',
  link: 'ipconfig /all',
  ping: 'ping -n 20 {traffic.target|attempt.host|DST}',
  traceroute: 'tracert -d {traffic.target|attempt.host|DST}',
};
/** One server after the other, where there is no file to read them from. */
const LOOKUP = 'nslookup {traffic.name|NAME} DNS-IP';

/** Whether all that was typed on a host, or anywhere, was typed at prompts of Windows, or what it printed without one is Windows' own. */
export function isOfWindows(evidence: readonly Evidence[], host: string | null): boolean {
  const own = evidence.filter(({ artefact }) => host === null || artefact.host === host);
  const shown = ofKind(own, 'address').filter(({ content }) => content.windows !== undefined);
  return (
    (shown.length > 0 || own.some(({ artefact }) => artefact.windows)) &&
    own.every(({ artefact: { windows, command } }) => windows || command === null)
  );
}

/** A command as Windows has it; null where what it prints is there already. */
export function onWindows(
  kind: Kind,
  command: string,
  evidence: readonly Evidence[],
): string | null {
  const wanted =
    kind === 'dig' && command.includes('/etc/resolv.conf') ? LOOKUP : (COMMANDS[kind] ?? command);
  return evidence.some(({ artefact }) => artefact.command === wanted) ? null : wanted;
}
