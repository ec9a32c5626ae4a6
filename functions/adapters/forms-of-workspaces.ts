import { dynamoStore } from './dynamo-store.ts';
import type { Workspace } from './installations.ts';
import type { Log } from './log.ts';
import type { IngestSettings } from './settings.ts';
import { type SlackForms, slackForms } from './slack-forms-api.ts';
import { slackOfWorkspaces } from './slack-of-workspaces.ts';
import { workspaceTokens } from './workspace-tokens.ts';

/**
 * Slack's forms, opened with each workspace's own token. Bundled into a file of its own (scripts/build.ts): most requests
 * open none, and a cold start does not wait for Slack's client.
 */
export function formsOfWorkspaces(
  settings: IngestSettings,
  log: Log,
): (workspace: Workspace) => Promise<SlackForms> {
  const { aws, table } = settings;
  const store = dynamoStore(table, aws, Date.now);
  const { tokenFor } = workspaceTokens(settings, { store, aws, log });
  return slackOfWorkspaces(tokenFor, (token) => slackForms({ token, fetch, log }));
}
