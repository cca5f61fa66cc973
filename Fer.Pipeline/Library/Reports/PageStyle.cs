namespace Fer.Pipeline.Reports;

/// <summary>The style sheet of the page around the charts.</summary>
internal static class PageStyle
{
    internal static string Css { get; } = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--page);color:var(--ink);
        font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
        header,main,footer,body>nav{max-width:1560px;margin:0 auto;padding:0 20px}
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
        nav{position:sticky;top:0;z-index:2;background:var(--page);border-bottom:1px solid var(--line);margin-bottom:18px!important}
        nav ul{display:flex;gap:4px 18px;list-style:none;margin:0;padding:4px 0;overflow-x:auto;white-space:nowrap}
        nav a{display:inline-block;padding:5px 0;text-decoration:none;border-bottom:2px solid transparent}
        nav a:hover,nav a[aria-current]{border-bottom-color:var(--accent)}
        section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:22px 24px;margin:0 0 20px;
        scroll-margin-top:56px}
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
        .chart{display:block;width:100%;max-width:560px;height:auto}
        .chart.wide{min-width:640px}
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
        .sort,.link{all:unset;cursor:pointer;font:inherit;color:inherit}
        .sort:focus-visible,.link:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
        .link{color:var(--accent);text-decoration:underline;text-underline-offset:2px;padding:0 4px;min-width:24px;min-height:24px}
        .sort::after{content:"";display:inline-block;width:.9em;text-align:right;color:var(--accent)}
        [aria-sort=ascending] .sort::after{content:"▲"}
        [aria-sort=descending] .sort::after{content:"▼"}
        .filter,.slider{display:flex;flex-wrap:wrap;gap:6px 12px;align-items:center;margin:0 0 8px}
        .filter input{font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);border-radius:8px;padding:4px 10px;
        width:min(100%,18em)}
        .slider input{flex:1 1 160px;max-width:320px;min-height:24px;accent-color:var(--accent)}
        .slider output{flex-basis:100%;font-variant-numeric:tabular-nums}
        .panel{border:1px solid var(--line);border-left:4px solid var(--accent);border-radius:8px;padding:10px 14px;margin:8px 0 12px}
        .panel-head{display:flex;justify-content:space-between;gap:12px;align-items:start;margin:0 0 8px}
        .panel-head button{font:inherit;line-height:1;min-width:28px;min-height:28px;color:inherit;background:none;cursor:pointer;
        border:1px solid var(--soft);border-radius:6px}
        .shots{display:flex;flex-wrap:wrap;gap:10px}
        .shots figure{width:96px;font-size:.8rem;color:var(--soft);line-height:1.3}
        .shots img{width:72px;height:72px;image-rendering:auto;border:1px solid var(--line);border-radius:4px;display:block}
        .shots figcaption{font-weight:400;margin:4px 0 0}
        .facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,220px),1fr));gap:4px 18px;margin:8px 0 0;font-size:.9rem}
        .facts dt{color:var(--soft);grid-row:auto}
        .facts dd{margin:0 0 6px;overflow-wrap:anywhere}
        tr.dim,.chart .dim{opacity:.18}
        tr.chosen>*{box-shadow:inset 0 -2px var(--accent)}
        .chart [role=button]{cursor:pointer}
        .chart [role=button]:focus-visible{outline:3px solid var(--accent);outline-offset:1px}
        .chart .chosen .cell{stroke:var(--s2);stroke-width:3}
        .chart .chosen .line{stroke:var(--s2);stroke-width:4;stroke-opacity:1}
        .chart .brush{fill:var(--s2);fill-opacity:.35;pointer-events:none}
        .chart .grip{fill:transparent;cursor:ns-resize;touch-action:none}
        .folded{margin:0 0 12px}
        footer{color:var(--soft);font-size:.9rem;padding-bottom:32px}
        @media (max-width:640px){
        header,main,footer,body>nav{padding-left:8px;padding-right:8px}
        header{padding-top:20px}
        h1{font-size:1.4rem}
        section{padding:16px 10px;border-radius:10px}
        h1,header p,nav ul{margin-left:4px}
        .tiles{grid-template-columns:repeat(2,minmax(0,1fr));gap:8px}
        .tiles div{padding:10px}
        .tiles dd{font-size:1.3rem}
        }
        @media print{
        body{font-size:11pt;background:#fff}
        header,main,footer{max-width:none;padding-left:0;padding-right:0}
        nav,details,.script{display:none}
        .sort,.link{color:inherit;text-decoration:none}
        .chart.wide{min-width:0}
        .figures>div{grid-column:1/-1}
        section{border:0;padding:0;margin:0 0 18px}
        figure,.tiles,tr,pre{break-inside:avoid}
        h2,h3,figcaption{break-after:avoid}
        .figures{grid-template-columns:1fr 1fr}
        .scroll{overflow:visible;background:none}
        table{font-size:8pt}
        th,td{white-space:normal;padding:2px 4px;overflow-wrap:break-word}
        td.w{min-width:0}
        a{color:inherit;text-decoration:none}
        }

        """.ReplaceLineEndings("\n");
}
