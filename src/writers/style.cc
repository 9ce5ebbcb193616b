#include "writers/html_parts.h"

namespace assay {

namespace {

// One accent, the system's own type, about 70 characters a line; print is always light.
constexpr std::string_view kStyle = R"css(
:root{--ink:#1b1f24;--soft:#5b6470;--line:#d8dce1;--paper:#fff;--tint:#f4f6f8;--accent:#1f5f8b;
--warm:#8a4b12;--mark:#dbe9f4;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--ink:#e4e7eb;--soft:#a3adb8;--line:#39424c;
--paper:#14181d;--tint:#1c2229;--accent:#7db7e0;--warm:#e0a56b;--mark:#22384a}}
*{box-sizing:border-box}
html{font:17px/1.55 system-ui,-apple-system,"Segoe UI","Liberation Sans",sans-serif;
color:var(--ink);background:var(--paper)}
body{margin:0 auto;max-width:62rem;padding:2.5rem 1.25rem 5rem}
p,li,dd{max-width:42rem;overflow-wrap:anywhere}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.45rem;line-height:1.3;margin:3.5rem 0 .75rem;padding-top:1rem;
border-top:2px solid var(--ink)}
h3{font-size:1.15rem;margin:2.25rem 0 .5rem}
h4{font-size:1rem;margin:1.5rem 0 .25rem}
a{color:var(--accent);text-underline-offset:.15em}
code{font:.85em/1.4 ui-monospace,"Liberation Mono",monospace;overflow-wrap:anywhere}
small,.code,caption,figcaption,summary span{color:var(--soft);font-size:.82rem;font-weight:400}
th small{display:block}
.scope{margin:.25rem 0 1rem}
.hash{color:var(--soft);font-size:.85rem;max-width:none}
main>h2:first-child{margin-top:1.5rem}
.verdict{border:1px solid var(--line);border-left:.4rem solid var(--accent);background:var(--tint);
padding:1rem 1.5rem 1.25rem;border-radius:.25rem}
.verdict h3{margin:0;font-size:.9rem;color:var(--soft);font-weight:600}
.rung{font-size:1.45rem;line-height:1.25;font-weight:650;margin:.25rem 0 .5rem}
.statement{font-size:1.08rem;max-width:none}
.columns .ladder{list-style:none;margin:0 0 .75rem;padding:0}
.ladder li{display:flex;gap:.75rem;padding:.2rem .6rem;border-left:3px solid var(--line);
color:var(--soft)}
.ladder li.reached{border-color:var(--accent);background:var(--mark);color:var(--ink);
font-weight:600}
.ladder li.below{border-color:var(--accent);color:var(--ink)}
.ladder em{margin-left:auto;font-style:normal;font-size:.82rem;white-space:nowrap}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:0 1.5rem}
.two{grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));margin:1rem 0 .5rem}
.columns h4{margin-top:.75rem}
.two h4{margin-top:0}
.columns ul,.columns ol{margin:.25rem 0;padding-left:1.2rem}
table{border-collapse:collapse;margin:.75rem 0;font-size:.88rem;line-height:1.4;
font-variant-numeric:tabular-nums}
caption{text-align:left;padding-bottom:.35rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .7rem .35rem 0;
border-top:1px solid var(--line);overflow-wrap:anywhere}
thead td{border-top:0}
.statements tbody th{font-weight:400;color:var(--soft)}
thead th{border-top:0;font-weight:600;overflow-wrap:normal}
.wide{overflow-x:auto}
.balance td:nth-child(n+3):nth-child(-n+7),.balance th:nth-child(n+3):nth-child(-n+7),
.numbers td,.numbers thead th{text-align:right;white-space:nowrap;padding-left:.7rem}
tfoot th,tfoot td{border-top:2px solid var(--line)}
.claims{table-layout:fixed;width:100%}
.claims th{width:25%;font-weight:400}
.claims thead th:nth-child(2){width:8.5rem}
.claims thead th:nth-child(3){width:auto}
.claims td p{margin:.35rem 0 0}.claims ul{margin:.1rem 0 .35rem;padding-left:1.2rem}
.answer.contradicted b{color:var(--warm)}
.answer.supported b{color:var(--accent)}
time{white-space:nowrap}
article p{margin:.2rem 0}
article h4{margin-top:1.1rem}
.overview tbody th{font-weight:400}
.overview td:first-child,.matrix td:first-child{color:var(--soft);white-space:nowrap}
.overview td:nth-child(3){white-space:nowrap}
.matrix tbody th{font-weight:400;min-width:11rem}
.matrix td:nth-child(n+3),.matrix thead th:nth-child(n+2){text-align:center;padding:.35rem .25rem;
min-width:2.4rem;overflow-wrap:normal}
.matrix .strongly_for{background:var(--mark);font-weight:700}
.matrix .strongly_against{color:var(--warm);font-weight:700}
.matrix .weakly_against{color:var(--warm)}
.both tbody td{text-align:center;padding:.35rem .25rem;overflow-wrap:normal;white-space:nowrap}
.both .turned{outline:2px solid var(--accent);outline-offset:-3px}
.standings tbody th{font-weight:400;min-width:9rem}
.standings td:nth-child(2),.standings td:nth-child(3){min-width:6.5rem;overflow-wrap:normal}
.standings ul{margin:0;padding-left:1rem}
.excluded th a,th.excluded a{text-decoration:line-through}
.statements{list-style:none;padding:0;margin:0}
.statements>li{display:grid;grid-template-columns:3.2rem minmax(0,1fr);margin:.5rem 0}
.statements>li p{margin:0}
.statements>li .basis,.basis{color:var(--soft);font-size:.82rem}
.number{color:var(--soft);font-variant-numeric:tabular-nums}
:target{background:var(--mark)}
details{margin:.15rem 0 .5rem}
summary{cursor:pointer;color:var(--accent);font-size:.85rem}
dl{display:grid;grid-template-columns:minmax(7rem,11rem) minmax(0,1fr);gap:.15rem 1rem;
font-size:.88rem;margin:.5rem 0}
dt{color:var(--soft);overflow-wrap:anywhere}
@media (min-width:40rem){.changes{grid-template-columns:15rem minmax(0,1fr)}}
dd{margin:0}
dd ul{margin:0;padding-left:1rem}
figure{margin:1.25rem 0 2rem}
figure svg{max-width:100%;height:auto;display:block}
figcaption{max-width:42rem;margin-top:.35rem}
svg text{fill:var(--soft);font:11px system-ui,"Liberation Sans",sans-serif}
svg .ink{fill:var(--ink)}svg .bar{fill:var(--accent)}svg .pale{fill:var(--mark)}
svg .axis{stroke:var(--line)}svg .whisker{stroke:var(--ink);stroke-width:1.5}
svg .ttl{stroke:var(--warm);stroke-width:1.5;stroke-dasharray:5 3}
svg .silence{fill:var(--warm);opacity:.22}
svg .undeclared{fill:var(--soft);opacity:.16}svg .covered{fill:var(--soft);opacity:.55}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.cut{color:var(--warm)}
nav ol{columns:2 16rem;column-gap:2.5rem;padding-left:1.2rem;font-size:.92rem}
@media (max-width:40rem){html{font-size:16px}.claims,.claims tbody,.claims tr,.claims th,.claims td{
display:block;width:auto}.claims thead{display:none}.claims caption{display:block}
.claims td{border-top:0;padding-top:0}.statements>li{display:block}
dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}
@media print{:root{--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--tint:#fff;--accent:#123f5e;
--warm:#6b3508;--mark:#e3edf5;color-scheme:light}
html{font-size:9.5pt;line-height:1.4}body{max-width:none;padding:0}a{text-decoration:none}
nav{display:none}p,li,dd,figcaption{max-width:none}
.verdict{padding:.6rem 1rem .75rem}.two{grid-template-columns:1fr 1fr}
.columns:not(.two){grid-template-columns:1fr 1fr 1fr}
.printed .statements{font-size:.85em}.printed .statements .basis{display:none}
h2,h3,h4{break-after:avoid}figure,.verdict,tr,.statements>li{break-inside:avoid}
.wide{overflow:visible}.matrix{font-size:.72rem}
thead{display:table-header-group}
.claims caption,.overview caption{display:none}
tbody tr:first-child{break-before:avoid}
main>h2:not(:first-child){break-before:page}summary{list-style:none;color:inherit}
.statements details{display:none}
.printed::details-content{content-visibility:visible;block-size:auto}
@page{size:A4;margin:18mm 16mm 20mm;@bottom-right{content:counter(page) " / " counter(pages)}}}
)css";

}  // namespace

std::string_view report_style() { return kStyle; }

}  // namespace assay
