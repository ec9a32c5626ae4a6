/** Whether a line is a leftover of the terminal that says nothing: `^C`, pager prompts, `logout`, the edges of boxes, `...`. */
export function isFurniture(line: string): boolean {
  const text = line.trim();
  return (
    LEFTOVER.test(text) ||
    OMITTED.test(text) ||
    EDGE.test(text) ||
    LIST.test(text) ||
    /^\[sudo\].{1,60}[:：]$/.test(text)
  );
}

const LEFTOVER = /^(?:\^C|\^Z|--More--|\(END\)|:|exit|logout|lines \d+-\d+.*)$/;
/** Where the writer left lines out. */
const OMITTED = /^(?:\[(?:\.{3,6}|…+)\]|\.{3,6}|…+|<snip>|\[snip\])$/i;
const EDGE = /^(?:[*_~=]{3,}|[+|\s─━═┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╠╣-]{3,})$/;

/** Above the lines of an output that Ansible prints as JSON. */
const LIST = /^"(?:msg|[\w.]{0,60}std(?:out|err)_lines)": \[$/;

/** Whether a line only says that lines were left out: `...`, `[snip]`, `(lines omitted)`, `……`. What stands below it is the same output. */
export function isOmission(line: string): boolean {
  const text = line.trim();
  return text.length <= 40 && OMISSION.test(text);
}

const OMISSION =
  /^[[(<{-]*\s*(?:\.{2,}|…+|snip(?:ped)?|cut|(?:some |more |\d+ )?(?:lines|packets|output) (?:omitted|skipped|removed|cut|snipped|truncated|deleted)|omitted|truncated|(?:此处|中间|部分)?(?:已)?省略.{0,6})\s*[\])>}-]*$/i;
