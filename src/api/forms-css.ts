/** Forms, tabs and small words, as all pages have them; part of pages.css. */
export const FORMS_CSS = `
.hidden-title { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.tabs { display: flex; gap: .4rem; margin: 0 0 1rem; border-bottom: 1px solid var(--edge); }
.tabs a { padding: .45rem .9rem; text-decoration: none; color: var(--dim); border-bottom: 3px solid transparent; margin-bottom: -1px; }
.tabs a[aria-current] { color: var(--text); font-weight: 600; border-color: var(--accent); }
.count { padding: 0 .45rem; border-radius: 9px; background: var(--wait); color: #fff; font-size: .8rem; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.search { display: flex; flex-wrap: wrap; gap: .7rem .9rem; align-items: end; padding: .9rem 1rem; margin-bottom: .9rem; }
.search label { display: grid; gap: .2rem; color: var(--dim); font-size: .85rem; }
.search label.check { display: flex; align-items: center; gap: .4rem; padding-bottom: .4rem; }
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
.scroll { overflow-x: auto; }
`;
