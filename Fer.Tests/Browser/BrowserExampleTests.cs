using System.Globalization;
using System.IO.Compression;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;
using Fer.Tests.Models;
using Fer.Tests.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Playwright;

namespace Fer.Tests.Browser;

/// <summary>The example that runs a model in the browser, in one.</summary>
[Collection(PageBrowser.Collection)]
public sealed class BrowserExampleTests(PageBrowser shared) : IDisposable
{
    private static readonly string Example = Path.Combine(TestPaths.Root, "docs", "examples", "browser");
    private static readonly string Runtime = Path.Combine(TestPaths.Root, "Fer.Tests", "node_modules", "onnxruntime-web", "dist");

    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task A_model_zips_own_network_answers_in_the_browser_as_it_does_here()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        Assert.SkipUnless(Directory.Exists(Runtime), "onnxruntime-web is not installed; run `npm install` in Fer.Tests.");
        string zip = _models.Save();
        await using var files = await ServeAsync(zip);
        var page = await (await shared.OpenAsync()).NewPageAsync();
        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(request.Url);
        await page.GotoAsync(files.Urls.Single());
        await page.WaitForSelectorAsync("#file:enabled, #problem:not([hidden])");
        Assert.True(await page.IsEnabledAsync("#file"), await page.TextContentAsync("#problem"));
        byte[] face = RunningServer.Face(3);
        await page.SetInputFilesAsync("#file", [new FilePayload { Name = "face.png", MimeType = "image/png", Buffer = face }]);
        await page.WaitForSelectorAsync("#answer:not([hidden])");
        string[] cells = [.. await page.Locator("#answer td").AllTextContentsAsync()];
        using var model = FerModel.Load(zip, 1);
        var expected = model.Predict(ImageDecoder.Decode(face, "face").ToGray().Pixels);
        Assert.Equal(expected.Label, cells[0]);
        Assert.Equal(2 * expected.Probabilities.Count, cells.Length);
        foreach (string[] row in cells.Chunk(2))
            Assert.Equal(expected.Probabilities[row[0]], float.Parse(row[1].TrimEnd('%', ' '), CultureInfo.InvariantCulture) / 100, 2e-4f);
        // Everything comes from beside the page.
        Assert.All(asked, url => Assert.StartsWith(files.Urls.Single(), url));

        await page.SetInputFilesAsync("#file", [new FilePayload { Name = "no.png", MimeType = "image/png", Buffer = [1] }]);
        await page.WaitForSelectorAsync("#problem:has-text('no.png')");
    }

    /// <summary>The example, the runtime and the zip's own files, as README.md says they lie.</summary>
    private static async Task<WebApplication> ServeAsync(string zip)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            string name = context.Request.Path.Value!.TrimStart('/');
            byte[]? file = FileOf(name, zip);
            context.Response.StatusCode = file is null ? 404 : 200;
            context.Response.ContentType = TypeOf(name);
            if (file is not null) await context.Response.Body.WriteAsync(file, context.RequestAborted);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static byte[]? FileOf(string name, string zip)
    {
        if (name is "model.onnx" or "manifest.json")
        {
            using var archive = ZipFile.OpenRead(zip);
            using var entry = archive.GetEntry(name)!.Open();
            using var memory = new MemoryStream();
            entry.CopyTo(memory);
            return memory.ToArray();
        }
        string path = name.StartsWith("onnxruntime-web/", StringComparison.Ordinal) ? Path.Combine(Runtime, Path.GetFileName(name))
            : Path.Combine(Example, name.Length == 0 ? "index.html" : name);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".js" or ".mjs" => "text/javascript",
        ".wasm" => "application/wasm",
        ".json" => "application/json",
        ".onnx" => "application/octet-stream",
        _ => "text/html; charset=utf-8",
    };
}
