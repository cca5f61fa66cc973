using System.Diagnostics;
using Fer.Tests.Browser;
using Microsoft.Playwright;

namespace Fer.Tests.Server;

/// <summary>A browser with a camera that plays a film.</summary>
internal sealed class CameraBrowser : IAsyncDisposable
{
    private const string Ffmpeg = "/usr/bin/ffmpeg";

    private readonly Chromium _chromium;

    private CameraBrowser(Chromium chromium) => _chromium = chromium;

    /// <summary>Why tests of the page are skipped, or null where they can run.</summary>
    internal static string? Missing { get; } = Chromium.Missing ?? (File.Exists(Ffmpeg) ? null : $"ffmpeg is not installed ({Ffmpeg}).");

    /// <summary>Starts the browser.</summary>
    /// <param name="film">An MJPEG file that the camera shows; none for a machine without a camera.</param>
    internal static async Task<CameraBrowser> StartAsync(string? film) => new(await Chromium.StartAsync(
        film is null ? []
            : ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", $"--use-file-for-fake-video-capture={film}"]));

    /// <summary>A page of its own, for another site.</summary>
    internal Task<IPage> NewPageAsync() => _chromium.NewPageAsync(1280, 900, dark: false);

    /// <summary>Opens the page and waits until it works.</summary>
    internal async Task<IPage> OpenAsync(RunningServer server, int width = 1280, int height = 1000, bool dark = false,
        bool allowCamera = true, bool waits = true, bool allowScripts = false)
    {
        var page = await _chromium.NewPageAsync(width, height, dark, allowCamera, allowScripts);
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        await page.GotoAsync(server.Server.Url);
        if (!waits) return page;
        try
        {
            await page.WaitForSelectorAsync("html[data-ready]", new() { State = WaitForSelectorState.Attached });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The page did not start: {string.Join('\n', errors)}");
        }
        return page;
    }

    /// <summary>Makes a film for the camera out of still pictures of any size, each shown for a second.</summary>
    /// <param name="film">The file to write.</param>
    /// <param name="pictures">The pictures.</param>
    /// <param name="filter">What ffmpeg does to each, so that all have one size.</param>
    internal static void MakeFilm(string film, IReadOnlyList<string> pictures, string filter)
    {
        string each = string.Concat(pictures.Select((_, i) => $"[{i}:v]{filter},setsar=1[v{i}];"));
        string together = string.Concat(pictures.Select((_, i) => $"[v{i}]")) + $"concat=n={pictures.Count}:v=1:a=0,format=yuvj420p";
        string[] inputs = [.. pictures.SelectMany(p => (string[])["-loop", "1", "-framerate", "10", "-t", "1", "-i", p])];
        using var process = Process.Start(new ProcessStartInfo(Ffmpeg,
            ["-y", "-loglevel", "error", .. inputs, "-filter_complex", each + together, "-c:v", "mjpeg", "-q:v", "3", film])
        { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }

    public ValueTask DisposeAsync() => _chromium.DisposeAsync();
}
