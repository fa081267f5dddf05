import { COMMON_JS } from './common-script.js';
import { LISTS_JS } from './plates-script-lists.js';
import { PASSAGES_JS } from './plates-script-passages.js';
import { REVIEW_JS } from './plates-script-review.js';
import { VIEWS_JS } from './plates-script.js';

/** What the plates page loads beside the common style. Kept as text, so that the build has no files to copy. */
export const PLATES_CSS = `
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
.files .check { display: flex; align-items: center; gap: .4rem; padding: 0; }
.files input[type=file] { border: 0; background: none; }
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
