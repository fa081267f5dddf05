import { COMMON_JS } from './common-script.js';
import { AROUND_JS } from './incidents-script-around.js';
import { CLIP_JS } from './incidents-script-clip.js';
import { DETAIL_JS } from './incidents-script-detail.js';
import { LIST_JS } from './incidents-script.js';

/** What the incidents page, and the page behind an acknowledge link, load beside the common style. */
export const INCIDENTS_CSS = `
.split { display: grid; gap: 1.2rem; align-items: start; grid-template-columns: minmax(0, 1fr); }
.has-detail .split { grid-template-columns: minmax(18rem, 2fr) minmax(0, 3fr); }
.rows { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
.row { box-shadow: inset 5px 0 var(--dim); }
.row.warning { box-shadow: inset 5px 0 var(--wait); } .row.critical { box-shadow: inset 5px 0 var(--bad); }
.row.resolved, .row.expired { box-shadow: inset 5px 0 var(--edge); }
.row.current { border-color: var(--accent); }
.row a.open { display: grid; gap: .1rem; padding: .6rem .9rem .6rem 1.1rem; color: inherit; text-decoration: none; }
.row a.open:hover b { text-decoration: underline; }
.row a.open:focus-visible { outline-offset: -3px; }
.row.resolved b, .row.expired b { font-weight: 500; }
.head { display: flex; flex-wrap: wrap; gap: .2rem .7rem; align-items: baseline; justify-content: space-between; }
.foot, .dim { color: var(--dim); font-size: .85rem; }
.row .dim:empty { display: none; }
.unfold { margin: 0 .9rem .6rem 1.1rem; padding: .15rem .7rem; font-size: .85rem; }
.gathered { padding: 0 .6rem .6rem 1.6rem; gap: .3rem; }
.severity { padding: 0 .55rem; border: 1px solid currentcolor; border-radius: 9px; font-size: .8rem; font-weight: 600; color: var(--dim); white-space: nowrap; }
.severity.warning { color: var(--wait); } .severity.critical { color: var(--bad); }
.state { font-weight: 600; }
.state.open, .state.notified { color: var(--bad); } .state.in-storm.open { color: var(--dim); } .state.acknowledged { color: var(--good); } .state.resolved, .state.expired { color: var(--dim); }
.tabs { flex-wrap: wrap; } .tabs .count { background: var(--edge); color: var(--text); } .tabs a:first-child .count { background: var(--bad); color: var(--card); }
.filter { margin-bottom: .8rem; } .filter summary, .more summary { cursor: pointer; color: var(--dim); } .filter form, .more form, .more ul { margin-top: .6rem; }
#detail { padding: 1rem 1.2rem 1.2rem; position: sticky; top: .8rem; max-height: calc(100vh - 1.6rem); overflow: auto; }
#detail h2 { font-size: 1.15rem; margin: 0 0 .4rem; } #detail h2 ~ h2, #detail > h2 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
#detail:focus { outline: none; }
#detail dl { margin-bottom: .9rem; overflow-wrap: anywhere; }
.close { float: right; margin: 0; }
.state-line { display: flex; flex-wrap: wrap; gap: .7rem; align-items: baseline; margin: 0; }
.shot { border-radius: 6px; overflow: hidden; background: #0b0e13; margin-bottom: .9rem; } .shot img { display: block; width: 100%; max-height: 38vh; object-fit: contain; }
.acts { display: flex; flex-wrap: wrap; gap: .6rem; margin-bottom: .9rem; } .acts button { padding: .55rem 1.1rem; }
.clip { margin-bottom: .9rem; } .clip .buttons { display: flex; flex-wrap: wrap; gap: .4rem .8rem; align-items: center; } .clip video { display: block; width: 100%; max-height: 38vh; margin-top: .6rem; border-radius: 6px; background: #0b0e13; } .clip .problem { margin: .4rem 0 0; }
.say { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end; margin-bottom: .6rem; }
.say label { display: grid; gap: .2rem; flex: 1 1 12rem; color: var(--dim); font-size: .85rem; } .say input, .say button { height: 2.3rem; }
.timeline { list-style: none; margin: 0 0 .9rem; padding: 0; } .timeline li { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: .6rem; padding: .25rem 0; border-top: 1px solid var(--edge); overflow-wrap: anywhere; }
.timeline li:first-child { border-top: 0; }
.timeline time { color: var(--dim); font-size: .85rem; font-variant-numeric: tabular-nums; line-height: 1.6; } .timeline .planned { color: var(--dim); }
.timeline .note { font-style: italic; } .timeline .note b { font-style: normal; }
#history summary { cursor: pointer; color: var(--dim); }
.sent { font-weight: 600; color: var(--wait); } .sent.sent { color: var(--good); } .sent.delivered { color: var(--good); } .sent.failed { color: var(--bad); } .sent.skipped, .sent.replaced { color: var(--dim); } .sent.pending, .sent.sending { color: var(--wait); }
.maintenance { list-style: none; display: grid; gap: .5rem; } .maintenance li { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center; justify-content: space-between; }
.more { margin-top: 1rem; } .more.bad summary { color: var(--bad); }
.channels { list-style: none; margin: 0; padding: .3rem 1rem; } .channels li { display: grid; grid-template-columns: 6rem 3.5rem minmax(0, 1fr); gap: .8rem; padding: .3rem 0; }
.channel { font-weight: 600; color: var(--dim); } .channel.on { color: var(--good); } .channel.down { color: var(--bad); }
.acknowledge { min-height: 100vh; display: grid; align-items: start; justify-items: center; }
.acknowledge article { width: min(26rem, 100%); padding: 1.4rem; border-top: 6px solid var(--dim); } .acknowledge .warning { border-top-color: var(--wait); } .acknowledge .critical { border-top-color: var(--bad); }
.acknowledge h1 { margin: .2rem 0 .5rem; font-size: 1.35rem; } .acknowledge .site { margin: 0; color: var(--dim); } .acknowledge .severity { display: inline-block; margin: 0; border-color: currentcolor; }
.acknowledge form { margin-top: 1.2rem; } .acknowledge form button { width: 100%; padding: 1rem; font-size: 1.1rem; font-weight: 600; border-radius: 10px; }
.acknowledge .outcome { margin: 1.2rem 0 0; padding: .8rem 1rem; border: 1px solid var(--good); border-radius: 8px; color: var(--good); font-weight: 600; }
.acknowledge ul { padding-left: 1.2rem; } .acknowledge .more { margin: 1.2rem 0 0; font-size: .9rem; }
@media (max-width: 900px) { .has-detail .split { grid-template-columns: minmax(0, 1fr); } .has-detail #list, .has-detail .tabs, .has-detail .more { display: none; } #detail { position: static; max-height: none; } .timeline li { grid-template-columns: 5.2rem minmax(0, 1fr); } .tabs a { padding: .4rem .6rem; } }
`;

/** One script: its parts share their names. */
export const INCIDENTS_JS = [COMMON_JS, LIST_JS, CLIP_JS, DETAIL_JS, AROUND_JS].join('\n');
