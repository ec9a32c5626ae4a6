import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Link } from '../artefacts/links.ts';
import type { Citation } from '../primitives/reading.ts';

/** A device of a host, as `ip link`, `ip addr` or `ifconfig` shows it. */
export interface OwnLink {
  readonly host: string | null;
  readonly link: Link;
  readonly at: Citation;
}

/** An address of a host, and the line that says so. */
export interface OwnAddress {
  readonly host: string | null;
  readonly address: string;
  readonly device: string | null;
  /** Null where only a route or a tunnel names the address. */
  readonly length: number | null;
  readonly pod: boolean;
  readonly at: Citation;
}

/** The devices that the pasted outputs show, of every host. */
export function linksIn(all: readonly Evidence[]): readonly OwnLink[] {
  const shown = [...ofKind(all, 'link'), ...ofKind(all, 'address')];
  return shown.flatMap(({ artefact, content }) =>
    content.links.map((link: Link) => ({
      host: artefact.host,
      link,
      at: cite(artefact, link.line),
    })),
  );
}

/** The line of a device's VXLAN detail, that of the device where it has none. */
export function vxlanLine(one: OwnLink): Citation {
  return detailLine(one, one.link.vxlan);
}

/** The line of a detail of a device, that of the device where it has none. */
export function detailLine(
  { link, at }: OwnLink,
  detail: { readonly line: number } | null,
): Citation {
  return { ...at, line: at.line + (detail?.line ?? link.line) - link.line };
}

/** The addresses that hosts have: by `ip addr`, by the source of a connected route, by a tunnel's local end. */
export function addressesIn(all: readonly Evidence[]): readonly OwnAddress[] {
  const listed = ofKind(all, 'address').flatMap(({ artefact, content }) =>
    content.links.flatMap(({ name, addresses }) =>
      addresses.map(({ address, length, line }) => ({
        host: artefact.host,
        address,
        length,
        pod: artefact.pod,
        device: name,
        at: cite(artefact, line),
      })),
    ),
  );
  const sources = ofKind(all, 'route').flatMap(({ artefact, content }) =>
    content.routes.flatMap(({ src, dev, line }) =>
      src === null
        ? []
        : [
            {
              host: artefact.host,
              address: src,
              device: dev,
              length: null,
              pod: artefact.pod,
              at: cite(artefact, line),
            },
          ],
    ),
  );
  const ends = linksIn(all).flatMap(({ host, link, at }) => {
    const local = link.vxlan?.local ?? null;
    return local === null
      ? []
      : [{ host, address: local, device: link.vxlan?.dev ?? null, length: null, pod: false, at }];
  });
  return [...listed, ...sources, ...ends];
}
