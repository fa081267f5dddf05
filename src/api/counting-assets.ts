import { COMMON_JS } from './common-script.js';
import { AREAS_JS } from './counting-script-areas.js';
import { CROSSINGS_JS } from './counting-script-crossings.js';
import { COUNTING_VIEWS_JS } from './counting-script.js';

/** What the counting page loads beside the common style. Kept as text, so that the build has no files to copy. */
export const COUNTING_CSS = `
.areas, .crossings { list-style: none; margin: 0; padding: 0; display: grid; gap: 1rem; }
.areas { grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); align-items: start; }
.facts { display: grid; gap: .3rem; } .areas:not(:empty) { margin-bottom: 1.4rem; }
.area { padding: .9rem 1rem 1rem; display: grid; gap: .5rem; align-content: start; }
.area.over { border-color: var(--bad); box-shadow: inset 5px 0 var(--bad); }
.area h2 { margin: 0; font-size: 1rem; display: flex; justify-content: space-between; gap: .6rem; overflow-wrap: anywhere; }
.badge { padding: 0 .55rem; border: 1px solid currentcolor; border-radius: 9px; font-size: .8rem; font-weight: 600; color: var(--bad); white-space: nowrap; align-self: center; }
.inside { display: flex; flex-wrap: wrap; gap: 0 .6rem; align-items: baseline; font-variant-numeric: tabular-nums; }
.inside b { font-size: 2.2rem; line-height: 1.1; font-weight: 650; }
.bar { height: 10px; border-radius: 5px; background: var(--edge); overflow: hidden; } .bar i { display: block; height: 100%; background: var(--good); }
.over .bar i { background: var(--bad); }
.dim { color: var(--dim); font-size: .85rem; overflow-wrap: anywhere; }
.area .warn { color: var(--wait); font-size: .85rem; margin: 0; overflow-wrap: anywhere; }
.area details { border-top: 1px solid var(--edge); padding-top: .5rem; } .area summary { cursor: pointer; color: var(--accent); font-size: .9rem; }
.area form { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .5rem; align-items: end; }
.area label { display: grid; gap: .2rem; color: var(--dim); font-size: .85rem; flex: 1 1 6rem; } .area label.note { flex: 3 1 10rem; }
.counted { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 560px), 1fr)); align-items: start; }
.counted table { border-collapse: collapse; width: 100%; }
.counted caption { text-align: left; font-weight: 600; padding: .7rem 1rem .3rem; }
.counted th, .counted td { text-align: left; padding: .35rem 1rem; border-top: 1px solid var(--edge); vertical-align: top; }
.counted thead th { color: var(--dim); font-weight: 500; font-size: .85rem; border: 0; }
.counted .number { font-variant-numeric: tabular-nums; white-space: nowrap; } .counted .number b { font-size: 1.15rem; }
.counted tbody th { font-weight: 600; min-width: 4.5rem; overflow-wrap: break-word; }
.counted tr.none { color: var(--dim); }
.counted td:last-child { overflow-wrap: anywhere; }
.classes { display: flex; flex-wrap: wrap; gap: .1rem .9rem; font-size: .85rem; font-variant-numeric: tabular-nums; }
.crossings { grid-template-columns: repeat(auto-fill, minmax(min(100%, 250px), 1fr)); }
.crossing .look { display: grid; place-items: center; aspect-ratio: 16 / 10; background: #0b0e13; color: #7d8794; font-size: .85rem; text-decoration: none; }
.crossing .look img { width: 100%; height: 100%; object-fit: contain; display: block; min-height: 0; }
.crossing .about { padding: .6rem .8rem .75rem; display: grid; gap: .15rem; }
.way { display: flex; flex-wrap: wrap; gap: 0 .6rem; justify-content: space-between; font-weight: 600; }
.way .in { color: var(--good); } .way .out { color: var(--accent); }
@media (max-width: 560px) { .counted th, .counted td { padding: .35rem .6rem; } }
`;

/** One script: its parts share their names. */
export const COUNTING_JS = [COMMON_JS, AREAS_JS, CROSSINGS_JS, COUNTING_VIEWS_JS].join('\n');
