/** Of the report itself; the colours' names are those of all our pages. */
export const FLOW_CSS = `
.flow { max-width: 1100px; margin: 0 auto; }
.flow h1 { margin: 0; font-size: 1.5rem; } .flow h2 { margin: 1.6rem 0 .5rem; font-size: 1.05rem; }
.flow .where { margin: .2rem 0 1.2rem; color: var(--dim); }
.flow .patterns { position: absolute; }
.flow .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .7rem; margin: 0 0 1.2rem; padding: 0; list-style: none; }
@media (min-width: 60rem) { .flow .figures { grid-template-columns: repeat(4, 1fr); } .flow .figures li:first-child { grid-column: span 2; } }
.flow .figures li { padding: .7rem .9rem; background: var(--card); border: 1px solid var(--edge); border-radius: 10px; font-size: .85rem; }
.flow .figures b { display: block; margin: .1rem 0 .2rem; font-size: 1.5rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.flow .figures .label, .flow .figures .detail { display: block; color: var(--dim); }
.flow .notes { margin: 0 0 1.2rem; padding: .6rem .9rem .6rem 2rem; border: 1px solid var(--edge); border-left: 4px solid var(--wait); border-radius: 6px; background: var(--card); font-size: .9rem; }
.flow .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: .9rem; }
.flow figure { margin: 0; padding: .8rem .9rem; background: var(--card); border: 1px solid var(--edge); border-radius: 10px; break-inside: avoid; }
.flow figcaption { margin: 0 0 .4rem; font-weight: 600; }
.flow .plot { display: block; width: 100%; height: auto; }
.flow .plot text { font-size: 13px; fill: var(--dim); font-variant-numeric: tabular-nums; }
.flow .plot .grid { stroke: var(--edge); fill: none; }
.flow .keys { display: flex; flex-wrap: wrap; gap: .2rem .9rem; margin: .4rem 0 0; font-size: .85rem; }
.flow .keys svg { vertical-align: -2px; border-radius: 2px; }
.flow .scroll { overflow-x: auto; }
.flow table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--edge); font-size: .85rem; font-variant-numeric: tabular-nums; }
.flow th, .flow td { padding: .35rem .6rem; border-bottom: 1px solid var(--edge); text-align: right; }
.flow th { color: var(--dim); font-weight: 500; vertical-align: bottom; }
.flow .word { text-align: left; }
.flow td { white-space: nowrap; }
.flow .nothing { padding: 2.5rem 1rem; text-align: center; color: var(--dim); background: var(--card); border: 1px solid var(--edge); border-radius: 10px; }
@media (max-width: 32rem) { .flow .plot text { font-size: 19px; } }
@media print {
  @page { size: A4; margin: 12mm; }
  :root, .flow { color-scheme: light; --back: #fff; --card: #fff; --text: #000; --dim: #333; --edge: #bbb; --wait: #000; }
  html { font-size: 11px; } body { background: #fff; color: #000; font-size: 11px; }
  .flow .plot text { font-size: 13px; }
  .flow .plots { grid-template-columns: 1fr 1fr; }
  .flow .figures { grid-template-columns: repeat(4, 1fr); gap: .4rem; } .flow .figures li:first-child { grid-column: span 2; } .flow .figures li { padding: .4rem .6rem; } .flow .figures b { font-size: 1.15rem; }
  .flow thead { display: table-header-group; } .flow tr, .flow .figures li { break-inside: avoid; } .flow h2 { break-after: avoid; }
  .flow .scroll { overflow: visible; } .flow th, .flow td { padding: .2rem .35rem; }
}
`;

/** What our pages have in their common style, for a report that stands alone. */
export const ALONE_CSS = `
:root { color-scheme: light dark; --back: #f4f5f7; --card: #fff; --text: #1c2330; --dim: #667085; --edge: #dfe3ea; --wait: #a15c07; }
@media (prefers-color-scheme: dark) { :root { --back: #12161d; --card: #1b212b; --text: #e6eaf0; --dim: #98a2b3; --edge: #2b3340; --wait: #e0a63b; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.2rem; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
@media print { body { padding: 0; } }
`;
