import type { OwnLink } from './hosts.ts';

/** How the tools that make them name VLAN devices. */
export const VLAN_DEVICE = /\.\d{1,4}$|^vlan\d/;

/** The VLAN of a device above a card: told with `-d`, else by its name, as all tools that make them name them. */
export function vlanOf({ link: { name, peer, vlan } }: OwnLink, card: string): number | undefined {
  if (peer !== card) return undefined;
  if (vlan !== null) return vlan.id;
  const [, id] = /\.(\d{1,4})$/.exec(name) ?? [];
  return id === undefined || !name.startsWith(`${card}.`) ? undefined : Number(id);
}

export function isVlan({ link }: OwnLink): boolean {
  return link.vlan !== null || link.type === 'vlan' || VLAN_DEVICE.test(link.name);
}

/** Whether a device of this host takes the tag off, or some device may that the output does not tell enough of. */
export function isTaken(tag: string, card: string | null, links: readonly OwnLink[]): boolean {
  // Whoever asked for one device alone sees no others.
  if (!links.some(({ link }) => link.name === 'lo' || link.flags?.includes('LOOPBACK')))
    return true;
  const [outer] = tag.split('.');
  return links
    .filter(({ link }) => link.peer === card)
    .some((one) => {
      const id = vlanOf(one, card ?? '');
      return id === undefined
        ? one.link.type === null || one.link.type === 'vlan'
        : String(id) === outer;
    });
}
