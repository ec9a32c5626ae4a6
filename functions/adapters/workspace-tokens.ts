import { type Installations, installationsIn, type Workspace } from './installations.ts';
import type { Log } from './log.ts';
import { keysFrom, sealer } from './sealed.ts';
import { secretReader } from './secrets.ts';
import type { AwsAccess, OAuthSettings, Secret } from './settings.ts';
import { slackOAuth } from './slack-oauth.ts';
import type { Store } from './store.ts';

/** Bot tokens by workspace. */
export interface WorkspaceTokens {
  /** Rejects with NotInstalled where nobody gave access. */
  readonly tokenFor: (workspace: Workspace) => Promise<string>;
  /** Slack says that the app is gone from a workspace. */
  readonly remove: (workspace: Workspace) => Promise<void>;
}

export interface TokenPorts {
  readonly store: Store;
  readonly aws: AwsAccess;
  readonly log: Log;
}

export class NotInstalled extends Error {
  override readonly name = 'NotInstalled';
}

/** The one token of a deployment for one workspace, installations where there are several; a given token serves the rest. */
export function workspaceTokens(
  { botToken, oauth }: { readonly botToken: Secret | null; readonly oauth: OAuthSettings | null },
  ports: TokenPorts,
): WorkspaceTokens {
  const given = botToken === null ? null : secretReader(botToken, ports.aws, Date.now);
  const installed = oauth === null ? null : openInstallations(oauth, ports).installations;
  return {
    tokenFor: async (workspace) => {
      const token = (await installed?.tokenFor(workspace)) ?? (await given?.()) ?? null;
      if (token === null) throw new NotInstalled();
      return token;
    },
    remove: async (workspace) => installed?.remove(workspace),
  };
}

/** The installations of an app with its real ends: slack.com, the clock, secrets that are read when needed. */
export function openInstallations(settings: OAuthSettings, { store, aws, log }: TokenPorts) {
  const clientSecret = secretReader(settings.clientSecret, aws, Date.now);
  const keys = keysFrom(secretReader(settings.encryptionKeys, aws, Date.now));
  const oauth = slackOAuth({ clientId: settings.clientId, clientSecret, fetch, now: Date.now });
  const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const ports = { store, sealer: sealer(keys), oauth, now: Date.now, wait, log };
  const installations: Installations = installationsIn(ports);
  return { installations, oauth, keys };
}
