using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fer.Tests.Browser;

/// <summary>Debian's Chromium without a window, driven over its DevTools protocol.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly DirectoryInfo _profile;
    private readonly ClientWebSocket _socket = new();
    private int _calls;

    private Chromium(Process process, DirectoryInfo profile) => (_process, _profile) = (process, profile);

    /// <summary>Why it cannot be used here, or null where it can.</summary>
    internal static string? Missing { get; } =
        !File.Exists(Program) ? "Chromium is not installed at /usr/bin/chromium."
        : !File.Exists(AxeFile) ? "axe-core is not installed; run `npm install` in Fer.Tests."
        : null;

    /// <summary>What the page wrote to its console as an error, or broke of its own rules.</summary>
    internal List<string> Errors { get; } = [];

    private static string AxeFile => Path.Combine(TestPaths.Root, "Fer.Tests", "node_modules", "axe-core", "axe.min.js");

    internal static async Task<Chromium> StartAsync()
    {
        var profile = Directory.CreateTempSubdirectory("fer-chromium-");
        var process = Process.Start(new ProcessStartInfo(Program,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage",
            "--remote-debugging-port=0", $"--user-data-dir={profile.FullName}", "about:blank",
        ])
        { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var chromium = new Chromium(process, profile);
        try
        {
            await chromium.ConnectAsync();
            return chromium;
        }
        catch
        {
            await chromium.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a file at a width, in a colour scheme, and waits until it is loaded.</summary>
    internal async Task OpenAsync(string file, int width, string scheme)
    {
        Errors.Clear();
        await SendAsync("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });
        await SendAsync("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }) });
        await SendAsync("Page.navigate", new() { ["url"] = new Uri(file).AbsoluteUri });
        for (int i = 0; i < 200 && await EvaluateAsync("document.readyState") != "complete"; i++) await Task.Delay(50);
    }

    /// <summary>The value of an expression, as text.</summary>
    internal async Task<string> EvaluateAsync(string expression)
    {
        var result = await SendAsync("Runtime.evaluate", new() { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true });
        Assert.True(result["exceptionDetails"] is null, result["exceptionDetails"]?.ToJsonString());
        return result["result"]?["value"]?.ToString() ?? "";
    }

    /// <summary>What axe-core finds against WCAG 2.2 A and AA, a line each.</summary>
    internal async Task<string[]> AxeAsync()
    {
        await EvaluateAsync(await File.ReadAllTextAsync(AxeFile) + "\n;'loaded'");
        string found = await EvaluateAsync("""
            axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
               .then(result => JSON.stringify(result.violations.flatMap(v => v.nodes.slice(0, 5).map(n => v.id + ': ' + n.target.join(' ') + ' ' + n.failureSummary))))
            """);
        return JsonSerializer.Deserialize<string[]>(found)!;
    }

    /// <summary>What reaches past the page's right edge and is in no box that scrolls, and how wide the page is.</summary>
    internal Task<string> OverflowAsync() => EvaluateAsync("""
        JSON.stringify([...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
            && !e.closest('.scroll,.out,svg *,details')).slice(0, 5).map(e => e.tagName + '.' + e.getAttribute('class')))
        """);

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        for (int i = 0; i < 20; i++)
        {
            // Its helpers may hold files for a moment longer.
            try { _profile.Delete(recursive: true); break; } catch (IOException) { await Task.Delay(50); }
        }
    }

    private async Task ConnectAsync()
    {
        string file = Path.Combine(_profile.FullName, "DevToolsActivePort");
        var waited = Stopwatch.StartNew();
        while (!File.Exists(file) || File.ReadAllLines(file) is not [_, _, ..])
        {
            Assert.True(waited.Elapsed < Patience && !_process.HasExited, "Chromium did not start.");
            await Task.Delay(50);
        }
        string port = File.ReadAllLines(file)[0];
        using var http = new HttpClient();
        var pages = JsonNode.Parse(await http.GetStringAsync($"http://127.0.0.1:{port}/json/list"))!.AsArray();
        await _socket.ConnectAsync(new Uri(pages.First(page => page!["type"]!.ToString() == "page")!["webSocketDebuggerUrl"]!.ToString()), CancellationToken.None);
        foreach (string domain in (string[])["Page", "Runtime", "Log"]) await SendAsync(domain + ".enable", []);
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject parameters)
    {
        int id = ++_calls;
        byte[] message = Encoding.UTF8.GetBytes(new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters }.ToJsonString());
        using var patience = new CancellationTokenSource(Patience);
        await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, patience.Token);
        while (true)
        {
            var answer = await ReceiveAsync(patience.Token);
            if (answer["method"]?.ToString() is "Runtime.exceptionThrown" or "Log.entryAdded" or "Runtime.consoleAPICalled")
            {
                string level = answer["params"]?["entry"]?["level"]?.ToString() ?? answer["params"]?["type"]?.ToString() ?? "error";
                if (level is "error" or "warning") Errors.Add(answer["params"]!.ToJsonString());
            }
            if (answer["id"]?.GetValue<int>() != id) continue;
            Assert.True(answer["error"] is null, $"{method}: {answer["error"]?.ToJsonString()}");
            return answer["result"]!;
        }
    }

    private async Task<JsonNode> ReceiveAsync(CancellationToken cancellation)
    {
        using var memory = new MemoryStream();
        byte[] part = new byte[1 << 16];
        while (true)
        {
            var received = await _socket.ReceiveAsync(part.AsMemory(), cancellation);
            memory.Write(part, 0, received.Count);
            if (received.EndOfMessage) return JsonNode.Parse(Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length))!;
        }
    }
}
