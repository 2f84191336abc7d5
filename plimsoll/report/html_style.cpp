#include "plimsoll/report/html_style.h"

namespace plimsoll::report {
namespace {

// Well-formed inside XML: no less-than sign and no ampersand.
constexpr char kColours[] = R"css(
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --ink: #1b2026; --soft: #5a636d; --line: #e2e4e7; --faint: #f0f1f2; --card: #ffffff;
  --fail: #b3261e; --inconclusive: #6a3fa0; --warn: #8f5800; --pass: #14713f; --learning: #47627f;
  --not-run: #6b747d; --link: #1f5fa8;
  --line1: #7aa5d4; --line2: #3474b5; --line3: #103a6b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --ink: #e4e7ea; --soft: #9ba5af; --line: #2c3239; --faint: #1d2127; --card: #191d22;
    --fail: #ff8278; --inconclusive: #bda0f5; --warn: #e5ae4d; --pass: #5fcb90; --learning: #9fb6cf;
    --not-run: #98a1aa; --link: #82b4ee;
    --line1: #5b86bd; --line2: #82b4e8; --line3: #d6e8fb;
  }
}
.fail { --tone: var(--fail); } .inconclusive { --tone: var(--inconclusive); } .warn { --tone: var(--warn); }
.pass { --tone: var(--pass); } .learning { --tone: var(--learning); } .not-run { --tone: var(--not-run); }
.severity { --tone: var(--soft); } .severity.medium { --tone: var(--warn); }
.severity.critical, .severity.high { --tone: var(--fail); }
)css";

constexpr char kText[] = R"css(
* { box-sizing: border-box; }
html { font-size: 100%; scroll-behavior: auto; }
body { margin: 0 auto; max-width: 74rem; padding: 1.5rem 2rem 5rem; background: var(--page); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere; }
h1, h2, h3, p, dl, dd, ul, figure, pre, table { margin: 0; padding: 0; }
h1 { font-size: 1.15rem; line-height: 1.5; font-weight: 400; max-width: 52rem; overflow-wrap: anywhere; text-wrap: pretty; }
h1 .answer { display: block; font-size: 2rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; margin-bottom: 0.5rem; }
h2 { font-size: 1.25rem; font-weight: 600; letter-spacing: -0.005em; margin-bottom: 1rem; padding-top: 2.75rem; }
h3 { font-size: 1rem; font-weight: 600; }
a { color: var(--link); text-underline-offset: 0.2em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; font-size: 0.875em; }
code { unicode-bidi: isolate; overflow-wrap: anywhere; }
pre { padding: 0.9rem 1.1rem; background: var(--faint); border: 1px solid var(--line); border-radius: 6px;
  overflow-x: auto; line-height: 1.5; }
pre + p { margin-top: 1rem; } p + pre { margin-top: 0.4rem; }
.small, figcaption { font-size: 0.85rem; color: var(--soft); }
.lead { color: var(--soft); margin-bottom: 1.25rem; }
.note { color: var(--soft); border-left: 3px solid var(--line); padding-left: 0.75rem; margin-top: 0.75rem; }
.strong { color: var(--tone); font-weight: 600; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -100vw; } .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: 0.5rem 1rem; }
)css";

constexpr char kBanner[] = R"css(
.masthead { display: flex; align-items: center; gap: 0.6rem; color: var(--soft); margin-bottom: 1.5rem; font-size: 0.95rem; }
.masthead .product { font-weight: 600; color: var(--ink); } .masthead .product, .mark { flex: none; }
.masthead .project { overflow-wrap: anywhere; } .masthead .project::before { content: "·"; margin-right: 0.6rem; }
.mark { stroke: var(--ink); stroke-width: 3; }
.banner { border-top: 4px solid var(--tone); padding: 1.5rem 0 0; }
.banner .status { color: var(--tone); font-weight: 600; font-size: 1.05rem; margin-bottom: 0.35rem; }
.circumstances { display: flex; flex-wrap: wrap; gap: 0.75rem 1.9rem; margin-top: 1.5rem; }
dt { font-size: 0.8rem; color: var(--soft); }
dd { overflow-wrap: anywhere; }
.counts { list-style: none; display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; margin-top: 1.5rem; padding-top: 1rem;
  border-top: 1px solid var(--line); }
.counts a { color: var(--tone); font-weight: 600; text-decoration: none; }
.counts a:hover { text-decoration: underline; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin-top: 1rem; font-size: 0.9rem; }
)css";

constexpr char kTables[] = R"css(
table { width: 100%; border-collapse: collapse; text-align: left; }
caption { text-align: left; color: var(--soft); font-size: 0.9rem; padding-bottom: 0.5rem; }
th, td { padding: 0.55rem 1rem 0.55rem 0; vertical-align: top; font-weight: 400; overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-size: 0.8rem; color: var(--soft); border-bottom: 1px solid var(--line); padding-bottom: 0.35rem; overflow-wrap: normal; }
tbody tr { border-bottom: 1px solid var(--line); }
.number { text-align: right; }
.severity { color: var(--tone); font-weight: 600; }
details { margin-top: 1rem; }
summary { cursor: pointer; color: var(--soft); }
.group { margin-top: 2rem; }
.group h3 { color: var(--tone); margin-bottom: 0.5rem; } .group .count { color: var(--soft); font-weight: 400; }
summary h3 { display: inline; }
.judgements { table-layout: fixed; }
.judgements thead th:nth-child(1) { width: 34%; } .judgements thead th:nth-child(2) { width: 15%; }
.judgements thead th:nth-child(3) { width: 24%; } .judgements thead th:nth-child(4) { width: 10%; } .judgements thead th:nth-child(5) { width: 17%; }
.judgements tbody tr { border-bottom: 0; } .judgements tr:not(:last-child) td { padding-bottom: 0.25rem; } .judgements tbody { border-bottom: 1px solid var(--line); }
.signed { display: flex; gap: 0.65rem; } .signed .sign { flex: none; width: 1rem; text-align: center; }
.sign { color: var(--tone); font-weight: 700; }
.series { display: block; font-weight: 600; } .demand { display: block; color: var(--soft); }
.figure { font-size: 1.1rem; font-weight: 600; }
.test { font-size: 0.85rem; }
.why td { padding: 0 0 0.8rem 1.65rem; }
.pass .why td, .learning .why td, .not-run .why td { color: var(--soft); font-size: 0.9rem; }
.aside { display: block; font-size: 0.9rem; color: var(--soft); } .aside b { font-weight: 600; }
.terms { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 0.9rem 2rem; }
)css";

