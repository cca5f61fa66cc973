using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Tests.Models;
using Microsoft.Playwright;

namespace Fer.Tests.Server;

/// <summary>
/// One browser for all tests of the page, whose camera is dark for a second, then bright, and so on; and a model that tells.
/// </summary>
public sealed class PageBrowser : IAsyncDisposable
{
    /// <summary>The tests that share it.</summary>
    internal const string Collection = "page";

    /// <summary>Set to a folder, the tests leave pictures of the page there to look at.</summary>
    private const string ScreenshotsVariable = "FER_SCREENSHOTS";

    /// <summary>Why a test that only makes a picture is skipped, or null.</summary>
    internal static string? NoScreenshots { get; } = Environment.GetEnvironmentVariable(ScreenshotsVariable) is { Length: > 0 }
        ? null : $"It makes the README's picture, and {ScreenshotsVariable} names no folder.";

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<string> _model;
    private CameraBrowser? _browser;
    private RunningServer? _server;

    public PageBrowser() => _model = new Lazy<string>(MakeModel);

    /// <summary>A model that calls dark faces sad and bright ones happy.</summary>
    internal string Model => _model.Value;

    /// <summary>Two pictures, dark and bright.</summary>
    internal string[] Pictures => [Picture("dark.png", 40), Picture("bright.png", 220)];

    internal async Task<CameraBrowser> OpenAsync()
    {
        if (_browser is not null) return _browser;
        string film = _folder.File("film.mjpeg");
        CameraBrowser.MakeFilm(film, Pictures, "scale=320:240");
        return _browser = await CameraBrowser.StartAsync(film);
    }

    /// <summary>A server that finds a face in each half of a picture, for tests that need no other.</summary>
    internal async Task<RunningServer> ServeAsync() =>
        _server ??= await RunningServer.StartAsync(new() { ModelName = "first" }, new HalvesFinder(), Model);

    internal static async Task ScreenshotAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable(ScreenshotsVariable) is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        _folder.Dispose();
    }

    private string Picture(string name, byte gray)
    {
        PngEncoder.Save(new GrayImage(320, 240, [.. Enumerable.Repeat(gray, 320 * 240)]), _folder.File(name));
        return _folder.File(name);
    }

    private string MakeModel()
    {
        var builder = new NetworkBuilder("Brightness", new Shape(1, 48, 48));
        builder.Input.Affine(128, 1 / 64f).GlobalAveragePool().Linear(LabelScheme.Seven.ClassNames.Count);
        var network = builder.Build();
        var weights = network.Parameters.Single(p => p.Kind == ParameterKind.Weight).Values;
        weights.Clear();
        for (int i = 0; i < weights.Length; i++) weights[i] = LabelScheme.Seven.ClassNames[i] switch { "happy" => 3, "sad" => -3, _ => 0 };
        string path = _folder.File("brightness.zip");
        ModelZip.Save(path, InferenceGraph.Create(network), TestModels.Manifest(), TestModels.Metrics);
        return path;
    }
}

/// <summary>The tests of the page run one after the other in one browser.</summary>
[CollectionDefinition(PageBrowser.Collection)]
public sealed class PageTestsTogether : ICollectionFixture<PageBrowser>;
