import { type KeptGrant, keptGrants, nameOf } from './kept-grants.ts';
import type { Log } from './log.ts';
import type { Sealer } from './sealed.ts';
import type { Grant, SlackOAuth } from './slack-oauth.ts';
import type { Store } from './store.ts';
import { liveToken } from './token-renewal.ts';

/** The workspaces that the app is installed in, with what gives access to them. */
export interface Installations {
  /** Keeps what was granted, in place of an earlier grant of the same workspace or organisation. */
  readonly keep: (grant: Grant) => Promise<void>;
  /**
   * A bot token that works for a workspace: its own, else that of its organisation; null where the app is not installed.
   * A token that is about to end is renewed first.
   */
  readonly tokenFor: (workspace: Workspace) => Promise<string | null>;
  /** Forgets an installation, unless its token still works: Slack's word of an end may come after a new beginning. */
  readonly remove: (workspace: Workspace) => Promise<void>;
}

/** As events name it. */
export interface Workspace {
  readonly team: string;
  readonly enterprise: string | null;
}

export interface InstallationPorts {
  readonly store: Store;
  readonly sealer: Sealer;
  readonly oauth: Pick<SlackOAuth, 'refresh' | 'works'>;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly log: Log;
}

/** Installations in a store, which holds nothing readable of them. */
export function installationsIn(ports: InstallationPorts): Installations {
  const grants = keptGrants(ports.store, ports.sealer);
  const find = async ({ team, enterprise }: Workspace): Promise<KeptGrant | null> => {
    const own = await grants.read(nameOf(team));
    return own !== null || enterprise === null ? own : grants.read(nameOf(enterprise));
  };
  return {
    keep: (grant) => grants.put(nameOf(grant.team ?? grant.enterprise ?? ''), grant),
    tokenFor: async (workspace) => {
      const held = await find(workspace);
      return held === null ? null : liveToken(held, { ...ports, grants });
    },
    remove: async (workspace) => {
      const held = await find(workspace);
      if (held === null) return;
      const works = await ports.oauth.works(held.grant.botToken);
      if (!works) await grants.remove(held.name);
      ports.log.info('uninstalled', { removed: !works });
    },
  };
}
