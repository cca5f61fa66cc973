using System.Text.Json;
using Microsoft.Playwright;

namespace Fer.Tests.Browser;

/// <summary>What is wrong with a page, a line each.</summary>
internal static class PageCheck
{
    private const int Height = 900;

    private static string AxeFile => Path.Combine(TestPaths.Root, "Fer.Tests", "node_modules", "axe-core", "axe.min.js");

    /// <summary>Why pages cannot be checked here, or null where they can.</summary>
    internal static string? Missing { get; } = Chromium.Missing
        ?? (File.Exists(AxeFile) ? null : "axe-core is not installed; run `npm install` in Fer.Tests.");

    /// <summary>
    /// Opens a file and looks for errors in the console, what is cut off, and what axe-core finds against WCAG 2.2 A and AA.
    /// </summary>
    internal static async Task<IReadOnlyList<string>> ProblemsAsync(Chromium chromium, string file, int width, bool dark)
    {
        var problems = new List<string>();
        string address = new Uri(file).AbsoluteUri;
        // As a reader opens it, under its own policy; then once more for the scripts that look it over.
        var page = await chromium.NewPageAsync(width, Height, dark);
        page.PageError += (_, error) => problems.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") problems.Add(message.Text);
        };
        await page.GotoAsync(address);
        await page.Context.CloseAsync();
        page = await chromium.NewPageAsync(width, Height, dark, allowScripts: true);
        await page.GotoAsync(address);
        int wide = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
        if (wide > width) problems.Add($"{wide} pixels wide: {await OverflowAsync(page)}");
        problems.AddRange(await AxeAsync(page));
        await page.Context.CloseAsync();
        return problems;
    }

    /// <summary>What axe-core finds on an open page that lets a test's scripts run.</summary>
    internal static async Task<string[]> AxeAsync(IPage page)
    {
        await page.AddScriptTagAsync(new() { Path = AxeFile });
        string found = await page.EvaluateAsync<string>("""
            () => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
               .then(result => JSON.stringify(result.violations.flatMap(v => v.nodes.slice(0, 5)
                   .map(n => v.id + ': ' + n.target.join(' ') + ' ' + n.failureSummary))))
            """);
        return JsonSerializer.Deserialize<string[]>(found)!;
    }

    /// <summary>What reaches past the page's right edge and is in no box that scrolls.</summary>
    private static Task<string> OverflowAsync(IPage page) => page.EvaluateAsync<string>("""
        () => JSON.stringify([...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
            && !e.closest('.scroll,.out,svg *,details')).slice(0, 5).map(e => e.tagName + '.' + e.getAttribute('class')))
        """);
}
