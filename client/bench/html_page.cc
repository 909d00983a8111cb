#include "client/bench/html_page.h"

#include "absl/strings/str_format.h"
#include "client/bench/svg_plot.h"

namespace convoy::client {
namespace {

// The colours keep apart for colour-blind readers too (Okabe and Ito's, darkened or lightened to
// stand out from the page).
constexpr char kStyle[] = R"(
:root{color-scheme:light dark;--page:#fff;--card:#f5f6f8;--ink:#1b1f24;--soft:#57606a;--grid:#dfe3e8;
--good:#116329;--bad:#a40e26;--c0:#0969da;--c1:#c9510c;--c2:#1a7f5a;--c3:#8250df;--c4:#9a6700;--c5:#6e7781}
@media(prefers-color-scheme:dark){:root{--page:#0f1318;--card:#181e25;--ink:#e6e9ed;--soft:#9aa4af;
--grid:#2b333d;--good:#56d364;--bad:#ff7b72;--c0:#58a6ff;--c1:#f0883e;--c2:#3fc796;--c3:#bc8cff;--c4:#d9a514;--c5:#8b949e}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1240px;padding:20px 16px 48px;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{font-size:23px;line-height:1.25;margin:4px 0 2px;overflow-wrap:anywhere}h2{font-size:16px;margin:0 0 6px}
p{margin:4px 0 10px}.soft,figcaption{color:var(--soft);font-size:13.5px}
.verdict{font-weight:650}.good{color:var(--good)}.bad{color:var(--bad)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(118px,1fr));gap:10px;margin:16px 0}
.card{background:var(--card);border-radius:8px;padding:10px 12px}
.card b{display:block;font-size:20px;line-height:1.3;font-variant-numeric:tabular-nums}.card span{color:var(--soft);font-size:13px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,360px),1fr));gap:14px;align-items:start;margin-top:14px}
figure,section{margin:0;background:var(--card);border-radius:8px;padding:14px;min-width:0}
section{margin-top:14px}@media(max-width:480px){figure,section{padding:12px 8px}body{padding:14px 10px 40px}}.scroll{overflow-x:auto}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--soft);font-size:13px;font-variant-numeric:tabular-nums}svg text.axis{fill:var(--ink)}
.grid{stroke:var(--grid);stroke-width:1}.line{fill:none;stroke-width:2;stroke-linejoin:round}
line.limit{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:6 4}svg text.limit{fill:var(--bad)}
.line.s0{stroke:var(--c0)}.line.s1{stroke:var(--c1)}.line.s2{stroke:var(--c2)}.line.s3{stroke:var(--c3)}
.dot,.bar,.legend i{stroke:none}
.dot.s0,.bar.s0{fill:var(--c0)}.dot.s1,.bar.s1{fill:var(--c1)}.dot.s2,.bar.s2{fill:var(--c2)}
.dot.s3,.bar.s3{fill:var(--c3)}.bar.s4{fill:var(--c4)}.bar.s5{fill:var(--c5)}
.legend{display:flex;flex-wrap:wrap;gap:2px 14px;font-size:13.5px;margin:0 0 6px}
.legend i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:6px;vertical-align:-1px}
i.s0{background:var(--c0)}i.s1{background:var(--c1)}i.s2{background:var(--c2)}i.s3{background:var(--c3)}i.s4{background:var(--c4)}i.s5{background:var(--c5)}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:5px 14px 5px 0;border-bottom:1px solid var(--grid);vertical-align:top}
th{color:var(--soft);font-weight:550}th,td{white-space:nowrap}.n{text-align:right}
td:last-child:not(.n){white-space:normal;overflow-wrap:anywhere;width:100%}tr:last-child td{border-bottom:0}
ul{margin:4px 0 10px;padding-left:20px}code{font:13px ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
)";

}  // namespace

std::string HtmlPage(std::string_view title, std::string_view body, std::string_view style) {
  return absl::StrFormat(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<title>%s</title><style>%s%s</style></head>\n<body>\n%s\n</body></html>\n",
      Escaped(title), kStyle, style, body);
}

std::string HtmlFigure(std::string_view title, const std::vector<std::string>& legend,
                       std::string_view svg, std::string_view caption) {
  return absl::StrFormat("<figure><h2>%s</h2>%s%s<figcaption>%s</figcaption></figure>\n",
                         Escaped(title), legend.empty() ? "" : Legend(legend), svg,
                         Escaped(caption));
}

std::string HtmlTable(const std::vector<std::string>& titles,
                      const std::vector<std::vector<std::string>>& rows, size_t numbers_from) {
  const auto row = [&](const std::vector<std::string>& cells, const char* tag) {
    std::string html = "<tr>";
    for (size_t i = 0; i < cells.size(); ++i) {
      absl::StrAppendFormat(&html, "<%s%s>%s</%s>", tag, i >= numbers_from ? " class=\"n\"" : "",
                            Escaped(cells[i]), tag);
    }
    return html + "</tr>\n";
  };
  std::string html = "<div class=\"scroll\"><table>";
  if (!titles.empty()) html += row(titles, "th");
  for (const std::vector<std::string>& cells : rows) html += row(cells, "td");
  return html + "</table></div>";
}

std::string HtmlCard(std::string_view value, std::string_view name) {
  return absl::StrFormat("<div class=\"card\"><b>%s</b><span>%s</span></div>", Escaped(value),
                         Escaped(name));
}

}  // namespace convoy::client
