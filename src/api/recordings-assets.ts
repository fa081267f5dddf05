import { COMMON_JS } from './common-script.js';
import { COLOURS } from './coverage-svg.js';
import { EXPORTS_JS } from './recordings-script-exports.js';
import { KEEP_JS } from './recordings-script-keep.js';
import { PLAYER_JS } from './recordings-script-player.js';
import { RECORDINGS_VIEWS_JS } from './recordings-script.js';
import { STRIP_JS } from './recordings-script-strip.js';
import { TIME_JS } from './recordings-script-time.js';

const BARS = Object.entries(COLOURS)
  .map(([cause, colour]) => `.day-strip .${cause} { background: ${colour}; }`)
  .join('\n');

/** What the recordings page loads beside the common style. */
export const RECORDINGS_CSS = `
.tabs { flex-wrap: wrap; }
.choose { display: flex; flex-wrap: wrap; gap: .6rem .9rem; align-items: end; margin-bottom: .8rem; }
.choose label { display: grid; gap: .2rem; color: var(--dim); font-size: .85rem; }
.choose input, .choose select, .choose button { height: 2.3rem; } .choose select { max-width: 60vw; }
.choose .buttons { display: flex; gap: .3rem; } .choose button { min-width: 2.5rem; font-size: 1.1rem; line-height: 1; }
.strip-box { margin-bottom: .5rem; }
.day-strip { position: relative; height: 44px; border: 1px solid var(--edge); border-radius: 6px; background: var(--edge); overflow: hidden; cursor: crosshair; touch-action: pan-y; user-select: none; }
.day-strip i { position: absolute; top: 0; bottom: 0; min-width: 2px; }
.day-strip .covered { min-width: 0; } .day-strip .off, .day-strip .not-watched, .day-strip .still { min-width: 0; }
${BARS}
.day-strip .held { top: auto; height: 6px; background: #2453c9; }
.key.held::before { background: #2453c9; } .key.unknown::before { outline: 1px solid var(--dim); }
.day-strip .chosen { background: #ffffff59; border: solid var(--text); border-width: 0 2px; box-shadow: inset 0 0 0 2px #0007; min-width: 4px; pointer-events: none; }
.day-strip .cursor { width: 0; border-left: 3px solid #fff; outline: 1px solid #000; margin-left: -1px; pointer-events: none; }
.ticks { position: relative; height: 1.3rem; color: var(--dim); font-size: .78rem; font-variant-numeric: tabular-nums; }
.ticks span { position: absolute; padding-left: .25rem; border-left: 1px solid var(--edge); line-height: 1.5rem; }
#recordings .legend { margin: .2rem 0 .6rem; }
#hover { font-variant-numeric: tabular-nums; color: var(--text); }
.gaps { margin: 0 0 .8rem; } .gaps summary { cursor: pointer; color: var(--dim); font-size: .9rem; } .gaps ul { margin-top: .4rem; max-height: 14rem; overflow: auto; }
.gaps li { font-size: .88rem; font-variant-numeric: tabular-nums; padding: .1rem 0; overflow-wrap: anywhere; }
.plain { list-style: none; margin: 0; padding: 0; }
#strip-said { padding: .8rem 1rem; text-align: left; }
.two { display: grid; gap: 1rem; grid-template-columns: minmax(0, 5fr) minmax(19rem, 3fr); align-items: start; margin-top: .6rem; }
.screen { display: grid; place-items: center; background: #0b0e13; color: #7d8794; border-radius: 10px; overflow: hidden; aspect-ratio: 16 / 9; }
.screen > * { grid-area: 1 / 1; } .screen video { width: 100%; height: 100%; min-height: 0; object-fit: contain; display: block; } .screen #none { padding: 1rem; text-align: center; }
.screen:fullscreen { border-radius: 0; }
.clock { margin: .5rem 0; font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; min-height: 1.6rem; overflow-wrap: anywhere; }
.controls { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-bottom: .5rem; } .controls button, .controls select { height: 2.4rem; } .controls label { color: var(--dim); font-size: .85rem; }
#play { min-width: 5.5rem; } [aria-pressed=true] { background: var(--accent); color: #fff; border-color: var(--accent); }
.acts { display: grid; gap: .8rem; }
.acts form { display: grid; gap: .55rem .8rem; padding: .8rem 1rem 1rem; grid-template-columns: 1fr 1fr; }
.acts h2 { margin: 0; font-size: 1rem; grid-column: 1 / -1; }
.acts label { display: grid; gap: .2rem; color: var(--dim); font-size: .85rem; min-width: 0; } .acts label.check { display: flex; gap: .45rem; align-items: center; color: var(--text); grid-column: 1 / -1; font-size: .95rem; }
.acts .wide, .acts .buttons, .acts p { grid-column: 1 / -1; margin: 0; } .acts .buttons { display: flex; flex-wrap: wrap; gap: .4rem; }
.check input { width: 1.05rem; height: 1.05rem; }
#holds .check { white-space: nowrap; }
a.button { display: inline-block; padding: .35rem .8rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--card); color: var(--text); text-decoration: none; }
a.button.main { background: var(--accent); border-color: var(--accent); color: #fff; }
@media (prefers-color-scheme: dark) { a.button.main, [aria-pressed=true] { color: #0d1117; } .day-strip .held, .key.held::before { background: #7aa2ff; } }
.exports, #hold-list { list-style: none; margin: 0; padding: 0; display: grid; gap: .8rem; }
.export { display: grid; grid-template-columns: 220px minmax(0, 1fr); }
.export .look { background: #0b0e13; color: #7d8794; display: grid; place-items: center; min-height: 124px; font-size: .85rem; position: relative; overflow: hidden; }
.export .look a { position: absolute; inset: 0; } .export img { width: 100%; height: 100%; object-fit: contain; display: block; }
.export .body { padding: .8rem 1rem; } .export .about, li.held { display: grid; gap: .25rem; }
.export h2, li.held h2, #storage h2 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; } #storage h2 { margin: 1.4rem 0 .3rem; }
.state { font-size: .85rem; font-weight: 600; color: var(--wait); white-space: nowrap; } .state.done { color: var(--good); } .state.failed { color: var(--bad); } .state.cancelled, .state.expired { color: var(--dim); }
.dim { color: var(--dim); font-size: .88rem; overflow-wrap: anywhere; }
progress { width: 100%; height: .7rem; accent-color: var(--accent); }
.left { font-variant-numeric: tabular-nums; }
.about .buttons, li.held .buttons { display: flex; flex-wrap: wrap; gap: .4rem; margin-top: .35rem; }
.link { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end; margin-top: .7rem; padding-top: .7rem; border-top: 1px solid var(--edge); } .link label { display: grid; gap: .2rem; color: var(--dim); font-size: .85rem; }
.link .hint { align-self: center; } .made { flex-basis: 100%; display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; } .made input { flex: 1 1 16rem; }
.body > .problem { margin: .5rem 0 0; }
li.held { padding: .8rem 1rem; border-left: 5px solid var(--accent); }
/* What is hidden in a cell stays in its box. */
#storage .scroll { position: relative; }
.numbers { border-collapse: collapse; width: 100%; } .numbers caption { text-align: left; font-weight: 600; padding: .7rem 1rem .3rem; }
.numbers th, .numbers td { text-align: left; padding: .4rem 1rem; border-top: 1px solid var(--edge); vertical-align: top; font-variant-numeric: tabular-nums; }
.numbers thead th { color: var(--dim); font-weight: 500; font-size: .85rem; border: 0; } .numbers tbody th { font-weight: 600; } .numbers tr.bad td { color: var(--bad); }
#usage td { white-space: nowrap; }
#room { margin-top: .7rem; } #run { margin-bottom: .8rem; } #run .hint { display: inline; }
code { background: var(--edge); padding: .05rem .3rem; border-radius: 4px; overflow-wrap: anywhere; }
@media (pointer: coarse) { .keys { display: none; } }
@media (max-width: 900px) { .two { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 560px) { #recordings { padding: .8rem; } .export { grid-template-columns: minmax(0, 1fr); } .export .look { aspect-ratio: 16 / 9; } .acts form { grid-template-columns: minmax(0, 1fr); } .numbers th, .numbers td { padding: .4rem .6rem; } .tabs a { padding: .4rem .6rem; } .screen { margin: 0 -.8rem; border-radius: 0; } }
`;

/** One script: its parts share their names. */
export const RECORDINGS_JS = [
  COMMON_JS,
  TIME_JS,
  STRIP_JS,
  PLAYER_JS,
  EXPORTS_JS,
  KEEP_JS,
  RECORDINGS_VIEWS_JS,
].join('\n');
