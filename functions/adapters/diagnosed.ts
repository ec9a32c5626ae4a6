import type { Source } from '../intake/paste.ts';
import { renderMarkdown } from '../render/markdown.ts';
import { noticeWords } from '../render/slack/notices.ts';
import { renderNotice } from '../render/slack/replies.ts';
import { renderSlack, renderTextOnly, type SlackMessage } from '../render/slack.ts';
import type { Language, Report } from '../report/schema.ts';
import type { Desk } from './desk.ts';
import { errorFields } from './log.ts';

/** What there is to say about evidence, in every form that Slack may be given. */
export interface Reply {
  /** Status and first cause: what has to change for an answer to be given anew. */
  readonly verdict: string;
  /** Ever plainer, each made when it is asked for. */
  readonly forms: Iterable<SlackMessage>;
  /** The whole report as Markdown, where the forms do not hold all of it. */
  readonly whole: string | null;
  /** The forms for when the whole could not be attached. */
  readonly unattached: Iterable<SlackMessage>;
  /** Whether anything in the evidence was recognised. */
  readonly recognised: boolean;
}

export interface ReplyOptions {
  readonly language: Language;
  readonly caseId: string;
  readonly audience: 'thread' | 'person';
  readonly notes: readonly string[];
  /** How often the answer was edited before: ids of blocks have to change with each edit. */
  readonly edits: number;
}

/** Examines evidence. An error of the core is ours and would come again: it is told, not tried again. */
export async function diagnosed(
  sources: readonly Source[],
  options: ReplyOptions,
  desk: Desk,
): Promise<Reply> {
  const began = desk.now();
  const report = await examined(sources, options.language, desk);
  if (report === null) {
    desk.measure.answer({ status: 'failed', cause: null, milliseconds: desk.now() - began });
    return noticeReply('failed', noticeWords[options.language].failed(desk.id), [], desk);
  }
  const cause = report.findings[0]?.cause ?? null;
  desk.log.info('diagnosed', {
    id: desk.id,
    status: report.status,
    cause,
    lines: report.coverage.lines,
  });
  desk.measure.answer({ status: report.status, cause, milliseconds: desk.now() - began });
  const id = options.edits === 0 ? desk.id : `${desk.id}-${options.edits}`;
  const caseId = desk.cases.hours === 0 && options.audience === 'person' ? null : options.caseId;
  const form = (collapsible: boolean, attached: boolean) =>
    renderSlack(report, {
      id,
      notes: options.notes,
      collapsible,
      attached,
      caseId,
      audience: options.audience,
    });
  const first = form(true, false);
  const attaches = !first.whole && options.audience === 'thread';
  const plain = () => renderTextOnly(report);
  const unattached = inTurn(
    () => first,
    () => form(false, false),
    plain,
  );
  return {
    verdict: `${report.status}:${cause ?? ''}`,
    forms: attaches
      ? inTurn(
          () => form(true, true),
          () => form(false, true),
          plain,
        )
      : unattached,
    unattached,
    whole: attaches ? renderMarkdown(report) : null,
    recognised: report.artefacts.length > 0,
  };
}

function inTurn(...makes: readonly (() => SlackMessage)[]): Iterable<SlackMessage> {
  return {
    *[Symbol.iterator]() {
      for (const make of makes) yield make();
    },
  };
}

/** A reply in the fixed words of this face. */
export function noticeReply(
  verdict: string,
  text: string,
  notes: readonly string[],
  desk: Pick<Desk, 'id'>,
): Reply {
  const forms = [renderNotice(text, notes, desk.id)];
  return { verdict, forms, unattached: forms, whole: null, recognised: false };
}

async function examined(
  sources: readonly Source[],
  language: Language,
  desk: Desk,
): Promise<Report | null> {
  try {
    return await desk.core.examine(sources, language);
  } catch (error) {
    desk.log.error('core failed', { id: desk.id, ...errorFields(error) });
    return null;
  }
}
