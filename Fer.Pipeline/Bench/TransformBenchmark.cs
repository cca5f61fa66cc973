using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fer.Output;
using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Bench;

/// <summary>How fast a data view of faces is scored, by our transformer and by what ML.NET loads of the same zip.</summary>
/// <param name="Faces">Faces scored.</param>
/// <param name="Ours">Faces a second of our transformer.</param>
/// <param name="MlNet">Faces a second of ML.NET's chain, which runs ONNX Runtime row by row.</param>
/// <param name="Difference">Largest difference of a probability between the two.</param>
internal sealed record TransformFigure(int Faces, double Ours, double MlNet, double Difference)
{
    /// <summary>Our speed as a multiple of ML.NET's.</summary>
    internal double Ratio => Ours / MlNet;

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("faces", Faces);
        json.WriteFigure("ours_per_second", Ours, 1);
        json.WriteFigure("mlnet_per_second", MlNet, 1);
        json.WriteFigure("ratio", Ratio, 2);
        json.WriteFigure("largest_difference", Difference, 7);
        json.WriteEndObject();
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Faces} faces: our transformer {Ours:F1} faces/s, ML.NET's {MlNet:F1} faces/s, " +
        $"ratio {Ratio:F2}, largest difference {Difference:E1}");
}

/// <summary>Times both transformers of a model zip over the same faces in one run.</summary>
internal static class TransformBenchmark
{
    /// <summary>Faces that go through both before the clock runs.</summary>
    private const int WarmUp = 128;

    /// <summary>Scores the same faces with both.</summary>
    /// <param name="model">A model zip.</param>
    /// <param name="data">A FER2013 file; its PublicTest is scored.</param>
    /// <param name="most">Most faces to score.</param>
    /// <param name="threads">Threads of our engine; 0 is one a processor, which is ONNX Runtime's number too.</param>
    /// <param name="cancellationToken">Looked at before each face.</param>
    /// <exception cref="FerException">Model or data cannot be read, or the model is of the first version, which ML.NET cannot
    /// load.</exception>
    internal static TransformFigure Run(string model, string data, int most, int threads, CancellationToken cancellationToken)
    {
        var ml = new MLContext();
        var publicTest = ml.Data.FilterByUsage(ml.Data.LoadFer2013(data), Usage.PublicTest);
        var faces = ml.Data.Cache(ml.Data.TakeRows(publicTest, most), FaceColumns.Pixels);
        using var loaded = FerModel.Load(model, threads);
        if (loaded.Manifest.FormatVersion == ModelManifest.FirstFormatVersion)
        {
            throw new FerException(
                $"{model}: a model zip of the first version, which ML.NET cannot load. " +
                $"The command 'export --model {Path.GetFileName(model)} --output new.zip' writes it again.");
        }
        // The cache fills as it is read: unpacking the file is nobody's scoring time.
        Fill(faces);
        using var ours = loaded.AsTransformer();
        var theirs = ml.Model.Load(model, out _);
        using var disposed = theirs as IDisposable;
        var (scores, seconds) = Time(ours);
        var (expected, mlNetSeconds) = Time(theirs);
        double difference = scores.Zip(expected, (a, b) => (double)Math.Abs(a - b)).DefaultIfEmpty().Max();
        int count = scores.Count / loaded.ClassNames.Count;
        if (count == 0) throw new FerException($"{data}: it has no PublicTest faces to score.");
        return new TransformFigure(count, count / seconds, count / mlNetSeconds, difference);

        (List<float> Scores, double Seconds) Time(ITransformer transformer)
        {
            Read(transformer.Transform(ml.Data.TakeRows(faces, WarmUp)));
            var view = transformer.Transform(faces);
            long start = Stopwatch.GetTimestamp();
            return (Read(view), Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        void Fill(IDataView view)
        {
            using var cursor = view.GetRowCursor([view.Schema[FaceColumns.Pixels]]);
            while (cursor.MoveNext()) cancellationToken.ThrowIfCancellationRequested();
        }

        List<float> Read(IDataView view)
        {
            var read = new List<float>();
            var column = view.Schema[ModelColumns.ScoreName];
            using var cursor = view.GetRowCursor([column]);
            var getter = cursor.GetGetter<VBuffer<float>>(column);
            VBuffer<float> value = default;
            while (cursor.MoveNext())
            {
                cancellationToken.ThrowIfCancellationRequested();
                getter(ref value);
                read.AddRange(value.GetValues());
            }
            return read;
        }
    }
}
