import type { Hop } from './lines.ts';

/** A hop as tracert prints it: `  2     3 ms    <1 ms     *     edge.example.net [192.0.2.9]`. */
const HOP = /^(?<number>\d{1,3}) +(?<times>(?:(?:<?\d{1,5} ?(?:ms|毫秒)|\*) +){3})(?<rest>\S.*)$/;
/** What a router says in place of passing the probe on: `  3  192.0.2.9  reports: Destination host unreachable.` */
const REPORT =
  /^(?<number>\d{1,3}) +(?<host>\S+)(?: \[(?<address>[^\]\s]+)\])? +(?:reports: |报告: ?)(?<said>.+)$/;
const HEADER =
  /^(?:Tracing route to|Routenverfolgung zu|Détermination de l.itinéraire vers|Traza a la dirección|到) ?(?<target>\S+)(?: \[(?<address>[^\]\s]+)\])?(?: ?的路由:?)?$/;
const FURNITURE =
  /^(?:over a maximum of \d+ hops|über maximal \d+ (?:Hops|Abschnitte)|avec un maximum de \d+ sauts|sobre un máximo de \d+ saltos|通过最多 \d+ 个跃点跟踪$|Trace complete\.|Ablaufverfolgung beendet\.|Itinéraire déterminé\.|Traza completa\.|跟踪完成。)/;

/** A hop of tracert, in any of its languages: the times stand before the host. Three probes are too few for a share of loss. */
export function windowsHop(text: string): Omit<Hop, 'line'> | undefined {
  const nothing = { lossPercent: null, sent: null };
  const said = REPORT.exec(text)?.groups;
  if (said !== undefined) {
    const isNet = /\bnet(?:work)? unreachable|网络/i.test(said.said ?? '');
    const host = said.address ?? said.host ?? null;
    return { ...nothing, number: Number(said.number), host, mark: isNet ? '!N' : '!H' };
  }
  const hop = HOP.exec(text)?.groups;
  if (hop?.rest === undefined || hop.times === undefined) return undefined;
  const isSilent = !/\d/.test(hop.times);
  const address =
    /\[([^\]\s]{2,45})\] *$/.exec(hop.rest)?.[1] ?? /^\S+/.exec(hop.rest)?.[0] ?? null;
  return { ...nothing, number: Number(hop.number), host: isSilent ? null : address, mark: null };
}

/** Where tracert says that it goes; its heading stands in two lines. */
export function windowsTarget(
  text: string,
): { readonly target: string; readonly address: string } | undefined {
  const { target, address } = HEADER.exec(text)?.groups ?? {};
  return target === undefined ? undefined : { target, address: address ?? target };
}

export function isWindowsFurniture(text: string): boolean {
  return FURNITURE.test(text);
}
