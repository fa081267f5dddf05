import { LISTS_JS } from './plates-script-lists.js';
import { PASSAGES_JS } from './plates-script-passages.js';
import { REVIEW_JS } from './plates-script-review.js';
import { COMMON_JS, VIEWS_JS } from './plates-script.js';

/** What the plates page loads beside the common style. Kept as text, so that the build has no files to copy. */
export const PLATES_CSS = `
.hidden-title { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.tabs { display: flex; gap: .4rem; margin: 0 0 1rem; border-bottom: 1px solid var(--edge); }
.tabs a { padding: .45rem .9rem; text-decoration: none; color: var(--dim); border-bottom: 3px solid transparent; margin-bottom: -1px; }
.tabs a[aria-current] { color: var(--text); font-weight: 600; border-color: var(--accent); }
.count { padding: 0 .45rem; border-radius: 9px; background: var(--wait); color: #fff; font-size: .8rem; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.search { display: flex; flex-wrap: wrap; gap: .7rem .9rem; align-items: end; padding: .9rem 1rem; margin-bottom: .9rem; }
.search label { display: grid; gap: .2rem; color: var(--dim); font-size: .85rem; }
.search label.check, .files .check { display: flex; align-items: center; gap: .4rem; padding-bottom: .4rem; }
.search .wide { flex: 1 1 12rem; }
.search .hint { flex-basis: 100%; margin: 0; }
input, select { font: inherit; padding: .35rem .5rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--back); color: var(--text); min-width: 0; }
.search input:not([type=checkbox]), .search select, .search button { height: 2.3rem; }
input:user-invalid { border-color: var(--bad); }
button.main { background: var(--accent); border-color: var(--accent); color: #fff; }
@media (prefers-color-scheme: dark) { button.main, .count { color: #0d1117; } }
button:disabled { opacity: .6; cursor: default; }
.hint, .empty { color: var(--dim); font-size: .85rem; }
.empty { padding: 2rem 1rem; text-align: center; font-size: 1rem; }
.said { color: var(--good); margin: 0; } .said:not(:empty) { margin-bottom: .8rem; }
.passages, .queue, .list-names { list-style: none; margin: 0; padding: 0; }
.passages { display: grid; gap: .5rem; }
.passage { display: grid; grid-template-columns: 150px minmax(9rem, 1.1fr) minmax(8rem, 1fr) minmax(8rem, 1.2fr); gap: .3rem 1rem; align-items: center; padding: .5rem .8rem .5rem .75rem; }
.passage.deny { box-shadow: inset 5px 0 var(--bad); } .passage.watch { box-shadow: inset 5px 0 var(--wait); } .passage.allow { box-shadow: inset 5px 0 var(--good); }
.crop { display: grid; place-items: center; height: 64px; border-radius: 6px; overflow: hidden; background: #0b0e13; color: #7d8794; font-size: .8rem; text-decoration: none; }
.crop img { width: 100%; height: 100%; object-fit: contain; }
.plate { font-size: 1.25rem; font-weight: 650; letter-spacing: .02em; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.dim { color: var(--dim); font-size: .85rem; }
.verdict { font-size: .85rem; font-weight: 600; white-space: nowrap; } .verdict::before { content: "●"; margin-right: .35em; }
.verdict.accepted { color: var(--good); } .verdict.needs-review { color: var(--wait); } .verdict.rejected { color: var(--dim); }
.hits { display: flex; flex-wrap: wrap; gap: .3rem; }
.hit { padding: 0 .55rem; border: 1px solid currentcolor; border-radius: 9px; font-size: .8rem; font-weight: 600; }
.hit.deny { color: var(--bad); } .hit.allow { color: var(--good); } .hit.watch { color: var(--wait); } .hit.possible { border-style: dashed; }
.queue { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); }
.queue .crop { height: 120px; border-radius: 0; }
.queue .about { padding: .8rem 1rem 1rem; display: grid; gap: .5rem; }
.queue form { display: flex; flex-wrap: wrap; gap: .5rem; }
.queue form input { flex: 1 1 9rem; font-size: 1.1rem; font-weight: 600; text-transform: uppercase; }
.others { display: flex; flex-wrap: wrap; gap: .3rem; align-items: center; }
.others button { padding: .1rem .5rem; font-size: .85rem; }
.list-names { display: flex; flex-wrap: wrap; gap: .6rem; margin-bottom: 1rem; }
.list-names button { display: grid; gap: .1rem; text-align: left; padding: .5rem .9rem; }
.list-names button[aria-pressed=true] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.kind { font-size: .8rem; font-weight: 600; } .kind.deny { color: var(--bad); } .kind.allow { color: var(--good); } .kind.watch { color: var(--wait); }
#list-title button { font-size: .9rem; }
#list-title { font-size: 1.1rem; display: flex; gap: .8rem; align-items: baseline; justify-content: space-between; }
.files { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; }
.files .check { padding: 0; }
.files input[type=file] { border: 0; background: none; }
.scroll { overflow-x: auto; }
.entries { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--edge); }
.entries th, .entries td { text-align: left; padding: .4rem .7rem; border-bottom: 1px solid var(--edge); vertical-align: top; }
.entries th { color: var(--dim); font-weight: 500; font-size: .85rem; white-space: nowrap; }
.entries td:first-child { font-weight: 600; white-space: nowrap; } .entries td { overflow-wrap: anywhere; } .entries time { white-space: nowrap; }
.entries button { padding: .1rem .6rem; }
.bad-rows { margin: 0 0 1rem; padding: .6rem .9rem; border: 1px solid var(--edge); border-left: 4px solid var(--bad); border-radius: 6px; background: var(--card); }
.bad-rows ul { margin: .4rem 0 0; padding-left: 1.2rem; max-height: 16rem; overflow: auto; }
@media (max-width: 760px) { .passage { grid-template-columns: 110px 1fr; } .passage > :nth-child(n + 3) { grid-column: 2; } }
`;

/** One script: its parts share their names. */
export const PLATES_JS = [COMMON_JS, PASSAGES_JS, REVIEW_JS, LISTS_JS, VIEWS_JS].join('\n');
