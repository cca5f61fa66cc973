namespace Fer.Pipeline.Reports;

/// <summary>The style sheet of the page around the charts.</summary>
internal static class PageStyle
{
    internal static string Css { get; } = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--page);color:var(--ink);
        font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
        header,main,footer{max-width:1180px;margin:0 auto;padding:0 20px}
        header{padding-top:32px}
        h1{font-size:1.75rem;line-height:1.25;margin:0 0 8px}
        h2{font-size:1.3rem;line-height:1.3;margin:0 0 14px}
        h3{font-size:1rem;margin:20px 0 8px}
        h2+h3,.figures h3{margin-top:0}
        p{margin:0 0 12px;max-width:75ch}
        a{color:var(--accent);text-underline-offset:2px}
        :focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
        code{font:0.9em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
        pre{margin:0 0 12px;padding:10px 14px;background:var(--card);border:1px solid var(--line);border-radius:8px;white-space:pre-wrap;
        overflow-wrap:anywhere}
        nav ul{display:flex;flex-wrap:wrap;gap:6px 18px;list-style:none;margin:14px 0 20px;padding:0}
        nav a{display:inline-block;padding:4px 0}
        section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:22px 24px;margin:0 0 20px;
        scroll-margin-top:12px}
        .soft{color:var(--soft)}
        .note{border-left:4px solid var(--accent);padding:2px 0 2px 12px}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(225px,1fr));gap:12px;margin:0 0 12px}
        .tiles div{border:1px solid var(--line);border-radius:10px;padding:12px 14px}
        .tiles dt{color:var(--soft);font-size:.9rem}
        .tiles dd{margin:0;font-size:1.55rem;font-weight:650;line-height:1.3;font-variant-numeric:tabular-nums}
        .tiles small{display:block;text-wrap:balance;color:var(--soft);font-size:.85rem;font-weight:400}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:22px 32px;align-items:start;
        margin:6px 0 12px}
        figure{margin:0;min-width:0}
        figure.wide{grid-column:1/-1}
        figcaption{font-weight:700;margin:0 0 8px}
        .tables{display:flex;flex-wrap:wrap;gap:0 36px}
        .tables>*{min-width:0;max-width:100%}
        .chart{display:block;width:100%;max-width:500px;height:auto}
        .chart.wide{max-width:none;min-width:640px}
        details{margin:8px 0 0;font-size:.9rem}
        summary{cursor:pointer;color:var(--accent);padding:3px 0;width:fit-content}
        .scroll{overflow-x:auto;max-width:100%;margin:0 0 12px;background:
        linear-gradient(to right,var(--card) 30%,transparent) left/32px 100% no-repeat local,
        linear-gradient(to left,var(--card) 30%,transparent) right/32px 100% no-repeat local,
        linear-gradient(to right,var(--line),transparent) left/10px 100% no-repeat scroll,
        linear-gradient(to left,var(--line),transparent) right/10px 100% no-repeat scroll}
        table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}
        th,td{padding:6px 9px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;white-space:nowrap}
        th:first-child,td:first-child{padding-left:2px}
        thead th{color:var(--soft);font-weight:600;border-bottom:2px solid var(--line)}
        tbody th{font-weight:600;white-space:normal;overflow-wrap:break-word;max-width:24ch}
        tbody tr:last-child>*{border-bottom:0}
        .n{text-align:right}
        td.w{white-space:normal;overflow-wrap:anywhere;min-width:16ch}
        tr.best>*{background:color-mix(in srgb,var(--accent) 12%,var(--card))}
        footer{color:var(--soft);font-size:.9rem;padding-bottom:32px}
        @media (max-width:640px){
        header,main,footer{padding-left:8px;padding-right:8px}
        header{padding-top:20px}
        h1{font-size:1.4rem}
        section{padding:16px 10px;border-radius:10px}
        h1,header p,header nav{margin-left:4px}
        .tiles{grid-template-columns:repeat(2,minmax(0,1fr));gap:8px}
        .tiles div{padding:10px}
        .tiles dd{font-size:1.3rem}
        }
        @media print{
        body{font-size:11pt;background:#fff}
        header,main,footer{max-width:none;padding-left:0;padding-right:0}
        nav,details{display:none}
        section{border:0;padding:0;margin:0 0 18px}
        figure,.tiles,tr,pre{break-inside:avoid}
        h2,h3,figcaption{break-after:avoid}
        .figures{grid-template-columns:1fr 1fr}
        .scroll{overflow:visible;background:none}
        th,td{white-space:normal;padding:4px 6px}
        a{color:inherit;text-decoration:none}
        }

        """.ReplaceLineEndings("\n");
}
