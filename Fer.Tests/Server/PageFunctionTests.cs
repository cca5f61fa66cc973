using System.Diagnostics;
using System.Text.Json;
using Fer.Pipeline.Detection;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Images;
using Fer.Server;
using Fer.Tests.Browser;
using Fer.Tests.Models;
using Microsoft.Playwright;

namespace Fer.Tests.Server;

/// <summary>What the page offers beside looking: each function by a click as a user makes it.</summary>
[Collection(PageBrowser.Collection)]
public sealed class PageFunctionTests(PageBrowser shared) : IDisposable
{
    private readonly TestModels _models = new();
    private readonly TemporaryFolder _folder = new();
    private readonly List<(string Name, string Path)> _others = [];

    public void Dispose()
    {
        _models.Dispose();
        _folder.Dispose();
    }

    private Task<RunningServer> Start(IFaceFinder finder, string? model = null) => RunningServer.StartAsync(
        new() { ModelName = "first", OtherModels = () => [.. _others] }, finder, model ?? shared.Model);

    private static FilePayload File(string name, byte[] bytes, string type = "image/png") =>
        new() { Name = name, MimeType = type, Buffer = bytes };

    private static byte[] Gray(int width, int height, byte value) =>
        PngEncoder.Encode(new GrayImage(width, height, [.. Enumerable.Repeat(value, width * height)]));

    private static async Task<IPage> OpenPictureAsync(CameraBrowser browser, RunningServer server, int width = 1280, bool dark = false,
        bool allowScripts = false)
    {
        var page = await browser.OpenAsync(server, width, 900, dark, allowScripts: allowScripts);
        await page.ClickAsync("#tab-picture");
        await page.SetInputFilesAsync("#files", [File("crowd.png", Gray(640, 480, 90))]);
        await page.WaitForSelectorAsync("#faces .face");
        return page;
    }

