using System.Text.Json;
using Fer.Pipeline;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Models;
using FsCheck;
using FsCheck.Fluent;

namespace Fer.Tests.Evaluation;

public class FaceClassificationMetricsTests
{
    private const double Tolerance = 1e-9;
    private static readonly string[] Three = ["happy", "sad", "neutral"];

    public static TheoryData<string> GoldenNames => [.. Golden().Select(one => one.GetProperty("name").GetString()!)];

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void What_ml_net_measures_too_agrees_with_it(int classes)
    {
        var predictions = RandomPredictions.Make(5, 400, classes);
        var metrics = FaceClassificationMetrics.Compute(predictions.Probabilities, predictions.Labels, predictions.Names);
        var theirs = metrics.MulticlassClassificationMetrics;
        Assert.Equal(theirs.MicroAccuracy, metrics.MicroAccuracy, 1e-12);
        Assert.Equal(theirs.MacroAccuracy, metrics.MacroAccuracy, 1e-12);
        Assert.Equal(theirs.LogLoss, metrics.LogLoss, 1e-6);
        Assert.Equal(theirs.LogLossReduction, metrics.LogLossReduction, 1e-6);
        Assert.Equal(theirs.TopKAccuracy, metrics.TopKAccuracy, 1e-12);
        Assert.Equal(theirs.PerClassLogLoss.Count, metrics.PerClassLogLoss.Count);
        foreach (var (a, b) in theirs.PerClassLogLoss.Zip(metrics.PerClassLogLoss)) Assert.Equal(a, b, 1e-6);
        for (int t = 0; t < classes; t++)
            for (int p = 0; p < classes; p++)
                Assert.Equal(theirs.ConfusionMatrix.GetCountForClassPair(p, t), metrics.ConfusionMatrix.Counts[t][p]);
        Assert.Same(theirs, metrics.MulticlassClassificationMetrics);
    }

    [Fact]
    public void Metrics_and_comparisons_say_their_figures_in_a_line()
    {
        float[] first = [0.9f, 0.1f, 0.2f, 0.8f, 0.6f, 0.4f, 0.3f, 0.7f], second = [0.9f, 0.1f, 0.2f, 0.8f, 0.4f, 0.6f, 0.3f, 0.7f];
        int[] labels = [0, 1, 1, 1];
        var metrics = FaceClassificationMetrics.Compute(first, labels, ["a", "b"]);
        Assert.StartsWith("accuracy 75.0 % (30.1 % to 95.4 %), macro F1 73.3 %, log loss 0.400 over 4 faces", metrics.ToString());
        string comparison = ModelComparison.Compute(first, second, labels, ["a", "b"]).ToString();
        Assert.StartsWith("4 faces: accuracy 0.750 to 1.000 (+0.250, ", comparison);
        Assert.EndsWith("only first right 0, only second right 1, p 1", comparison);
    }

