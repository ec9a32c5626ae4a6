import { dynamoStore } from './adapters/dynamo-store.ts';
import {
  answerInstall,
  type InstallPorts,
  type InstallRequest,
} from './adapters/install-requests.ts';
import { installState } from './adapters/install-state.ts';
import { createLog, errorFields } from './adapters/log.ts';
import { type InstallSettings, readInstallSettings } from './adapters/settings.ts';
import type { HttpAnswer } from './adapters/slack-app.ts';
import { openInstallations } from './adapters/workspace-tokens.ts';

/** Lambda behind `/slack/install` and `/slack/oauth_redirect`: lets further workspaces install the app. */
export async function handler(event: InstallRequest, _context?: unknown): Promise<HttpAnswer> {
  const settings = readInstallSettings();
  if (!settings.ok) {
    log.error('settings', { missing: settings.error.names.join(', ') });
    return { statusCode: 500, body: '' };
  }
  try {
    ports ??= production(settings.value);
    return await answerInstall(event, ports);
  } catch (error) {
    log.error('install failed', errorFields(error));
    return { statusCode: 500, body: '' };
  }
}

const log = createLog();
let ports: InstallPorts | undefined;

function production({ aws, oauth, publicUrl, table }: InstallSettings): InstallPorts {
  if (oauth === null) return { app: null, log };
  const store = dynamoStore(table, aws, Date.now);
  const opened = openInstallations(oauth, { store, aws, log });
  const state = installState(opened.keys, Date.now);
  return { app: { ...opened, clientId: oauth.clientId, publicUrl, state, store }, log };
}
