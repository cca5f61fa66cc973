using Microsoft.Playwright;

namespace Fer.Tests.Browser;

/// <summary>Debian's Chromium without a window.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Why tests of pages are skipped, or null where they can run.</summary>
    internal static string? Missing { get; } = File.Exists(Program) ? null : $"Chromium is not installed ({Program}).";

    /// <summary>Starts the browser.</summary>
    /// <param name="arguments">What it is told beside the usual.</param>
    internal static async Task<Chromium> StartAsync(params string[] arguments)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Program,
            Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage",
                .. arguments],
        });
        return new Chromium(playwright, browser);
    }

    /// <summary>A page with a session of its own.</summary>
    /// <param name="width">Pixels; below 600 it is a phone's.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="dark">True for the dark colour scheme.</param>
    /// <param name="allowCamera">True where it may use the camera.</param>
    /// <param name="allowScripts">True to let a test's own scripts run whatever the page's policy is.</param>
    internal async Task<IPage> NewPageAsync(int width, int height, bool dark, bool allowCamera = false, bool allowScripts = false)
    {
        var context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            IsMobile = width < 600,
            BypassCSP = allowScripts,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            Permissions = allowCamera ? ["camera"] : [],
        });
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
