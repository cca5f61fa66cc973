using System.Runtime.CompilerServices;
using Fer.Pipeline.Data;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Images;
using Fer.Pipeline.Models;
using Fer.Pipeline.Reports;
using Fer.Pipeline.Runs;
using Fer.Pipeline.Training;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.ML;
using Microsoft.ML.Data;
using Plotly.NET;
using Chart = Fer.Pipeline.Reports.Chart;

namespace Fer.Pipeline.Interactive;

/// <summary>
/// What a .NET Interactive notebook shows when a cell ends with a value of this library, of ML.NET or of Plotly.NET: charts that zoom and
/// tell their values, tables, faces. The package does this by itself; a notebook that takes the build by <c>#r</c> calls
/// <see cref="Load"/> once.
/// </summary>
public static class FerNotebook
{
    private static int _loaded;

    /// <summary>Registers the formatters with the kernel; a second call does nothing.</summary>
    public static void Load()
    {
        if (Interlocked.Exchange(ref _loaded, 1) == 1) return;
        NewerFSharp.Offer();
        Register();
    }

    // A method of its own: what it names is looked for before its first line runs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Register()
    {
        Html<Chart>(ChartHtml.Of);
        Html<ChartRow>(ChartHtml.Of);
        Html<GenericChart>(ChartHtml.Of);
        Html<Table>(TableHtml.Of);
        Html<GrayImage>(image => ChartHtml.Of(FaceGrids.One(image)));
        Html<FaceDataset>(dataset => TableHtml.Of(DataTables.Of(dataset)));
        Html<FaceSet>(faces => ChartHtml.Of(faces.PlotFaces()));
        Html<FaceDataReport>(report => TableHtml.Of(DataTables.Of(report)));
        Html<IDataView>(view => TableHtml.Of(DataTables.Preview(view)));
        Html<DataViewSchema>(schema => TableHtml.Of(DataTables.Of(schema)));
        Html<DataFrame>(frame => TableHtml.Of(DataTables.Of(frame)));
        Html<FaceClassificationMetrics>(metrics => TableHtml.Of(MetricTables.Of(metrics)));
        Html<MulticlassClassificationMetrics>(metrics => TableHtml.Of(MetricTables.Of(metrics)));
        Html<Evaluation.ConfusionMatrix>(matrix => ChartHtml.Of(new ConfusionHeatMap
        {
            Title = "Confusion matrix: counts and shares of the true class",
            Description = $"{matrix.Correct} of {matrix.Total} rows lie on the diagonal.",
            Matrix = matrix,
        }));
        Html<FacePredictions>(predictions => TableHtml.Of(MetricTables.Of(predictions.Metrics)));
        Html<FerPrediction>(prediction => ChartHtml.Of(EvaluationPlots.Bars(prediction)));
        Html<ModelManifest>(manifest => TableHtml.Of(RunTables.Of(manifest)));
        Html<TrainingResult>(result => TableHtml.Of(RunTables.Of(result)));
        Html<FaceRunResult>(result => TableHtml.Of(RunTables.Of(result)));
    }

    private static void Html<T>(Func<T, string> write)
    {
        Formatter.Register<T>((value, writer) => writer.Write(write(value)), HtmlFormatter.MimeType);
        Formatter.SetPreferredMimeTypesFor(typeof(T), HtmlFormatter.MimeType);
    }
}
