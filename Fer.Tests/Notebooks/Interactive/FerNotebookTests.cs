using Fer.Notebooks;
using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Interactive;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Reports;
using Fer.Pipeline.Training;
using Microsoft.Data.Analysis;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.ML;

namespace Fer.Tests.Notebooks.Interactive;

public class FerNotebookTests
{
    private static string Shown(object value)
    {
        FerNotebook.Load();
        return Assert.Single(FormattedValue.CreateManyFromObject(value), form => form.MimeType == CellOutput.Html).Value;
    }

    [Fact]
    public void Data_shows_itself_as_the_last_line_of_a_cell()
    {
        var dataset = SampleNotebook.Dataset;
        Assert.Contains("<th scope=\"row\" style=\"text-align:left\">happy</th>", Shown(dataset), StringComparison.Ordinal);
        Assert.Contains("data:image/png", Shown(dataset.Training), StringComparison.Ordinal);
        Assert.Contains("images that are there more than once",
            Shown(FaceDataAnalysis.Analyze(SampleNotebook.View, "drawn")), StringComparison.Ordinal);
        var view = new MLContext().Data.SampleFaces(7);
        Assert.Contains("Pixels: Vector&lt;Byte, 2304&gt;", Shown(view), StringComparison.Ordinal);
        Assert.Contains(">disgust<", Shown(view), StringComparison.Ordinal);
        Assert.Contains("Usage", Shown(view.Schema), StringComparison.Ordinal);
        string frame = Shown(new DataFrame(new StringDataFrameColumn("name", ["<x>"]), new SingleDataFrameColumn("value", [1.5f])));
        Assert.Contains("&lt;x&gt;", frame, StringComparison.Ordinal);
        Assert.Contains("1.5", frame, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_table_is_cut_and_says_how_long_it_is() =>
        Assert.Contains("… 1,000 rows", Shown(new DataFrame(new Int32DataFrameColumn("n", Enumerable.Range(0, 1000)))),
            StringComparison.Ordinal);

    [Fact]
    public void An_evaluation_in_charts()
    {
        var predictions = SampleNotebook.Predictions();
        string accuracy = FormattableString.Invariant($"{100 * predictions.Metrics.Accuracy:0.0} %");
        Assert.Contains(accuracy, Shown(predictions.Metrics), StringComparison.Ordinal);
        Assert.Contains(accuracy, Shown(predictions), StringComparison.Ordinal);
        Assert.Contains("Plotly.newPlot", Shown(predictions.Metrics.PlotConfusion()), StringComparison.Ordinal);
        Assert.Equal(36, predictions.PlotFaces(36).Items.Count);
        Assert.All(predictions.PlotMistakes(4).Items, item => Assert.False(item.IsRight));
        Assert.Equal(4, predictions.PlotMistakes(4).Items.Count);
        Assert.Contains("Plotly.newPlot", Shown(predictions.PlotSlices()), StringComparison.Ordinal);
        Assert.NotEmpty(predictions.Metrics.TopConfusions().Rows);
        Assert.Contains("12.5 %", Shown(new FerPrediction("happy", 0.125f, new Dictionary<string, float> { ["happy"] = 0.125f })),
            StringComparison.Ordinal);
        Assert.Contains("Plotly.newPlot", Shown(new ConfusionMatrix(["a", "b"], [[1, 0], [0, 1]])), StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_of_ML_NET_are_shown_with_the_names_that_they_lack()
    {
        var predictions = SampleNotebook.Predictions();
        var metrics = predictions.Metrics.MulticlassClassificationMetrics;
        Assert.Contains("micro accuracy", Shown(metrics), StringComparison.Ordinal);
        Assert.Equal(predictions.Metrics.ConfusionMatrix.Counts, metrics.PlotConfusion(predictions.Faces.ClassNames).Matrix.Counts);
        var error = Assert.Throws<FerUsageException>(() => metrics.PlotConfusion(["one"]));
        Assert.Contains("1 names for the 7 classes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_in_curves_and_a_race_in_bars()
    {
        TrainingMetrics Epoch(int epoch, double accuracy) => new()
        {
            Epoch = epoch,
            Steps = epoch,
            TrainingAccuracy = accuracy,
            TrainingLoss = 1 - accuracy,
            ValidationAccuracy = accuracy - 0.1,
            LearningRate = 0.1,
            Seconds = 1,
            ImagesPerSecond = 100,
            EngineShare = 1,
            LoaderWaitShare = 0,
        };
        var network = Architectures.Create("FerNet", 7, new() { Width = 0.125 });
        var result = new TrainingResult(network, TrainingOutcome.Completed, [Epoch(1, 0.4), Epoch(2, 0.5)], 2, 2, TimeSpan.FromSeconds(1));
        Assert.Contains("2 (best)", Shown(result), StringComparison.Ordinal);
        var curves = Assert.IsType<LineChart>(result.PlotHistory().Charts[0]);
        Assert.Equal([(1, 0.4), (2, 0.5)], curves.Series[0].Points);
        Assert.Equal(2, curves.Best);
        var race = new Dictionary<string, TrainingResult>
        {
            ["slow"] = result,
            ["best"] = result with { History = [Epoch(1, 0.9)], BestEpoch = 1 },
        };
        Assert.Equal(["best", "slow"], race.PlotBest(100).Categories);
        Assert.Equal(2, ((LineChart)race.PlotHistory().Charts[0]).Series.Count);
        Assert.Equal(100, race.PlotSpeed().Series[0].Points[0].X);
    }

    [Fact]
    public void Classes_means_and_light_of_a_data_set()
    {
        var dataset = SampleNotebook.Dataset;
        var classes = dataset.PlotClasses();
        Assert.All(classes.Series, series => Assert.Equal(1, series.Values.Sum(), 9));
        Assert.Equal(7, dataset.Training.PlotMeanFaces().Items.Count);
        Assert.Equal(7 * 3, dataset.Training.PlotFacesByClass(3).Items.Count);
        Assert.Equal(2, dataset.PlotBrightness().Charts.Count);
        Assert.False(dataset.PlotVotes().HasData);
        Assert.Equal(7, new MLContext().Data.SampleFaces(70).PlotClasses().Categories.Count);
    }

    [Fact]
    public void Predictions_that_do_not_fit_their_faces_are_refused()
    {
        var error = Assert.Throws<FerUsageException>(() => new FacePredictions(SampleNotebook.Dataset.Training, [0.5f]));
        Assert.Contains("1 probabilities", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<FerUsageException>(() => FacePredictions.FromDataView(new MLContext().Data.SampleFaces(7)));
        Assert.Contains("'Score'", error.Message, StringComparison.Ordinal);
    }
}