constexpr char kPictures[] = R"css(
svg { max-width: 100%; height: auto; display: block; overflow: hidden; }
svg text { font: 11.5px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--soft); }
svg line, svg polyline, svg path { fill: none; stroke-linecap: round; stroke-linejoin: round; }
.axis { stroke: var(--soft); stroke-opacity: 0.55; } .grid { stroke: var(--line); }
.interval .good { fill: var(--pass); fill-opacity: 0.13; } .interval .bound { stroke: var(--ink); stroke-width: 1.5; }
.interval .interval { stroke: var(--tone); stroke-width: 3; } .interval .cap, .interval .arrow { stroke: var(--tone); stroke-width: 2; }
.interval .estimate { fill: var(--tone); stroke: var(--page); stroke-width: 1.5; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(30rem, 100%), 1fr)); gap: 2.25rem 2rem; }
.small-plots { grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); }
figure h3 { font-weight: 400; margin-bottom: 0.35rem; overflow-wrap: anywhere; }
.plot { overflow-x: auto; }
.chart polyline { stroke-width: 1.75; } .chart .bound { stroke: var(--fail); stroke-dasharray: 5 4; }
.chart .bound-label { fill: var(--fail); }
.line1 { stroke: var(--line1); } .line2 { stroke: var(--line2); } .line3 { stroke: var(--line3); }
.dot.line1 { fill: var(--line1); } .dot.line2 { fill: var(--line2); } .dot.line3 { fill: var(--line3); }
svg text.name { stroke: none; font-weight: 600; }
text.line1 { fill: var(--line1); } text.line2 { fill: var(--line2); } text.line3 { fill: var(--line3); }
polyline.past { stroke: var(--soft); stroke-opacity: 0.7; } .dot.past { fill: var(--page); stroke: var(--soft); stroke-width: 1.5; }
.failures { stroke: var(--fail); } .dot.failures { fill: var(--fail); }
.heat rect, .swatch { fill: var(--line2); background: var(--line2); }
.heat rect { shape-rendering: crispEdges; }
.heat .failed { fill: var(--fail); }
.heat1 { opacity: 0.14; } .heat2 { opacity: 0.28; } .heat3 { opacity: 0.45; } .heat4 { opacity: 0.62; } .heat5 { opacity: 0.8; }
.swatch { display: inline-block; width: 0.85rem; height: 0.85rem; vertical-align: -0.1rem; }
.wide { grid-column: 1 / -1; }
.small-dots .dot { r: 1.9px; } .small-dots polyline.past { stroke-opacity: 0.25; }
.worse { --tone: var(--fail); } .better { --tone: var(--pass); } .moved { --tone: var(--link); }
.level { stroke: var(--ink); stroke-width: 2.25; } .band { fill: var(--line2); fill-opacity: 0.2; }
line.change { stroke: var(--tone); stroke-dasharray: 2 4; stroke-width: 1.25; }
svg text.change { fill: var(--tone); font-weight: 700; } .beyond { stroke: none; } .dot.beyond { fill: var(--warn); }
.tone { color: var(--tone); font-weight: 600; }
.levels { margin-top: 0.75rem; } .levels .number, .levels .tone { max-width: 15rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.levels .tone { display: inline-block; } .levels th, .levels td { font-size: 0.9rem; padding: 0.4rem 1.25rem 0.4rem 0; }
.levels code { font-size: 1em; } .trend { margin-bottom: 2.5rem; } .trend h3 { font-size: 1.02rem; }
.dot.past.last { fill: var(--tone); stroke: var(--tone); r: 4.5px; }
)css";

constexpr char kMedia[] = R"css(
@media (max-width: 52rem) {
  .levels .number, .levels .tone { white-space: normal; }
  body { padding: 1rem 1rem 3rem; } h1 .answer { font-size: 1.6rem; }
  .judgements, .judgements tbody, .judgements tr, .judgements td, .judgements tbody th { display: block; }
  .judgements thead { display: none; }
  .judgements tbody { padding: 0.5rem 0; } .judgements td { padding: 0.2rem 0 0.2rem 1.6rem; }
  .judgements td.number { text-align: left; }
  .judgements td[data-label="Sample"]::before { content: "n = "; color: var(--soft); }
}
@media print {
  :root { --page: #fff; --ink: #000; --soft: #444; --line: #ccc; --faint: #f4f4f4; }
  body { max-width: none; padding: 0; font-size: 10pt; } nav, .skip { display: none; }
  tbody, figure, pre { break-inside: avoid; } h2, h3 { break-after: avoid; }
  details::details-content { content-visibility: visible; display: block; }
}
)css";

}  // namespace

Markup style_element() {
  return element("style", {},
                 Markup::verbatim(kColours) + Markup::verbatim(kText) + Markup::verbatim(kBanner) +
                     Markup::verbatim(kTables) + Markup::verbatim(kPictures) + Markup::verbatim(kMedia));
}

}  // namespace plimsoll::report
