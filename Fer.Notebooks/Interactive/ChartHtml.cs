using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json;
using Plotly.NET;
using Chart = Fer.Pipeline.Reports.Chart;

namespace Fer.Pipeline.Interactive;

/// <summary>
/// A chart as a piece of a notebook: the drawing as SVG, which every page can show, and a script that puts Plotly's chart in its place
/// where scripts run and plotly.js can be loaded. So a saved notebook shows its charts offline and without trust as well.
/// </summary>
internal static class ChartHtml
{
    /// <summary>The plotly.js that this Plotly.NET is made for.</summary>
    internal const string Library = "https://cdn.plot.ly/plotly-2.28.0.min.js";

    private static readonly JsonSerializerSettings Settings = new()
    {
        ReferenceLoopHandling = ReferenceLoopHandling.Serialize,
        Culture = CultureInfo.InvariantCulture,
        Converters = { new FiniteNumbers() },
    };

    private static int _shown;

    internal static string Of(ChartRow row) =>
        "<div style=\"display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start\">"
        + string.Concat(row.Charts.Select(chart => $"<div style=\"flex:1 1 380px;min-width:0;max-width:760px\">{Of(chart)}</div>"))
        + "</div>";

    internal static string Of(Chart chart) =>
        PlotlyChart.Of(chart) is { } plotly ? Write(plotly, chart.ToSvgFile()) : chart.ToSvgFile();

    /// <summary>A chart that was made with Plotly.NET has no drawing to fall back on, and says what it waits for.</summary>
    internal static string Of(GenericChart chart) =>
        Write(chart, "<p>This chart appears where scripts run and plotly.js can be loaded.</p>");

    private static string Write(GenericChart chart, string still)
    {
        string figure = Figure(chart);
        // The same chart twice on a page needs two names; the hash keeps the names of separate notebooks apart.
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(figure)))[..10];
        string id = string.Create(CultureInfo.InvariantCulture, $"fer-{hash}-{Interlocked.Increment(ref _shown)}");
        return $$"""
            <div id="{{id}}">{{still}}</div>
            <script>
            (function () {
              const place = document.getElementById("{{id}}");
              const figure = {{figure}};
              function draw() {
                if (!place || !window.Plotly) return;
                place.replaceChildren();
                window.Plotly.newPlot(place, figure.data, figure.layout, { responsive: true, displaylogo: false });
              }
              if (window.Plotly) { draw(); return; }
              window.ferPlotly = window.ferPlotly || new Promise(function (done, failed) {
                const script = document.createElement("script");
                // A page with require.js would keep plotly.js from becoming window.Plotly.
                const define = window.define;
                window.define = undefined;
                script.src = "{{Library}}";
                script.onload = function () { window.define = define; done(); };
                script.onerror = function () { window.define = define; failed(); };
                document.head.appendChild(script);
              });
              window.ferPlotly.then(draw, function () { });
            })();
            </script>
            """;
    }

    /// <summary>
    /// Data and layout as plotly.js takes them. Plotly.NET's own way there needs Giraffe.ViewEngine, which in the kernel is bound to
    /// another FSharp.Core than Plotly.NET and fails.
    /// </summary>
    internal static string Figure(GenericChart chart)
    {
        string data = JsonConvert.SerializeObject(GenericChart.getTraces(chart).ToArray(), Settings);
        string layout = JsonConvert.SerializeObject(GenericChart.getLayout(chart), Settings);
        // "</" would end the script.
        return $$"""{"data":{{data}},"layout":{{layout}}}""".Replace("</", "<\\/", StringComparison.Ordinal);
    }

    /// <summary>plotly.js takes null for a value that is missing, and leaves a gap; NaN is no JSON.</summary>
    private sealed class FiniteNumbers : JsonConverter<double>
    {
        public override bool CanRead => false;

        public override void WriteJson(JsonWriter writer, double value, JsonSerializer serializer)
        {
            if (double.IsFinite(value)) writer.WriteValue(value);
            else writer.WriteNull();
        }

        public override double ReadJson(
            JsonReader reader, Type objectType, double existingValue, bool hasExistingValue, JsonSerializer serializer) =>
            throw new NotSupportedException();
    }
}
