using System.Text.Json;
using Fer.Pipeline;
using Fer.Pipeline.Engine;

namespace Fer.Tests.Engine;

public class SoftmaxCrossEntropyTests
{
    private sealed record Case(int Count, int Classes, float Smoothing, float[] Logits, float[] Targets, float Loss, float[] Gradient);

    private sealed record Golden(Case[] Cases);

    [Fact]
    public void Loss_and_gradient_equal_those_of_PyTorch()
    {
        string json = File.ReadAllText(Path.Combine(TestPaths.Root, "Fer.Tests", "Golden", "cross_entropy_torch.json"));
        var golden = JsonSerializer.Deserialize<Golden>(json, JsonSerializerOptions.Web)!;
        Assert.Equal(6, golden.Cases.Length);
        foreach (var c in golden.Cases)
        {
            var gradient = new float[c.Logits.Length];
            float loss = SoftmaxCrossEntropy.Loss(c.Logits, c.Targets, c.Count, c.Classes, c.Smoothing, gradient);
            Assert.Equal(c.Loss, loss, 1e-5f * Math.Max(1, c.Loss));
            for (int i = 0; i < gradient.Length; i++) Assert.Equal(c.Gradient[i], gradient[i], 1e-6f);
        }
    }

    [Fact]
    public void Gradient_equals_the_finite_difference()
    {
        var random = new RandomStream(11);
        const int count = 3, classes = 5;
        var logits = new float[count * classes];
        var targets = new float[count * classes];
        foreach (ref float logit in logits.AsSpan()) logit = (float)random.NextGaussian();
        for (int i = 0; i < count; i++)
        {
            float sum = 0;
            for (int c = 0; c < classes; c++) sum += targets[i * classes + c] = random.NextSingle();
            for (int c = 0; c < classes; c++) targets[i * classes + c] /= sum;
        }
        var gradient = new float[logits.Length];
        SoftmaxCrossEntropy.Loss(logits, targets, count, classes, 0.1f, gradient);
        const float h = 1e-2f;
        for (int i = 0; i < logits.Length; i++)
        {
            float kept = logits[i];
            logits[i] = kept + h;
            float above = SoftmaxCrossEntropy.Loss(logits, targets, count, classes, 0.1f, []);
            logits[i] = kept - h;
            float below = SoftmaxCrossEntropy.Loss(logits, targets, count, classes, 0.1f, []);
            logits[i] = kept;
            Assert.Equal((above - below) / (2 * h), gradient[i], 1e-4f);
        }
    }

    [Fact]
    public void Huge_logits_do_not_overflow_and_NaN_propagates()
    {
        float[] target = [0, 1], gradient = new float[2];
        Assert.Equal(2e30f, SoftmaxCrossEntropy.Loss([1e30f, -1e30f], target, 1, 2, 0, gradient), 1e24f);
        Assert.Equal([1f, -1f], gradient);
        Assert.Equal(0f, SoftmaxCrossEntropy.Loss([float.NegativeInfinity, 3f], target, 1, 2, 0, []));
        Assert.True(float.IsNaN(SoftmaxCrossEntropy.Loss([float.NaN, 3f], target, 1, 2, 0, [])));
        Assert.False(float.IsFinite(SoftmaxCrossEntropy.Loss([float.PositiveInfinity, 3f], target, 1, 2, 0, [])));
    }

    [Fact]
    public void Spans_that_are_too_short_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SoftmaxCrossEntropy.Loss(new float[5], new float[6], 2, 3, 0, []));
        Assert.Throws<ArgumentException>(() => SoftmaxCrossEntropy.Loss(new float[6], new float[6], 2, 3, 0, new float[3]));
    }
}
