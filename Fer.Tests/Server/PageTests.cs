using Fer.Tests.Detection;
using Microsoft.Playwright;

namespace Fer.Tests.Server;

/// <summary>The page, in a browser whose camera plays a film.</summary>
[Collection(PageBrowser.Collection)]
public sealed class PageTests(PageBrowser shared) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_camera_shows_a_box_around_each_face_and_emotions_that_change()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        await using var server = await RunningServer.StartAsync(finder: new WholeFinder(), model: shared.Model);
        var browser = await shared.OpenAsync();
        var page = await browser.OpenAsync(server);
        await page.ClickAsync("#start");
        await page.WaitForSelectorAsync("#camera-stage .box");
        Assert.Equal(1, await page.Locator(".face").CountAsync());
        foreach (string emotion in (string[])["happy", "sad", "happy"])
            await page.WaitForSelectorAsync($".face-head strong:text-is('{emotion}')");
        await page.WaitForFunctionAsync("() => /frames a second/.test(document.getElementById('speed-text').textContent)");
        Assert.Contains("happy", await page.GetAttributeAsync("#timeline", "aria-label"));
        await page.WaitForSelectorAsync("#spoken:not(:empty)", new() { State = WaitForSelectorState.Attached });
        await PageBrowser.ScreenshotAsync(page, "camera");

        await page.ClickAsync("#stop");
        await page.WaitForSelectorAsync("#camera-cover:not([hidden])");
        Assert.Equal(0, await page.Locator(".box").CountAsync());
        // Nothing is sent any more: the live session has ended.
        for (int i = 0; server.Server.Metrics.LiveSessions > 0 && i < 200; i++) await Task.Delay(10, RunningServer.Cancel);
        Assert.Equal(0, server.Server.Metrics.LiveSessions);
    }

    [Fact]
    public async Task Without_a_detector_a_frame_is_put_over_the_face_by_mouse_or_keys()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        await using var server = await RunningServer.StartAsync(model: shared.Model);
        var browser = await shared.OpenAsync();
        var page = await browser.OpenAsync(server, 400, 860, dark: true);
        Assert.True(await page.IsVisibleAsync("#no-detector"));
        Assert.Contains("--cropped", await page.TextContentAsync("#no-detector"));
        await page.ClickAsync("#start");
        await page.WaitForSelectorAsync(".face");
        var before = (await page.Locator("#camera-stage .crop").BoundingBoxAsync())!;
        await page.FocusAsync("#camera-stage .crop");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("Shift+ArrowDown");
        var after = (await page.Locator("#camera-stage .crop").BoundingBoxAsync())!;
        Assert.True(after.X > before.X && after.Height > before.Height, $"{before} {after}");
        await page.Mouse.MoveAsync(after.X + 20, after.Y + 20);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(after.X - 10, after.Y + 30);
        await page.Mouse.UpAsync();
        Assert.True((await page.Locator("#camera-stage .crop").BoundingBoxAsync())!.X < after.X);
        await page.WaitForSelectorAsync(".face-head strong:text-is('happy')");
        await PageBrowser.ScreenshotAsync(page, "frame-phone-dark");
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"),
            "The page is wider than the phone.");
    }

    [Fact]
    public async Task Pictures_are_looked_at_one_after_another_and_forgotten()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        await using var server = await RunningServer.StartAsync(finder: new HalvesFinder(), model: shared.Model);
        var browser = await shared.OpenAsync();
        var page = await browser.OpenAsync(server);
        await page.ClickAsync("#tab-picture");
        await page.SetInputFilesAsync("#files", (FilePayload[])
        [
            new() { Name = "one.png", MimeType = "image/png", Buffer = RunningServer.Face() },
            new() { Name = "two.jpg", MimeType = "image/jpeg", Buffer = TestPictures.Jpeg },
            new() { Name = "none.jpg", MimeType = "image/jpeg", Buffer = [1, 2, 3] },
        ]);
        await page.WaitForSelectorAsync("#picture-problem:not([hidden])");
        Assert.Contains("none.jpg", await page.TextContentAsync("#picture-problem"));
        Assert.Equal(2, await page.Locator("#strip li").CountAsync());
        Assert.Equal(2, await page.Locator("#picture-stage .box").CountAsync());
        Assert.Equal(["sad", "happy"], await page.Locator(".face-head strong").AllTextContentsAsync());
        await page.ClickAsync("#strip button[aria-label^='one.png']");
        Assert.Equal("one.png", await page.GetAttributeAsync("#picture", "alt"));
        await page.ClickAsync("#clear");
        Assert.Equal(0, await page.Locator("#strip li, .face, .box").CountAsync());
    }

    [Fact]
    public async Task A_camera_that_is_refused_or_absent_is_explained()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        await using var server = await RunningServer.StartAsync(finder: new HalvesFinder());
        var browser = await shared.OpenAsync();
        var page = await browser.OpenAsync(server);
        await page.EvaluateAsync(
            "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError')); }");
        await page.ClickAsync("#start");
        await page.WaitForSelectorAsync("#camera-problem:has-text('The camera was refused')");
        await PageBrowser.ScreenshotAsync(page, "refused");
        await page.EvaluateAsync(
            "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError')); }");
        await page.ClickAsync("#start");
        await page.WaitForSelectorAsync("#camera-problem:has-text('No camera was found')");
    }

    [Fact]
    public async Task The_page_asks_for_the_key_that_the_server_wants()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        const string Key = "0123456789abcdef+/=?";
        await using var server = await RunningServer.StartAsync(
            new() { ApiKeyFile = _folder.Write("keys.txt", Key) }, new WholeFinder(), shared.Model);
        var browser = await shared.OpenAsync();
        var page = await browser.OpenAsync(server, waits: false);
        await page.FillAsync("#key", "not this one, surely");
        await page.ClickAsync("#key-form button");
        await page.WaitForSelectorAsync("#key-problem:not([hidden])");
        await page.FillAsync("#key", Key);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("html[data-ready]", new() { State = WaitForSelectorState.Attached });
        await page.ClickAsync("#start");
        await page.WaitForSelectorAsync(".face");
    }

    [Fact]
    public async Task Faces_of_photographs_are_found_in_the_camera()
    {
        Assert.SkipUnless(CameraBrowser.Missing is null, CameraBrowser.Missing ?? "");
        Assert.SkipUnless(SamplePhotographs.Missing is null, SamplePhotographs.Missing ?? "");
        string film = _folder.File("people.mjpeg");
        CameraBrowser.MakeFilm(film, [.. new[] { 4, 2, 6 }.Select(SamplePhotographs.File1To6)],
            "scale=640:480:force_original_aspect_ratio=decrease,pad=640:480:(ow-iw)/2:(oh-ih)/2");
        await using var server = await RunningServer.StartAsync(model: shared.Model, blazeFace: true);
        await using var browser = await CameraBrowser.StartAsync(film);
        var page = await browser.OpenAsync(server);
        await page.ClickAsync("#start");
        await page.WaitForFunctionAsync("() => document.querySelectorAll('#camera-stage .box').length >= 3");
        var seen = new HashSet<string>();
        for (int i = 0; i < 100 && seen.Count < 3; i++)
        {
            seen.Add(await page.TextContentAsync("#faces") ?? "");
            await Task.Delay(50, RunningServer.Cancel);
        }
        Assert.True(seen.Count >= 3, $"The bars only ever said {string.Join(", ", seen)}.");
        await PageBrowser.ScreenshotAsync(page, "people");
    }
}
