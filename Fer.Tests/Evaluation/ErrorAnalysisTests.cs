using System.Text.Json;
using Fer.Pipeline.Data;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Faces;

namespace Fer.Tests.Evaluation;

public class ErrorAnalysisTests
{
    private const double Tolerance = 1e-9;

    public static TheoryData<string> GoldenNames =>
        [.. Golden().GetProperty("cases").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(GoldenNames))]
    public void Label_errors_agree_with_the_definition_worked_out_in_numpy(string name)
    {
        var (golden, probabilities, labels, names) = Case(name);
        var found = LabelErrors.Find(probabilities, labels, names);
        Assert.Equal(
            golden.GetProperty("thresholds").EnumerateArray().Select(t => t.ValueKind == JsonValueKind.Null ? double.NaN
                : Math.Round(t.GetDouble(), 9)), found.Thresholds.Select(t => Math.Round(t, 9)));
        Assert.Equal(Rows(golden, "confidentJoint").Select(row => row.Select(v => (int)v)), found.ConfidentJoint.Counts);
        Assert.Equal(golden.GetProperty("suspects").EnumerateArray().Select(one => one.GetInt32()),
            found.Suspects.Select(one => one.Index));
        foreach (var (expected, row) in Rows(golden, "estimatedJoint").Zip(found.EstimatedJoint))
            foreach (var (value, ours) in expected.Zip(row)) Assert.Equal(value, ours, Tolerance);
        Assert.Equal(1, found.EstimatedJoint.Sum(row => row.Sum()), Tolerance);
    }

    [Theory]
    [MemberData(nameof(GoldenNames))]
    public void Calibration_of_each_class_and_recall_with_its_interval_agree_with_numpy_and_scipy(string name)
    {
        var (golden, probabilities, labels, names) = Case(name);
        var calibration = ClassCalibration.Compute(probabilities, labels, names);
        var metrics = FaceClassificationMetrics.Compute(probabilities, labels, names);
        double[] errors = Numbers(golden.GetProperty("calibration")), recall = Numbers(golden.GetProperty("recall"));
        double[][] intervals = Rows(golden, "recallIntervals");
        for (int k = 0; k < names.Length; k++)
        {
            Assert.Equal(errors[k], calibration[k].Error, Tolerance);
            Assert.InRange(calibration[k].Error, calibration[k].Interval.Lower, calibration[k].Interval.Upper);
            Assert.Equal(recall[k], metrics.PerClass[k].Recall, Tolerance);
            Assert.Equal(intervals[k][0], metrics.PerClass[k].RecallInterval.Lower, Tolerance);
            Assert.Equal(intervals[k][1], metrics.PerClass[k].RecallInterval.Upper, Tolerance);
        }
    }

    [Fact]
    public void McNemars_p_value_agrees_with_scipy()
    {
        foreach (var one in Golden().GetProperty("mcnemar").EnumerateArray())
        {
            var test = new McNemarTest(one.GetProperty("onlyFirst").GetInt32(), one.GetProperty("onlySecond").GetInt32());
            double expected = one.GetProperty("p").GetDouble();
            Assert.Equal(1, expected == 0 ? test.PValue + 1 : test.PValue / expected, Tolerance);
        }
    }

    [Fact]
    public void A_model_compared_with_itself_does_not_differ()
    {
        var made = RandomPredictions.Make(3, 200, 4);
        var comparison = ModelComparison.Compute(made.Probabilities, made.Probabilities, made.Labels, made.Names);
        Assert.Equal((0, 0, 1.0), (comparison.McNemar.OnlyFirst, comparison.McNemar.OnlySecond, comparison.McNemar.PValue));
        Assert.Equal(200, comparison.BothRight + comparison.BothWrong);
        Assert.All(comparison.Differences, one => Assert.Equal(
            (0.0, 0.0, 0.0, false), (one.Difference, one.Interval.Lower, one.Interval.Upper, one.IsClear)));
    }

    [Fact]
    public void A_perfect_model_is_clearly_better_than_a_random_one()
    {
        var made = RandomPredictions.Make(3, 300, 4);
        float[] perfect = [.. made.Labels.SelectMany(label => Enumerable.Range(0, 4).Select(k => k == label ? 1f : 0f))];
        var comparison = ModelComparison.Compute(made.Probabilities, perfect, made.Labels, made.Names);
        Assert.Equal(0, comparison.McNemar.OnlyFirst);
        Assert.True(comparison.McNemar.PValue < 1e-6);
        Assert.All(comparison.Differences, one => Assert.True(one.IsClear && one.Difference > 0 == one.HigherIsBetter, one.Name));
        Assert.All(comparison.Differences, one => Assert.InRange(one.Difference, one.Interval.Lower, one.Interval.Upper));
    }

    [Fact]
    public void Slices_by_a_property_hold_every_face_once_and_find_the_bad_quarter()
    {
        var faces = Faces(80, i => (byte)(i * 3));
        // Right on all but the darkest quarter.
        float[] probabilities = [.. Enumerable.Range(0, 80).SelectMany(
            i => i >= 20 == (faces.Label(i) == 0) ? new[] { 0.9f, 0.1f } : [0.1f, 0.9f])];
        var groups = FaceSlices.Compute(faces, probabilities);
        Assert.Equal(["brightness", "contrast", "pose (proxy)", "occlusion (proxy)"], groups.Select(group => group.Property));
        Assert.All(groups, group => Assert.Equal(80, group.Slices.Sum(slice => slice.Count)));
        Assert.Equal([0.0, 1.0, 1.0, 1.0], groups[0].Slices.Select(slice => slice.Accuracy));
    }

    [Fact]
    public void Face_properties_measure_what_they_are_named_after()
    {
        var flat = new byte[Face.PixelCount];
        flat.AsSpan().Fill(77);
        Assert.Equal(
            (77.0, 0.0, 0.0, 1.0), (FaceProperties.Brightness(flat), FaceProperties.Contrast(flat), FaceProperties.Asymmetry(flat),
                FaceProperties.FlatShare(flat)));
        byte[] half = [.. Enumerable.Range(0, Face.PixelCount).Select(i => (byte)(i % 48 < 24 ? 0 : 200))];
        Assert.Equal(2, FaceProperties.Asymmetry(half), 1e-12);
        byte[] mirrored = [.. Enumerable.Range(0, Face.PixelCount).Select(i => (byte)(Math.Abs(i % 48 * 2 - 47) * 5))];
        Assert.Equal(0, FaceProperties.Asymmetry(mirrored));
    }

    [Fact]
    public void Corruptions_are_repeatable_and_leave_a_model_of_constants_as_it_was()
    {
        var faces = Faces(12, i => (byte)(40 + i));
        foreach (var corruption in FaceCorruption.All)
        {
            var spoilt = corruption.Apply(faces, seed: 5);
            Assert.Equal(spoilt.Sha256, corruption.Apply(faces, seed: 5).Sha256);
            Assert.Equal(faces.Labels.ToArray(), spoilt.Labels.ToArray());
            // A face of one grey stays what it is when blurred, turned or covered with its mean.
            if (corruption.Name is "blur" or "rotation" or "occlusion") Assert.Equal(faces.Pixels(3).ToArray(), spoilt.Pixels(3).ToArray());
            else Assert.NotEqual(faces.Pixels(3).ToArray(), spoilt.Pixels(3).ToArray());
        }
        var rows = Robustness.Measure(set => [.. Enumerable.Range(0, set.Count).SelectMany(_ => new[] { 1f, 0f })], faces, most: 10,
            cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(1 + FaceCorruption.All.Count, rows.Count);
        Assert.All(rows, row => Assert.Equal((10, rows[0].Accuracy), (row.Count, row.Accuracy)));
    }

    [Fact]
    public void Confident_mistakes_come_in_the_order_of_their_confidence()
    {
        var faces = Faces(4, _ => 9);
        float[] probabilities = [0.4f, 0.6f, 0.9f, 0.1f, 0.05f, 0.95f, 0.2f, 0.8f];
        int[] wrong = [.. Enumerable.Range(0, 4).Where(i => (probabilities[2 * i] >= 0.5f ? 0 : 1) != faces.Label(i))];
        Assert.Equal(wrong.OrderByDescending(i => Math.Max(probabilities[2 * i], probabilities[2 * i + 1])),
            ErrorAnalysis.ConfidentMistakes(faces, probabilities, 9));
        Assert.Single(ErrorAnalysis.ConfidentMistakes(faces, probabilities, 1));
    }

    [Fact]
    public void Percentiles_agree_with_numpy()
    {
        // numpy.percentile([1, 2, 4, 8], [2.5, 97.5]) is 1.075, 7.7.
        Assert.Equal(1.075, Bootstrap.Percentile([1, 2, 4, 8], 0.025), 1e-12);
        Assert.Equal(7.7, Bootstrap.Percentile([1, 2, 4, 8], 0.975), 1e-12);
    }

    internal static FaceSet Faces(int count, Func<int, byte> grey) => new(["a", "b"],
        [.. Enumerable.Range(0, count).SelectMany(i => Enumerable.Repeat(grey(i), Face.PixelCount))],
        [.. Enumerable.Range(0, count).Select(i => i % 2)], [.. Enumerable.Range(0, count).Select(i => (long)i)]);

    private static JsonElement Golden() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(TestPaths.Root, "Fer.Tests", "Golden", "error_analysis.json"))).RootElement;

    private static (JsonElement Golden, float[] Probabilities, int[] Labels, string[] Names) Case(string name)
    {
        var golden = Golden().GetProperty("cases").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);
        return (golden, [.. golden.GetProperty("probabilities").EnumerateArray().Select(v => v.GetSingle())],
            [.. golden.GetProperty("labels").EnumerateArray().Select(v => v.GetInt32())],
            [.. Enumerable.Range(0, golden.GetProperty("classes").GetInt32()).Select(k => $"class{k}")]);
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];

    private static double[][] Rows(JsonElement golden, string name) => [.. golden.GetProperty(name).EnumerateArray().Select(Numbers)];
}
