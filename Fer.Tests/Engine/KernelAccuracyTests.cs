using Fer.Pipeline.Engine;

namespace Fer.Tests.Engine;

/// <summary>
/// Maximum error of each kernel compared with sums in doubles, relative to the largest value, for output, input gradient and weight
/// gradient, on normally distributed random data of typical layer sizes. The bounds are two to three times the measured errors: direct
/// 8e-7, 9e-7, 1.2e-6; depthwise 1e-7, 1e-7, 6e-7; minimal filtering with 4x4 tiles 4.7e-6, 6.2e-6, 8.6e-6, with 3x3 tiles 2.3e-6, 3.0e-6,
/// 3.7e-6, with 6x6 tiles, which have no gradients, 9.7e-6.
/// </summary>
public class KernelAccuracyTests
{
    public static TheoryData<string, InstructionSet, double, double, double> Bounds()
    {
        var data = new TheoryData<string, InstructionSet, double, double, double>();
        foreach (var set in KernelHarness.AllSets)
        {
            data.Add("direct 3x3", set, 3e-6, 3e-6, 3e-6);
            data.Add("direct 3x3 stride 2", set, 3e-6, 3e-6, 3e-6);
            data.Add("direct 1x1", set, 3e-6, 3e-6, 3e-6);
            data.Add("direct 5x5", set, 3e-6, 3e-6, 3e-6);
            data.Add("direct 7x7 of one channel", set, 3e-6, 3e-6, 3e-6);
            data.Add("depthwise 3x3", set, 3e-6, 3e-6, 3e-6);
            data.Add("winograd4 3x3", set, 1.5e-5, 2e-5, 2.5e-5);
            data.Add("winograd3 3x3", set, 7e-6, 9e-6, 1.1e-5);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Error_against_sums_in_doubles_stays_within_its_bound(
        string kernel, InstructionSet set, double output, double inputGradient, double weightGradient)
    {
        var (convolution, shape) = kernel switch
        {
            "winograd3 3x3" => (new Convolution(64, 64, Window.Square(3, 1, 1), bias: false), new Shape(64, 6, 6)),
            "direct 3x3" or "winograd4 3x3" => (new Convolution(32, 32, Window.Square(3, 1, 1), bias: false), new Shape(32, 14, 14)),
            "direct 3x3 stride 2" => (new Convolution(32, 32, Window.Square(3, 2, 1), bias: false), new Shape(32, 14, 14)),
            "direct 1x1" => (new Convolution(64, 32, Window.Square(1), bias: false), new Shape(64, 8, 8)),
            "direct 5x5" => (new Convolution(16, 16, Window.Square(5, 1, 2), bias: false), new Shape(16, 12, 12)),
            "direct 7x7 of one channel" => (new Convolution(1, 32, Window.Square(7, 2, 3), bias: false), new Shape(1, 24, 24)),
            _ => (new Convolution(48, 48, Window.Square(3, 1, 1), groups: 48, bias: false), new Shape(48, 12, 12)),
        };
        // The weight gradient uses minimal filtering only if many tiles share it.
        int batch = kernel.StartsWith('w') ? 30 : 6;
        using var harness = new KernelHarness(convolution, [shape], batch, set, threads: 1, allowsWinograd: kernel.StartsWith('w'));
        Assert.Equal(kernel.Split(' ')[0], harness.Kernel.Method);
        KernelHarness.Random(convolution.Weight.Length, 1).CopyTo(convolution.Weight.Values);
        var x = KernelHarness.Random(batch * shape.Length, 2);
        var dy = KernelHarness.Random(batch * harness.Output.Length, 3);
        var (y, dx) = (harness.Forward(x), harness.Backward(dy)[0]);
        var exact = ConvolutionReference.Compute(convolution, shape, batch, x, dy);
        Within(output, exact.Output, y, $"output of {kernel}");
        Within(inputGradient, exact.InputGradient, dx, $"input gradient of {kernel}");
        Within(weightGradient, exact.WeightGradient, convolution.Weight.Gradients.ToArray(), $"weight gradient of {kernel}");
    }

    [Fact]
    public void Error_of_the_larger_tiles_stays_within_its_bound()
    {
        const int batch = 30;
        var convolution = new Convolution(32, 32, Window.Square(3, 1, 1), bias: false);
        var shape = new Shape(32, 12, 12);
        foreach (var set in KernelHarness.AllSets)
        {
            using var harness = new KernelHarness(convolution, [shape], batch, set, threads: 1, training: false, frozen: true);
            Assert.Equal("winograd6", harness.Kernel.Method);
            KernelHarness.Random(convolution.Weight.Length, 1).CopyTo(convolution.Weight.Values);
            var x = KernelHarness.Random(batch * shape.Length, 2);
            var exact = ConvolutionReference.Compute(convolution, shape, batch, x, KernelHarness.Random(batch * harness.Output.Length, 3));
            Within(2.5e-5, exact.Output, harness.Forward(x), "output of winograd6");
        }
    }

    private static void Within(double bound, double[] exact, float[] actual, string what)
    {
        double error = exact.Zip(actual, (e, a) => Math.Abs(e - a)).Max() / exact.Max(Math.Abs);
        Assert.True(error <= bound, $"{what}: relative error {error:E2}, bound {bound:E2}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {error:E2}");
    }
}
