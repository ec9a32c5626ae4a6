import type { Workspace } from './installations.ts';
import { type ApiOptions, type SlackApi, slackApi } from './slack-api.ts';

const MOST_KEPT = 500;

/** Slack as each workspace's token opens it; one client a token, so that what it remembers stays. */
export function slackOfWorkspaces(
  tokenFor: (workspace: Workspace) => Promise<string>,
  options: Omit<ApiOptions, 'token'>,
): (workspace: Workspace) => Promise<SlackApi> {
  const kept = new Map<string, SlackApi>();
  return async (workspace) => {
    const token = await tokenFor(workspace);
    const known = kept.get(token);
    if (known !== undefined) return known;
    // Tokens that are renewed leave their old clients behind.
    if (kept.size >= MOST_KEPT) kept.clear();
    const made = slackApi({ ...options, token });
    kept.set(token, made);
    return made;
  };
}
