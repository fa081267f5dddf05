import { COMMON_JS } from './common-script.js';
import { LIVE_PAGE_JS } from './live-script.js';

/** What the live page loads beside the common style. */
export const LIVE_CSS = `
.views { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); }
.view { color: inherit; text-decoration: none; display: block; }
.view:hover { border-color: var(--accent); }
.view .look, .screen { display: grid; place-items: center; background: #0b0e13; color: #7d8794; position: relative; overflow: hidden; }
.view .look { aspect-ratio: 16 / 9; }
.view img { width: 100%; height: 100%; object-fit: contain; display: block; min-height: 0; }
.view .away img, .screen.away img, .screen.stalled img { filter: grayscale(1) brightness(.6); }
.view .line { display: flex; justify-content: space-between; gap: .6rem; padding: .6rem .9rem; }
.view .line b { overflow-wrap: anywhere; }
.bar { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: 0 0 .8rem; }
.bar strong { overflow-wrap: anywhere; } .bar button { margin-left: auto; }
.state { padding: 0 .6rem; border: 1px solid currentcolor; border-radius: 9px; font-size: .85rem; font-weight: 600; color: var(--wait); white-space: nowrap; }
.state.live { color: var(--good); } .state.away { color: var(--bad); }
.screen { border-radius: 10px; min-height: 12rem; margin-bottom: .6rem; }
.screen img { display: block; width: 100%; max-height: 78vh; object-fit: contain; }
.screen:fullscreen { border-radius: 0; } .screen:fullscreen img { max-height: 100vh; height: 100vh; }
#none { padding: 2rem 1rem; text-align: center; }
.hint { overflow-wrap: anywhere; }
@media (max-width: 560px) { #live { padding: .8rem; } .screen { margin-left: -.8rem; margin-right: -.8rem; border-radius: 0; min-height: 8rem; } }
`;

/** One script: its parts share their names. */
export const LIVE_JS = [COMMON_JS, LIVE_PAGE_JS].join('\n');
