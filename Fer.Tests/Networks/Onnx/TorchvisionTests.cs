using System.Diagnostics;
using System.Runtime.InteropServices;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Networks.Onnx;

/// <summary>Networks exported by PyTorch, for which the reader was not written, give the same results as in PyTorch.</summary>
public sealed class TorchvisionTests : IClassFixture<TorchvisionTests.Exports>
{
    private static readonly (string Name, int Side)[] Networks =
        [("densenet121", 64), ("googlenet", 64), ("inception_v3", 75), ("shufflenet_v2_x1_0", 64), ("mobilenet_v2", 64),
            ("mobilenet_v3_small", 64), ("mnasnet1_0", 64),
        ("efficientnet_b0", 64), ("regnet_y_400mf", 64), ("resnext50_32x4d", 64), ("squeezenet1_1", 64)];

    private readonly Exports _exports;

    public TorchvisionTests(Exports exports) => _exports = exports;

    public static TheoryData<string> Names => [.. Networks.Select(n => n.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Network_of_torchvision_gives_what_pytorch_gives(string name)
    {
        Assert.SkipUnless(_exports.Missing is null, _exports.Missing ?? "");
        var network = OnnxReader.Read(_exports.File(name + ".onnx"));
        float[] x = Floats(_exports.File(name + ".in")), expected = Floats(_exports.File(name + ".out"));
        int count = x.Length / network.Input.Length, channels = network.Input.Channels, area = network.Input.Area;
        using var pool = new WorkerPool(2);
        using var executor = new NetworkExecutor(network, count, training: false, pool, frozen: true);
        for (int i = 0; i < count * area; i++)
            for (int c = 0; c < channels; c++) executor.Input[i * channels + c] = x[(i / area * channels + c) * area + i % area];
        executor.Forward(count);
        double greatest = expected.Max(MathF.Abs);
        Assert.True(greatest > 1e-3 && expected.Distinct().Count() > expected.Length / 4);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(executor.Output[i] - expected[i]) <= 1e-5 * greatest,
                $"{name}, value {i}: {executor.Output[i]} here, {expected[i]} there; the greatest is {greatest}.");
    }

    private static float[] Floats(string file) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file)).ToArray();

    /// <summary>The files, exported once.</summary>
    public sealed class Exports : IDisposable
    {
        private const string Python = "/usr/bin/python3";

        private readonly TemporaryFolder _folder = new();

        public Exports() => Missing =
            !System.IO.File.Exists(Python) || Run("-c", "import torchvision") != 0
                ? "torchvision is not installed (Debian: python3-torchvision)."
            : Run([Path.Combine(TestPaths.Root, "Fer.Tests", "Onnx", "torchvision_export.py"), _folder.Path,
                .. Networks.Select(n => $"{n.Name}={n.Side}")]) != 0 ? "torchvision cannot export its networks."
            : null;

        /// <summary>Why the files are missing, or null.</summary>
        internal string? Missing { get; }

        internal string File(string name) => _folder.File(name);

        private static int Run(params string[] arguments)
        {
            using var process = Process.Start(
                new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            error.Wait();
            process.WaitForExit();
            return process.ExitCode;
        }

        public void Dispose() => _folder.Dispose();
    }
}
