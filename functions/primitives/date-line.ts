const DATES = [
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? [\w ]{0,20}\d{1,2}:\d\d:\d\d[\w +:-]{0,20}$/,
  /^\d{4}年 ?\d{1,2}月 ?\d{1,2}日 ?[^\s\d]{0,4} ?\S{0,4}\d{1,2}:\d\d:\d\d ?[\w+:-]{0,10}$/,
  /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[\d.,+:Z-]{0,16}$/,
];

/** Whether a line, without blanks around it, is what `date` prints: it stands between two readings of counters. */
export function isDateLine(text: string): boolean {
  return DATES.some((date) => date.test(text));
}
