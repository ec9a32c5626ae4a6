import { found, type Local, missing } from './define.ts';

/** One packet that the kernel freed as dropped, as a tracer saw it (include/net/dropreason-core.h names the reasons). */
export interface KernelDrop {
  readonly line: number;
  /** `NETFILTER_DROP`, `NO_SOCKET`, `NOT_SPECIFIED` … without the prefix. */
  readonly reason: string;
  /** The last function of the stack before the packet was freed, where it is printed. */
  readonly where: string | null;
  readonly source: string | null;
  readonly destination: string | null;
  readonly interface: string | null;
  /** `table firewalld chain filter_INPUT handle 215` of retis. */
  readonly rule: string | null;
  readonly ruleLine: number | null;
}

export interface KernelDrops {
  readonly drops: readonly KernelDrop[];
  /** Events of any kind that were read. */
  readonly events: number;
}

const NONE = 'no dropped packet is shown';

/** The facts that both tracers give of the packet that was dropped last. */
export const dropFacts = {
  reason: {
    type: 'label',
    is: 'reason of the last drop as the kernel names it: NETFILTER_DROP, NO_SOCKET, TCP_CSUM …',
    of: (content: KernelDrops) => last(content, ({ reason }) => reason),
  },
  where: {
    type: 'label',
    is: 'kernel function that dropped the packet',
    of: (content: KernelDrops) => last(content, ({ where }) => where),
  },
  interface: {
    type: 'label',
    is: 'interface on which the packet was',
    of: (content: KernelDrops) => last(content, (drop) => drop.interface),
  },
  source: {
    type: 'label',
    is: 'source of the dropped packet',
    of: (content: KernelDrops) => last(content, ({ source }) => source),
  },
  destination: {
    type: 'label',
    is: 'destination of the dropped packet',
    of: (content: KernelDrops) => last(content, ({ destination }) => destination),
  },
  drops: {
    type: 'count',
    is: 'packets shown as dropped',
    of: ({ drops }: KernelDrops) =>
      drops.length === 0
        ? missing(NONE)
        : found(
            drops.length,
            drops.slice(0, 3).map(({ line }) => line),
          ),
  },
} as const;

function last({ drops }: KernelDrops, of: (drop: KernelDrop) => string | null): Local<string> {
  const drop = drops.at(-1);
  const value = drop === undefined ? null : of(drop);
  return drop === undefined || value === null ? missing(NONE) : found(value, [drop.line]);
}
