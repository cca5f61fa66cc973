using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fer.Tests.Onnx;

/// <summary>The independent ONNX runtime: onnxruntime-node, run in a process of its own.</summary>
internal static class OnnxRuntime
{
    private static readonly string Folder = Path.Combine(TestPaths.Root, "Fer.Tests");

    /// <summary>Why the runtime cannot be used here, or null where it can.</summary>
    internal static string? Missing { get; } =
        !Directory.Exists(Path.Combine(Folder, "node_modules", "onnxruntime-node"))
            ? "onnxruntime-node is not installed; run `npm install` in Fer.Tests."
        : !NodeStarts() ? "Node is not installed."
        : null;

    /// <summary>Runs <paramref name="model"/> over raw float32 <paramref name="pixels"/> in batches.</summary>
    internal static float[] Run(byte[] model, float[] pixels, int batch) => RunAll(model, pixels, batch)[0];

    /// <summary>The same with every output, in the model's order.</summary>
    internal static float[][] RunAll(byte[] model, float[] pixels, int batch)
    {
        string folder = Directory.CreateTempSubdirectory("fer-onnx-").FullName;
        try
        {
            string modelFile = Path.Combine(folder, "model.onnx"), input = Path.Combine(folder, "input.bin"),
                output = Path.Combine(folder, "output.bin");
            File.WriteAllBytes(modelFile, model);
            File.WriteAllBytes(input, MemoryMarshal.AsBytes(pixels.AsSpan()));
            var (exitCode, error) = Node(Path.Combine(Folder, "Onnx", "run.cjs"), modelFile, input, output, batch.ToString());
            Assert.True(exitCode == 0, error);
            var outputs = new List<float[]>();
            for (string file = output; File.Exists(file); file = $"{output}.{outputs.Count}")
                outputs.Add(MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file)).ToArray());
            return [.. outputs];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Runs a script of the tests that uses the runtime; it must succeed.</summary>
    internal static void Script(string script, params string[] arguments)
    {
        var (exitCode, error) = Node([Path.Combine(Folder, script), .. arguments]);
        Assert.True(exitCode == 0, error);
    }

    private static bool NodeStarts()
    {
        try
        {
            return Node("--version").ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static (int ExitCode, string Error) Node(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        output.Wait();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
