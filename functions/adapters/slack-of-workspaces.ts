import type { Workspace } from './installations.ts';

const MOST_KEPT = 500;

/** Slack as each workspace's token opens it; one client a token, so that what it remembers stays. */
export function slackOfWorkspaces<Slack>(
  tokenFor: (workspace: Workspace) => Promise<string>,
  open: (token: string) => Slack,
): (workspace: Workspace) => Promise<Slack> {
  const kept = new Map<string, Slack>();
  return async (workspace) => {
    const token = await tokenFor(workspace);
    const known = kept.get(token);
    if (known !== undefined) return known;
    // Tokens that are renewed leave their old clients behind.
    if (kept.size >= MOST_KEPT) kept.clear();
    const made = open(token);
    kept.set(token, made);
    return made;
  };
}