    [Fact]
    public async Task Faces_are_counted_from_left_to_right_and_no_label_covers_another_or_leaves_the_picture()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        await using var server = await Start(new CrowdFinder());
        var page = await OpenPictureAsync(await shared.OpenAsync(), server);
        Assert.Equal(["Face 1", "Face 2", "Face 3", "Face 4", "Face 5", "Face 6"],
            await page.Locator(".face-head button").AllTextContentsAsync());
        foreach (int width in (int[])[1280, 390])
        {
            await page.SetViewportSizeAsync(width, 900);
            bool fits = await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth");
            Assert.True(fits, "Wider than the screen.");
            // The animation of a move is over.
            await page.EvaluateAsync("() => Promise.all(document.getAnimations().map(a => a.finished))");
            string found = await page.EvaluateAsync<string>("""
                () => {
                  const stage = document.getElementById('picture-stage').getBoundingClientRect();
                  const labels = [...document.querySelectorAll('.label:not([hidden])')]
                    .map(l => [l.textContent, l.getBoundingClientRect()]);
                  const out = labels.filter(([, r]) => r.left < stage.left - 1 || r.right > stage.right + 1
                    || r.top < stage.top - 1 || r.bottom > stage.bottom + 1);
                  const over = labels.flatMap(([a, r], i) => labels.slice(i + 1)
                    .filter(([, s]) => r.left < s.right - 1 && s.left < r.right - 1 && r.top < s.bottom - 1 && s.top < r.bottom - 1)
                    .map(([b]) => a + ' / ' + b));
                  return JSON.stringify({ count: labels.length, out: out.map(([a]) => a), over });
                }
                """);
            var json = JsonDocument.Parse(found).RootElement;
            Assert.Equal(0, json.GetProperty("out").GetArrayLength() + json.GetProperty("over").GetArrayLength());
            Assert.True(json.GetProperty("count").GetInt32() >= 4, found);
            await PageBrowser.ScreenshotAsync(page, $"crowd-{width}");
        }
    }

    [Fact]
    public async Task Below_the_threshold_a_face_is_unsure()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        var server = await shared.ServeAsync();
        var page = await OpenPictureAsync(await shared.OpenAsync(), server);
        Assert.Equal(["sad", "happy"], await page.Locator(".face-head strong").AllTextContentsAsync());
        await page.FillAsync("#threshold", "95");
        Assert.Contains("unsure", await page.Locator(".face-head strong").AllTextContentsAsync());
        Assert.Contains("unsure", string.Join(' ', await page.Locator(".label").AllTextContentsAsync()));
        await page.FillAsync("#threshold", "0");
        Assert.Equal(["sad", "happy"], await page.Locator(".face-head strong").AllTextContentsAsync());
    }

    [Fact]
    public async Task Every_bad_file_is_named_and_stays_named_beside_good_ones()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        var server = await shared.ServeAsync();
        var page = await (await shared.OpenAsync()).OpenAsync(server);
        await page.ClickAsync("#tab-picture");
        await page.SetInputFilesAsync("#files",
            [File("a.png", [1]), File("good.png", Gray(64, 48, 200)), File("b.jpg", [2], "image/jpeg"), File("c.txt", [3], "text/plain")]);
        await page.WaitForFunctionAsync("() => document.querySelectorAll('#picture-problem strong').length === 3");
        Assert.Equal(["a.png", "b.jpg", "c.txt"], await page.Locator("#picture-problem strong").AllTextContentsAsync());
        Assert.Equal(1, await page.Locator("#strip li").CountAsync());
        await PageBrowser.ScreenshotAsync(page, "bad-files");
        await page.ClickAsync("#picture-problem .close");
        Assert.False(await page.IsVisibleAsync("#picture-problem"));
    }

    [Fact]
    public async Task A_model_that_has_just_been_trained_is_chosen_and_stands_beside_the_first()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        await using var server = await Start(new WholeFinder());
        var page = await OpenPictureAsync(await shared.OpenAsync(), server);
        Assert.Equal(["first"], await page.Locator("#model option").AllTextContentsAsync());
        _others.Add(("just trained", _models.Save()));
        await page.FocusAsync("#beside");
        await page.WaitForFunctionAsync("() => document.getElementById('beside').options.length === 3");
        await page.SelectOptionAsync("#beside", "just trained");
        await page.WaitForSelectorAsync(".face .beside:has-text('just trained: ')");
        Assert.Equal(14, await page.Locator(".face .bars li").CountAsync());
        await PageBrowser.ScreenshotAsync(page, "beside");
        string alone = await page.TextContentAsync(".face .beside") ?? "";
        await page.SelectOptionAsync("#beside", "");
        await page.SelectOptionAsync("#model", "just trained");
        await page.WaitForSelectorAsync("#model-facts dd:has-text('just trained')");
        await page.WaitForFunctionAsync(
            "text => text.includes(document.querySelector('.face-head strong').textContent + ' ')", alone);
        Assert.False(await page.IsVisibleAsync(".face .beside"));
    }

    [Fact]
    public async Task What_is_seen_is_saved_as_a_picture_and_recorded_as_csv_and_json()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        var server = await shared.ServeAsync();
        var page = await (await shared.OpenAsync()).OpenAsync(server);
        Assert.True(await page.IsDisabledAsync("#snapshot"));
        await page.ClickAsync("#record");
        await page.ClickAsync("#tab-picture");
        await page.SetInputFilesAsync("#files", [File("=a,b.png", Gray(640, 480, 90))]);
        await page.WaitForFunctionAsync("() => document.getElementById('recorded-text').textContent.startsWith('2 faces')");
        await page.ClickAsync("#record");
        string csv = await DownloadAsync(page, "#save-csv", ".csv"), json = await DownloadAsync(page, "#save-json", ".json");
        string[] lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("time,seconds,source,face,x,y,width,height,emotion,shown,model,views,angry,", lines[0]);
        Assert.Equal(3, lines.Length);
        // A table program takes it for text.
        Assert.Contains(",0,\"'=a,b.png\",1,0,0,320,480,sad,sad,first,1,", lines[1]);
        var rows = JsonDocument.Parse(json).RootElement;
        Assert.Equal(["sad", "happy"], rows.EnumerateArray().Select(row => row.GetProperty("emotion").GetString()));
        Assert.Equal(server.Model.ClassNames, rows[0].GetProperty("probabilities").EnumerateObject().Select(p => p.Name));

        string path = await DownloadFileAsync(page, "#snapshot", ".png");
        var picture = ImageDecoder.Load(path);
        Assert.Equal((640, 480), (picture.Width, picture.Height));
        // The frames and labels are drawn over the plain grey.
        int drawn = Enumerable.Range(0, 640 * 480).Count(i => Math.Abs(picture.Pixels[3 * i] - 90) > 8);
        Assert.InRange(drawn, 2000, 100_000);
        await page.ClickAsync("#discard");
        Assert.False(await page.IsVisibleAsync("#recorded"));
    }

    [Fact]
    public async Task The_heat_map_lies_over_the_chosen_face()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        await using var server = await Start(new HalvesFinder(), _models.Save());
        var page = await OpenPictureAsync(await shared.OpenAsync(), server);
        await page.ClickAsync(".face-head button >> nth=1");
        await page.ClickAsync("#heat");
        await page.WaitForSelectorAsync("#heat-note:not([hidden])");
        double[] shares = await page.EvaluateAsync<double[]>("""
            () => {
              const canvas = document.querySelector('#picture-stage .heat'), half = canvas.width / 2;
              return [0, half].map(left => {
                const { data } = canvas.getContext('2d').getImageData(left, 0, half, canvas.height);
                let lit = 0;
                for (let i = 3; i < data.length; i += 4) if (data[i] > 0) lit++;
                return lit / (data.length / 4);
              });
            }
            """);
        Assert.Equal(0, shares[0]);
        Assert.True(shares[1] > 0.02, $"{shares[1]}");
        await PageBrowser.ScreenshotAsync(page, "heat");
        await page.ClickAsync("#heat");
        Assert.Equal(0, await page.EvaluateAsync<int>("() => document.querySelector('#picture-stage .heat').width"));
    }

    [Fact]
    public async Task A_video_is_looked_through_and_its_chart_leads_to_what_was_seen()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        string film = _folder.File("film.webm");
        string[] pictures = [.. shared.Pictures.SelectMany(one => (string[])["-loop", "1", "-framerate", "5", "-t", "1", "-i", one])];
        using (var process = Process.Start("/usr/bin/ffmpeg", ["-y", "-loglevel", "error", .. pictures,
            "-filter_complex", "concat=n=2:v=1:a=0", "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", film]))
            await process.WaitForExitAsync(RunningServer.Cancel);
        await using var server = await Start(new WholeFinder());
        var page = await (await shared.OpenAsync()).OpenAsync(server);
        await page.ClickAsync("#tab-film");
        await page.SetInputFilesAsync("#film-file", film);
        await page.WaitForFunctionAsync("() => document.getElementById('film').controls");
        Assert.Equal("The whole video", await page.TextContentAsync("#timeline-heading"));
        Assert.Equal("sad", await page.TextContentAsync(".face-head strong"));
        var chart = (await page.Locator("#timeline").BoundingBoxAsync())!;
        await page.Locator("#timeline").ClickAsync(new() { Position = new() { X = 0.9f * chart.Width, Y = 20 } });
        await page.WaitForSelectorAsync(".face-head strong:text-is('happy')");
        Assert.Matches("whole video: .*(sad|happy)", await page.GetAttributeAsync("#timeline", "aria-label"));
        await PageBrowser.ScreenshotAsync(page, "film");
        // What is no video is said so, and the page goes on.
        await page.SetInputFilesAsync("#film-file", [File("no.webm", [1, 2, 3], "video/webm")]);
        await page.WaitForSelectorAsync("#film-problem:has-text('no.webm')");
    }

    [Fact]
    public async Task The_chart_follows_the_person_when_the_tracker_gives_a_new_number()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        var server = await shared.ServeAsync();
        var page = await (await shared.OpenAsync()).OpenAsync(server);
        string keys = await page.EvaluateAsync<string>("""
            async () => {
              const { Person } = await import('/people.js');
              const face = (id, x, size = 100) => ({ id, box: { x, y: 50, width: size, height: size } });
              const run = (...frames) => {
                const person = new Person();
                return frames.map(([seconds, ...faces]) => (person.find(faces, 1000 * seconds)?.id ?? '-') + '/' + person.key).join(' ');
              };
              return JSON.stringify({
                newNumber: run([0, face(1, 0)], [1], [3, face(2, 20)]),
                aloneElsewhere: run([0, face(1, 0)], [1], [3, face(2, 400)]),
                otherBeside: run([0, face(1, 0, 120), face(2, 400)], [1, face(2, 400)], [2, face(2, 400), face(3, 10)]),
                strangerFarAway: run([0, face(1, 0, 120), face(2, 300)], [1, face(3, 900)]),
                gone: run([0, face(1, 0, 120), face(2, 400)], [11, face(2, 400)]),
              });
            }
            """);
        var json = JsonDocument.Parse(keys).RootElement;
        Assert.Equal("1/1 -/1 2/1", json.GetProperty("newNumber").GetString());
        Assert.Equal("1/1 -/1 2/1", json.GetProperty("aloneElsewhere").GetString());
        Assert.Equal("1/1 -/1 3/1", json.GetProperty("otherBeside").GetString());
        Assert.Equal("1/1 -/1", json.GetProperty("strangerFarAway").GetString());
        Assert.Equal("1/1 2/2", json.GetProperty("gone").GetString());
    }

    [Fact]
    public async Task An_example_is_a_click_away_the_stage_fills_the_screen_and_the_page_can_be_installed()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        var server = await shared.ServeAsync();
        var page = await (await shared.OpenAsync()).OpenAsync(server);
        await page.ClickAsync("#camera-cover [data-example]");
        await page.WaitForSelectorAsync("#picture-stage .box");
        Assert.Equal("face.png", await page.GetAttributeAsync("#picture", "alt"));
        Assert.Matches("1 view of each face", await page.TextContentAsync("#speed-text"));
        await page.ClickAsync("#full");
        await page.WaitForFunctionAsync("() => document.fullscreenElement?.querySelector('#picture-stage')");
        var stage = (await page.Locator("#picture-stage").BoundingBoxAsync())!;
        Assert.Equal(640.0 / 480, stage.Width / stage.Height, 0.02);
        string manifest = await page.EvaluateAsync<string>("""
            async () => {
              const link = document.querySelector('link[rel=manifest]').href, manifest = await (await fetch(link)).json();
              const icons = await Promise.all(manifest.icons.map(async icon => (await fetch(new URL(icon.src, link))).status));
              return JSON.stringify({ display: manifest.display, icons });
            }
            """);
        Assert.Equal("""{"display":"standalone","icons":[200,200,200]}""", manifest);
    }

    /// <summary>What the README shows, with the detector and the model that come with the project.</summary>
    [Fact]
    public async Task The_four_drawn_faces_are_found_and_shown()
    {
        string? missing = CameraBrowser.Missing ?? PageBrowser.NoScreenshots;
        Assert.SkipUnless(missing is null, missing ?? "");
        string model = Path.Combine(TestPaths.Root, "artifacts", "fer-seven.zip");
        await using var server = await RunningServer.StartAsync(new() { ModelName = "fer-seven" }, model: model, blazeFace: true);
        var page = await (await shared.OpenAsync()).OpenAsync(server, 1200, 800);
        await page.ClickAsync("#tab-picture");
        await page.ClickAsync("#panel-picture [data-example='faces.png']");
        await page.WaitForSelectorAsync("#faces .face >> nth=3");
        Assert.Equal(4, await page.Locator("#picture-stage .box").CountAsync());
        await PageBrowser.ScreenshotAsync(page, "four-faces");
    }

    [Fact]
    public async Task Each_tab_is_without_violations_of_accessibility_rules()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        Assert.SkipUnless(PageCheck.Missing is null, PageCheck.Missing ?? "");
        _others.Add(("other", _models.Save()));
        await using var server = await Start(new CrowdFinder());
        var page = await (await shared.OpenAsync()).OpenAsync(server, 390, 900, dark: true, allowScripts: true);
        await page.ClickAsync("#start");
        await page.WaitForSelectorAsync("#faces .face");
        await page.ClickAsync("#record");
        await AssertAccessibleAsync(page);
        await page.ClickAsync("#tab-film");
        await AssertAccessibleAsync(page);
        await page.ClickAsync("#tab-picture");
        await page.SetInputFilesAsync("#files", [File("bad.png", [1]), File("crowd.png", Gray(640, 480, 90))]);
        await page.SelectOptionAsync("#beside", "other");
        await page.WaitForSelectorAsync(".face .beside:visible");
        await page.SetViewportSizeAsync(1280, 900);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await AssertAccessibleAsync(page);
    }

    private static async Task AssertAccessibleAsync(IPage page)
    {
        string[] found = await PageCheck.AxeAsync(page);
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    private static async Task<string> DownloadAsync(IPage page, string button, string ending) =>
        await System.IO.File.ReadAllTextAsync(await DownloadFileAsync(page, button, ending), RunningServer.Cancel);

    private static async Task<string> DownloadFileAsync(IPage page, string button, string ending)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync(button));
        Assert.EndsWith(ending, download.SuggestedFilename);
        return await download.PathAsync();
    }

    /// <summary>Six faces, close to one another and to the edges, the largest first.</summary>
    private sealed class CrowdFinder : IFaceFinder
    {
        private static readonly FaceBox[] Boxes =
        [
            new(330, 120, 150, 150), new(0, 0, 120, 120), new(240, 180, 110, 110), new(520, 380, 120, 100), new(110, 10, 90, 90),
            new(470, 130, 80, 80),
        ];

        public string Name => "crowd";

        public IReadOnlyList<FoundFace> Find(RgbImage picture, bool isFrame) =>
            [.. Boxes.Select((box, i) => Found(box, i, picture.Width / 640f))];

        public void Dispose()
        {
        }

        private static FoundFace Found(FaceBox box, int number, float scale)
        {
            box = new(box.X * scale, box.Y * scale, box.Width * scale, box.Height * scale);
            return new FoundFace(
                box, new DetectedFace(box, 0.9f, default), [.. Enumerable.Repeat((byte)(60 + 30 * number), Face.PixelCount)]);
        }
    }
}
