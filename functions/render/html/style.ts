/** The style sheet of every page: light and dark, from a 320 px phone to paper. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f6f3; --card: #fff; --sunk: #f1f1ed; --line: #deded8; --text: #1d1d1b; --soft: #5c5c57; --link: #1a56a8;
  --diagnosed: #a8201a; --suspected: #855300; --good: #1a6b3a; --grey: #56595f;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #151618; --card: #1d1e21; --sunk: #26282c; --line: #36383d; --text: #e7e6e2; --soft: #a5a59f; --link: #8ab8f5;
    --diagnosed: #ff9c93; --suspected: #f0bd62; --good: #7fd6a0; --grey: #b4b8bf;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  overflow-wrap: anywhere;
}
main { max-width: 54rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.45rem; line-height: 1.35; margin: .5rem 0 0; text-wrap: pretty; }
h2 { font-size: 1.05rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: 1rem; line-height: 1.4; margin: 0; }
p { margin: .5rem 0; }
ul, ol { margin: .5rem 0; padding-left: 1.4rem; }
li + li { margin-top: .3rem; }
a { color: var(--link); }
code, pre { font-family: var(--mono); font-size: .86em; }
pre code { font-size: inherit; }
:not(pre) > code { background: var(--sunk); border-radius: 4px; padding: .08em .3em; }
pre { margin: .35rem 0; white-space: pre-wrap; unicode-bidi: isolate; line-height: 1.5; tab-size: 8; }
.soft, .note, figcaption { color: var(--soft); font-size: .9rem; }
.note { margin: .2rem 0; }
.verdict { border: 1px solid var(--line); border-left: 6px solid var(--status); border-radius: 8px; background: var(--card); padding: 1.1rem 1.25rem 1.2rem; }
.diagnosed { --status: var(--diagnosed); } .suspected { --status: var(--suspected); }
.resolved, .healthy { --status: var(--good); } .unrecognised { --status: var(--grey); }
.outage { --status: var(--diagnosed); } .degraded { --status: var(--suspected); } .latent { --status: var(--grey); }
.badge { display: inline-block; border: 1.5px solid var(--status); color: var(--status); border-radius: 5px; padding: .05rem .5rem; font-size: .82rem; font-weight: 700; letter-spacing: .05em; }
.bar { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1rem; margin: 0 0 .9rem; font-size: .9rem; }
.bar p { margin: 0; }
.first { padding-left: 1.3rem; } .first > li { margin-top: .7rem; } .first .command { margin-bottom: 0; }
.causes > li { padding: .6rem 0; border-top: 1px solid var(--line); } .causes > li + li { margin: 0; }
.causes p { margin: .15rem 0 0; } .causes .badge { margin-right: .4rem; padding: 0 .4rem; }
.areas { display: flex; flex-wrap: wrap; gap: .3rem 1rem; list-style: none; padding: 0; } .areas li { margin: 0; }
.cause { margin: 1rem 0 0; font-weight: 600; }
.cause + p { margin-top: .25rem; }
.cause .soft, h3 .soft { font-weight: 400; }
.plain { list-style: none; padding: 0; }
.proof > li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .7rem .9rem; }
.proof > li + li { margin-top: .6rem; }
.proof .proof > li { background: none; border: 0; border-left: 3px solid var(--line); border-radius: 0; padding: 0 0 0 .8rem; }
.proof p { margin: 0; }
figure { margin: .4rem 0 0; }
figcaption { font-family: var(--mono); font-size: .8rem; }
.quote { background: var(--sunk); border-radius: 5px; padding: .45rem .6rem; }
.ladder { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .9rem .6rem; overflow-x: auto; }
.ladder svg { display: block; width: 100%; max-width: 38rem; height: auto; margin: 0 auto; }
.ladder.wide svg { max-width: none; min-width: 44rem; }
.ladder .loss { color: var(--diagnosed); }
.ladder figcaption { font-family: inherit; margin: .6rem .3rem 0; }
.ladder figcaption p { margin: .15rem 0; }
.path { list-style: none; padding: 0; margin: 0; }
.path li { position: relative; margin: 0; padding: 0 0 1rem 1.8rem; }
.path li::before { content: ""; position: absolute; left: .3rem; top: .42rem; width: .7rem; height: .7rem; border: 2px solid var(--text); border-radius: 50%; background: var(--ground); }
.path li:not(:last-child)::after { content: ""; position: absolute; left: calc(.65rem - 1px); top: 1.25rem; bottom: -.3rem; border-left: 2px solid var(--soft); }
.path li.cut:not(:last-child)::after { border-left: 2px dashed var(--diagnosed); }
.path li:last-child { padding-bottom: 0; }
.path .name { margin-right: .5rem; font-family: var(--mono); font-size: .9rem; font-weight: 600; }
.path .lost { display: block; color: var(--diagnosed); font-weight: 700; margin: .45rem 0 -.2rem; }
dl { display: grid; grid-template-columns: minmax(5rem, max-content) 1fr; gap: .2rem 1rem; margin: .5rem 0; }
dt { color: var(--soft); font-size: .9rem; padding-top: .08rem; } dd { margin: 0; }
.mono { font-family: var(--mono); font-size: .86rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .35rem .5rem; border-bottom: 1px solid var(--line); vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; padding-left: 0; font-weight: 600; }
thead th { font-size: .85rem; color: var(--soft); font-weight: 600; }
tbody th { font-family: var(--mono); font-size: .86rem; }
td { font-family: var(--mono); font-size: .86rem; overflow-wrap: normal; }
.grew { font-weight: 700; }
.remedy { display: grid; grid-template-columns: 2.2rem 1fr; gap: 0 .75rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem 1.1rem; margin-top: .75rem; }
.key { width: 2.2rem; height: 2.2rem; border-radius: 50%; background: var(--text); color: var(--card); display: grid; place-items: center; font-weight: 700; }
.remedy header { align-self: center; }
.remedy .body { grid-column: 2; min-width: 0; }
.command { display: flex; align-items: flex-start; gap: .5rem; background: var(--sunk); border-radius: 6px; padding: .45rem .5rem .45rem .75rem; margin: .45rem 0; }
.command pre { flex: 1; min-width: 0; margin: .15rem 0; }
button, .button { font: inherit; font-size: .85rem; color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .2rem .65rem; cursor: pointer; white-space: nowrap; }
button:hover, .button:hover { border-color: var(--soft); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
details > summary { cursor: pointer; color: var(--soft); font-size: .9rem; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
form { display: grid; gap: 1.4rem; margin-top: 1.5rem; }
label, legend { font-weight: 600; font-size: .95rem; }
textarea, input, select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .65rem; width: 100%; }
textarea { font-family: var(--mono); font-size: .86rem; min-height: 17rem; margin-top: .4rem; resize: vertical; white-space: pre; overflow-wrap: normal; tab-size: 8; }
legend { padding: 0; }
fieldset details { margin-top: .6rem; }
fieldset { border: 0; padding: 0; margin: 0; min-width: 0; }
.file { display: grid; grid-template-columns: 2fr 1fr 1fr; gap: .5rem; margin-top: .5rem; }
.file input[type=file] { padding: .35rem .5rem; }
.send { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: center; }
.send select { width: auto; }
.send label { display: flex; gap: .5rem; align-items: center; font-weight: 400; }
.send button { font-size: 1rem; font-weight: 600; background: var(--text); color: var(--card); border-color: var(--text); padding: .5rem 1.4rem; }
.notice { border-left: 6px solid var(--suspected); background: var(--card); border-radius: 6px; padding: .7rem 1rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 34rem) {
  main { padding: .75rem .75rem 2rem; }
  h1 { font-size: 1.2rem; }
  .verdict { padding: .9rem; } .ladder { padding: .7rem .1rem; }
  .remedy { padding: .85rem; } .remedy .body { grid-column: 1 / -1; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .45rem; }
  .file { grid-template-columns: 1fr 1fr; } .file input[type=file] { grid-column: 1 / -1; }
  th, td { padding: .35rem .3rem; }
}
@media print {
  :root { --ground: #fff; --card: #fff; --sunk: #f4f4f4; --line: #bbb; --text: #000; --soft: #333; --link: #000; --diagnosed: #900; --suspected: #640; --good: #040; --grey: #333; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; }
  .copy, .again, .button, .bar, .areas { display: none; }
  .proof > li, .remedy, .verdict, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;

/** SHA-256 of the style sheet for `style-src`; a test holds it to the text above. */
export const PAGE_STYLE_HASH = 'sha256-ugBLH/pgUH40yndByNyEfJmsOtGIGuNpJde64GbOzq8=';
