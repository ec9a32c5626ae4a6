import { atOnceWords } from '../render/slack/at-once-words.ts';
import type { Workspace } from './installations.ts';
import type { Job } from './job.ts';
import { digest } from './job-names.ts';
import { errorFields } from './log.ts';
import type { ListenerPorts } from './slack-app.ts';
import type { SlackForms } from './slack-forms-api.ts';

/** Opens a form within Slack's three seconds, or not at all: false, and the log says why. */
export async function tryToOpen(
  ports: ListenerPorts,
  workspace: Workspace,
  open: (slack: SlackForms) => ReturnType<SlackForms['openView']>,
): Promise<boolean> {
  try {
    const opened = await open(await ports.slackFor(workspace));
    if (!opened.ok) ports.log.info('form not opened', { code: opened.error.code });
    return opened.ok;
  } catch (error) {
    ports.log.error('form not opened', errorFields(error));
    return false;
  }
}

/** Commands, buttons and forms are never delivered twice, so the person has to be told; null when all is well. */
export async function tryToSend(ports: ListenerPorts, job: Job): Promise<string | null> {
  try {
    await ports.queue.send(job);
    ports.log.info('queued', { kind: job.kind });
    return null;
  } catch (error) {
    const id = digest(JSON.stringify(job)).slice(0, 8);
    ports.log.error('not queued', { id, kind: job.kind, ...errorFields(error) });
    return atOnceWords[ports.language].notQueued(id);
  }
}