    [Theory]
    [MemberData(nameof(GoldenNames))]
    public void All_figures_agree_with_scikit_learn(string name)
    {
        var golden = Golden().Single(one => one.GetProperty("name").GetString() == name);
        int classes = golden.GetProperty("classes").GetInt32();
        string[] names = [.. Enumerable.Range(0, classes).Select(k => $"class {k}")];
        float[] probabilities = [.. golden.GetProperty("probabilities").EnumerateArray().Select(v => v.GetSingle())];
        int[] labels = [.. golden.GetProperty("labels").EnumerateArray().Select(v => v.GetInt32())];

        var metrics = FaceClassificationMetrics.Compute(probabilities, labels, names);

        Close("accuracy", metrics.Accuracy);
        Close("accuracy", metrics.MicroAccuracy);
        Close("macroAccuracy", metrics.MacroAccuracy);
        Close("macroF1", metrics.MacroF1);
        Close("logLoss", metrics.LogLoss);
        Close("logLossReduction", metrics.LogLossReduction);
        Close("brier", metrics.BrierScore);
        Close("expectedCalibrationError", metrics.ExpectedCalibrationError);
        CloseAll("accuracyInterval", [metrics.AccuracyInterval.Lower, metrics.AccuracyInterval.Upper]);
        CloseAll("perClassLogLoss", metrics.PerClassLogLoss);
        CloseAll("topK", metrics.TopKAccuracyForAllK);
        CloseAll("precision", metrics.PerClass.Select(row => row.Precision));
        CloseAll("recall", metrics.PerClass.Select(row => row.Recall));
        CloseAll("f1", metrics.PerClass.Select(row => row.F1));
        CloseAll("support", metrics.PerClass.Select(row => (double)row.Support));
        CloseAll("precision", metrics.ConfusionMatrix.PerClassPrecision);
        CloseAll("recall", metrics.ConfusionMatrix.PerClassRecall);
        int[][] confusion = [.. golden.GetProperty("confusion").EnumerateArray().Select(
            row => row.EnumerateArray().Select(v => v.GetInt32()).ToArray())];
        Assert.Equal(confusion, metrics.ConfusionMatrix.Counts);
        // Where a minimum is flat, its place is known less exactly than its value.
        Assert.Equal(golden.GetProperty("temperature").GetDouble(), TemperatureScaling.FitProbabilities(probabilities, labels, names),
            1e-5);

        void Close(string property, double value) => Assert.Equal(golden.GetProperty(property).GetDouble(), value, Tolerance);
        void CloseAll(string property, IEnumerable<double> values)
        {
            double[] expected = [.. golden.GetProperty(property).EnumerateArray().Select(v => v.GetDouble())];
            double[] actual = [.. values];
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], Tolerance);
        }
    }

    [Fact]
    public void Figures_keep_their_bounds_whatever_the_rows() => Prop.ForAll(
        ArbMap.Default.ArbFor<(int Seed, PositiveInt Rows, PositiveInt Classes)>(), one =>
        {
            var made = RandomPredictions.Make(one.Seed, one.Rows.Get % 60, one.Classes.Get % 9 + 1, sharpness: 3);
            var metrics = FaceClassificationMetrics.Compute(made.Probabilities, made.Labels, made.Names);
            var confusion = metrics.ConfusionMatrix;
            Assert.Equal(made.Labels.Length, metrics.Count);
            Assert.Equal(made.Labels.Length, confusion.Counts.Sum(row => row.Sum()));
            Assert.Equal(metrics.Count, metrics.ReliabilityBins.Sum(bin => bin.Count));
            int diagonal = Enumerable.Range(0, made.Classes).Sum(k => confusion.GetCountForClassPair(k, k));
            if (metrics.Count > 0) Assert.Equal((double)diagonal / metrics.Count, metrics.Accuracy);
            Assert.InRange(metrics.ExpectedCalibrationError, 0, 1);
            Assert.InRange(metrics.MacroF1, 0, 1);
            Assert.InRange(metrics.BrierScore, 0, 2);
            Assert.True(metrics.LogLoss >= 0);
            Assert.InRange(metrics.Accuracy, metrics.AccuracyInterval.Lower, metrics.AccuracyInterval.Upper);
            Assert.Equal(metrics.Accuracy, metrics.TopKAccuracyForAllK[0]);
            Assert.Equal(metrics.TopKAccuracyForAllK.Order(), metrics.TopKAccuracyForAllK);
            Assert.Equal(metrics.Count == 0 ? 0 : 1, metrics.TopKAccuracyForAllK[^1]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_of_rows_does_not_matter() => Prop.ForAll(ArbMap.Default.ArbFor<(int Seed, PositiveInt Rows)>(), one =>
    {
        var made = RandomPredictions.Make(one.Seed, one.Rows.Get, 5);
        int[] order = [.. Enumerable.Range(0, made.Labels.Length)];
        new RandomStream(one.Seed).Shuffle<int>(order);
        float[] moved = [.. order.SelectMany(i => made.Probabilities[(i * 5)..(i * 5 + 5)])];
        var a = FaceClassificationMetrics.Compute(made.Probabilities, made.Labels, made.Names);
        var b = FaceClassificationMetrics.Compute(moved, [.. order.Select(i => made.Labels[i])], made.Names);
        Assert.Equal(a.ConfusionMatrix.Counts, b.ConfusionMatrix.Counts);
        Assert.Equal(a.LogLoss, b.LogLoss, 1e-12);
        Assert.Equal(a.ExpectedCalibrationError, b.ExpectedCalibrationError, 1e-12);
        Assert.Equal(a.MacroF1Interval, b.MacroF1Interval);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_empty_set_gives_zeros_and_the_widest_interval()
    {
        var metrics = FaceClassificationMetrics.Compute([], [], Three);
        Assert.Equal(
            (0, 0.0, 0.0, 0.0, 0.0), (metrics.Count, metrics.Accuracy, metrics.MacroF1, metrics.LogLoss, metrics.ExpectedCalibrationError));
        Assert.Equal(new ConfidenceInterval(0, 1), metrics.AccuracyInterval);
        Assert.Equal(new ConfidenceInterval(0, 1), metrics.MacroF1Interval);
        Assert.Equal(0, JsonDocument.Parse(metrics.ToJson()).RootElement.GetProperty("count").GetInt32());
    }

    [Fact]
    public void One_class_alone_leaves_no_loss_to_reduce()
    {
        var metrics = FaceClassificationMetrics.Compute([0.5f, 0.5f, 0.9f, 0.1f], [0, 0], ["a", "b"]);
        Assert.Equal(0, metrics.LogLossReduction);
        Assert.Equal(1, metrics.MacroAccuracy);
    }

    [Fact]
    public void A_certain_mistake_costs_a_finite_loss()
    {
        var metrics = FaceClassificationMetrics.Compute([1, 0], [1], ["a", "b"]);
        Assert.Equal(-Math.Log(1e-15), metrics.LogLoss, 1e-12);
    }

    [Fact]
    public void Macro_F1_lies_within_its_interval_which_narrows_with_rows()
    {
        var few = RandomPredictions.Make(1, 100, 4);
        var many = RandomPredictions.Make(1, 5000, 4);
        var a = FaceClassificationMetrics.Compute(few.Probabilities, few.Labels, few.Names);
        var b = FaceClassificationMetrics.Compute(many.Probabilities, many.Labels, many.Names);
        Assert.InRange(a.MacroF1, a.MacroF1Interval.Lower, a.MacroF1Interval.Upper);
        Assert.InRange(b.MacroF1, b.MacroF1Interval.Lower, b.MacroF1Interval.Upper);
        double Width(ConfidenceInterval interval) => interval.Upper - interval.Lower;
        // 50 times the rows: about a seventh of the width.
        Assert.InRange(Width(a.MacroF1Interval) / Width(b.MacroF1Interval), 5, 10);
        Assert.InRange(Width(b.LogLossInterval), 0.01, 0.1);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(-0.25f, "-0.25")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void What_is_no_probability_is_an_error_that_names_row_and_class(float value, string shown)
    {
        var e = Assert.Throws<FerException>(() => FaceClassificationMetrics.Compute([1, 0, 0, 0.5f, value, 0.5f], [0, 1], Three));
        Assert.Contains("Row 1", e.Message);
        Assert.Contains("'sad'", e.Message);
        Assert.Contains(shown, e.Message);
    }

    [Fact]
    public void Logits_in_place_of_probabilities_are_an_error()
    {
        var e = Assert.Throws<FerException>(() => FaceClassificationMetrics.Compute([3, 1, 0.5f], [0], Three));
        Assert.Contains("sum to 4.5", e.Message);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void A_label_that_is_no_class_is_an_error(int label)
    {
        var e = Assert.Throws<FerException>(() => FaceClassificationMetrics.Compute([1, 0, 0], [label], Three));
        Assert.Contains($"label {label}", e.Message);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_an_error()
    {
        Assert.Throws<ArgumentException>(() => FaceClassificationMetrics.Compute([1, 0], [0], Three));
        Assert.Throws<ArgumentOutOfRangeException>(() => FaceClassificationMetrics.Compute([], [], []));
    }

    [Fact]
    public void The_json_has_the_names_that_programs_read()
    {
        float[] probabilities = [0.7f, 0.2f, 0.1f, 0.6f, 0.3f, 0.1f, 0.1f, 0.1f, 0.8f];
        var metrics = FaceClassificationMetrics.Compute(probabilities, [0, 1, 2], Three, imagesPerSecond: 1234.5);
        var root = JsonDocument.Parse(metrics.ToJson()).RootElement;
        Assert.Equal(
            ["count", "accuracy", "macroF1", "macroAccuracy", "logLoss", "logLossReduction", "brierScore", "topK", "topKAccuracy",
                "expectedCalibrationError",
                "imagesPerSecond", "perClass", "confusion", "topConfusions"],
            root.EnumerateObject().Select(one => one.Name).Where(name => !name.EndsWith("Interval", StringComparison.Ordinal)));
        Assert.All(
            ["accuracy", "macroF1", "macroAccuracy", "logLoss", "logLossReduction", "brierScore", "topKAccuracy",
                "expectedCalibrationError"], name =>
        {
            double[] interval = [.. root.GetProperty(name + "Interval").EnumerateArray().Select(one => one.GetDouble())];
            Assert.InRange(root.GetProperty(name).GetDouble(), interval[0], interval[1]);
        });
        Assert.Equal(1234.5, root.GetProperty("imagesPerSecond").GetDouble());
        var happy = root.GetProperty("perClass")[0];
        Assert.Equal(
            ["class", "precision", "precisionInterval", "recall", "recallInterval", "f1", "f1Interval", "logLoss", "logLossInterval",
                "support"], happy.EnumerateObject().Select(one => one.Name));
        Assert.Equal(("happy", 0.5, 1.0, 1), (happy.GetProperty("class").GetString(), happy.GetProperty("precision").GetDouble(),
            happy.GetProperty("recall").GetDouble(), happy.GetProperty("support").GetInt32()));
        Assert.Equal("[[1,0,0],[1,0,0],[0,0,1]]", JsonSerializer.Serialize(root.GetProperty("confusion")));
        Assert.Equal("""[{"true":"sad","predicted":"happy","count":1,"share":1}]""",
            JsonSerializer.Serialize(root.GetProperty("topConfusions")));
    }

    [Fact]
    public void Speed_that_nobody_measured_is_null_in_json()
    {
        var metrics = FaceClassificationMetrics.Compute([1, 0, 0], [0], Three);
        Assert.Equal(JsonValueKind.Null, JsonDocument.Parse(metrics.ToJson()).RootElement.GetProperty("imagesPerSecond").ValueKind);
    }

    private static JsonElement[] Golden()
    {
        using var document = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(TestPaths.Root, "Fer.Tests", "Golden", "metrics_sklearn.json")));
        return [.. document.RootElement.Clone().EnumerateArray()];
    }
}
