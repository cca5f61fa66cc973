using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Models;

/// <summary>Opens a written model as a program with ML.NET alone would, and compares what it says about some faces with our
/// engine.</summary>
internal static class MlNetCheck
{
    /// <summary>Largest difference of a probability; ONNX Runtime and the engine add in another order.</summary>
    internal const float Tolerance = 1e-4f;

    private const int Faces = 4, Seed = 17;

    /// <summary>Drawn faces to compare on: [count * 2304] grey values.</summary>
    internal static byte[] Samples(int count = Faces)
    {
        var pixels = new byte[count * Face.PixelCount];
        for (int i = 0; i < count; i++) SampleFaces.Draw(Seed, i, pixels.AsSpan(i * Face.PixelCount, Face.PixelCount));
        return pixels;
    }

    /// <summary>Reads the zip with ML.NET and runs it with ONNX Runtime.</summary>
    /// <param name="zip">The written file; stays open.</param>
    /// <param name="classNames">Class names in the order of the probabilities.</param>
    /// <param name="expected">[4 * classes] probabilities of <see cref="Samples"/> as the engine gives them.</param>
    /// <exception cref="ModelFormatException">ML.NET cannot open it, or says something else.</exception>
    internal static void Compare(Stream zip, IReadOnlyList<string> classNames, ReadOnlySpan<float> expected)
    {
        var ml = new MLContext();
        byte[] pixels = Samples();
        VBuffer<ReadOnlyMemory<char>> slots = default, keys = default;
        SavedPrediction[] predictions;
        try
        {
            var model = RandomlyNamedNetwork.Read(() =>
            {
                zip.Position = 0;
                return ml.Model.Load(new UnclosedStream(zip), out _);
            });
            using var disposed = model as IDisposable;
            var view = model.Transform(
                ml.Data.LoadFromEnumerable(pixels.Chunk(Face.PixelCount).Select(face => new SavedFace { Pixels = face })));
            view.Schema["Score"].GetSlotNames(ref slots);
            view.Schema["PredictedLabel"].GetKeyValues(ref keys);
            predictions = [.. ml.Data.CreateEnumerable<SavedPrediction>(view, reuseRowObject: false)];
        }
        // What ML.NET and ONNX Runtime throw over a file is of many types; each means that it cannot be used.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new ModelFormatException($"ML.NET cannot run it ({e.Message.TrimEnd('.')})");
        }
        if (!Same(slots, classNames) || !Same(keys, classNames))
            throw new ModelFormatException("ML.NET does not find its class names again");
        for (int i = 0; i < predictions.Length; i++) Compare(predictions[i], expected.Slice(i * classNames.Count, classNames.Count), i);
    }

    private static void Compare(SavedPrediction prediction, ReadOnlySpan<float> expected, int face)
    {
        float best = float.NegativeInfinity;
        for (int c = 0; c < expected.Length; c++)
        {
            best = Math.Max(best, expected[c]);
            float difference = Math.Abs(prediction.Score[c] - expected[c]);
            // A network that diverged says NaN here and there.
            if (difference > Tolerance || float.IsNaN(prediction.Score[c]) != float.IsNaN(expected[c]))
                throw new ModelFormatException(
                    $"ONNX Runtime gives {prediction.Score[c]:F6} for class {c} of drawn face {face} where {expected[c]:F6} was expected");
        }
        if (best - expected[(int)prediction.PredictedLabel - 1] > 2 * Tolerance)
            throw new ModelFormatException(
                $"ML.NET predicts class {prediction.PredictedLabel - 1} for drawn face {face}, which is not the most probable one");
    }

    private static bool Same(VBuffer<ReadOnlyMemory<char>> names, IReadOnlyList<string> expected) =>
        names.DenseValues().Select(name => name.ToString()).SequenceEqual(expected);

    private sealed class SavedFace
    {
        [VectorType(Face.PixelCount)]
        public byte[] Pixels { get; set; } = [];
    }

    private sealed class SavedPrediction
    {
        public float[] Score { get; set; } = [];

        public uint PredictedLabel { get; set; }
    }

    /// <summary>ML.NET closes what it reads from; the file is still to be moved to its name.</summary>
    private sealed class UnclosedStream(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => inner.Position = value; }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override int Read(Span<byte> buffer) => inner.Read(buffer);

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void Flush() { }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
