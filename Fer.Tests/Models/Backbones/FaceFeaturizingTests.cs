using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;

namespace Fer.Tests.Models.Backbones;

/// <summary>A small backbone of three channels at 32 pixels as a transform.</summary>
public sealed class FaceFeaturizingTests : IDisposable
{
    private const int Length = TestBackbone.Length;

    private static readonly MLContext Ml = new(1);

    private readonly TemporaryFolder _folder = new();
    private readonly Backbone _backbone;

    public FaceFeaturizingTests() => _backbone = Backbone.Load(TestBackbone.Write(_folder.File("tiny.onnx")));

    public void Dispose() => _folder.Dispose();

    private static IDataView Faces(int count) => Ml.Data.SampleFaces(count, seed: 4, LabelScheme.Three);

    private FaceFeaturizingEstimator Featurizer(string input = FaceColumns.Pixels, IProgress<long>? progress = null) =>
        Ml.Transforms.DnnFeaturizeFaces("Features", _backbone, input, threads: 2, progress);

    /// <summary>The features of a face as the network gives them alone.</summary>
    private float[] Expected(byte[] face)
    {
        var cut = _backbone.Tap.Cut(_backbone.Network);
        using var pool = new WorkerPool(1);
        using var executor = new NetworkExecutor(cut, 1, training: false, pool, frozen: true);
        for (int i = 0; i < face.Length; i++) executor.Input[i] = face[i];
        executor.Forward(1);
        return executor.Output[..Length].ToArray();
    }

    [Fact]
    public void Features_stand_beside_the_columns_of_their_own_row()
    {
        var view = Featurizer().Fit(Faces(300)).Transform(Faces(300));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, Length), view.Schema["Features"].Type);
        float[][] features = [.. view.GetColumn<float[]>("Features")];
        byte[][] pixels = [.. view.GetColumn<byte[]>(FaceColumns.Pixels)];
        Assert.Equal(pixels.Length, features.Length);
        Assert.True(features.Length > 70, "more than a batch");
        foreach (int row in (int[])[0, 63, 64, features.Length - 1])
        {
            float[] expected = Expected(pixels[row]);
            Assert.All(features[row], (value, i) => Assert.Equal(expected[i], value, 1e-3f));
        }
        using var cursor = view.GetRowCursor(view.Schema);
        var face = cursor.GetGetter<VBuffer<byte>>(view.Schema[FaceColumns.Pixels]);
        var made = cursor.GetGetter<VBuffer<float>>(view.Schema["Features"]);
        VBuffer<byte> bytes = default;
        VBuffer<float> values = default;
        for (int row = 0; cursor.MoveNext(); row++)
        {
            face(ref bytes);
            made(ref values);
            Assert.Equal(pixels[row], bytes.DenseValues());
            Assert.Equal(features[row], values.DenseValues());
        }
    }

    [Fact]
    public void Bytes_singles_and_images_of_a_face_give_the_same_features()
    {
        var faces = Faces(40);
        float[][] expected = [.. Featurizer().Fit(faces).Transform(faces).GetColumn<float[]>("Features")];
        float[][] images = [.. Featurizer(FaceColumns.Image).Fit(faces).Transform(faces).GetColumn<float[]>("Features")];
        var widened = Ml.Transforms.Conversion.ConvertType("Singles", FaceColumns.Pixels, DataKind.Single).Append(Featurizer("Singles"));
        Assert.Equal(expected, images);
        Assert.Equal(expected, widened.Fit(faces).Transform(faces).GetColumn<float[]>("Features"));
    }

    [Fact]
    public void A_linear_trainer_of_mlnet_follows_in_one_line_and_the_model_is_saved_for_its_own_packages()
    {
        var (train, test) = (Faces(600), Faces(200));
        var pipeline = Featurizer().AppendCacheCheckpoint(Ml).Append(Ml.Transforms.NormalizeMeanVariance("Features", fixZero: false))
            .Append(Ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(maximumNumberOfIterations: 20));
        using var model = pipeline.Fit(train);
        var predictions = model.Transform(test);
        double accuracy = Ml.MulticlassClassification.Evaluate(predictions).MicroAccuracy;
        // Three drawn expressions on features of random weights, one in three right by chance.
        Assert.InRange(accuracy, 0.42, 1);
        string zip = _folder.File("model.zip");
        Ml.Model.Save(model, train.Schema, zip);
        var loaded = new MLContext().Model.Load(zip, out _);
        float[][] expected = [.. predictions.GetColumn<float[]>("Score")], actual = [.. loaded.Transform(test).GetColumn<float[]>("Score")];
        Assert.Equal(expected.Length, actual.Length);
        for (int row = 0; row < expected.Length; row++) Assert.All(actual[row], (score, i) => Assert.Equal(expected[row][i], score, 1e-4f));
    }

    [Fact]
    public void LightGbm_follows_in_one_line()
    {
        var pipeline = Featurizer().Append(Ml.MulticlassClassification.Trainers.LightGbm(
            new LightGbmMulticlassTrainer.Options { NumberOfIterations = 20, NumberOfThreads = 1 }));
        using var model = pipeline.Fit(Faces(600));
        Assert.InRange(Ml.MulticlassClassification.Evaluate(model.Transform(Faces(200))).MicroAccuracy, 0.5, 1);
    }

    [Fact]
    public void A_single_face_is_mapped_as_a_prediction_engine_asks_for_it()
    {
        using var transformer = Featurizer().Fit(Faces(40));
        Assert.Equal(Length, transformer.FeatureCount);
        var engine = Ml.Model.CreatePredictionEngine<Input, Output>(transformer);
        var faces = Ml.Data.SampleFaces(3, seed: 8).GetColumn<byte[]>(FaceColumns.Pixels).ToArray();
        foreach (byte[] face in faces)
            Assert.Equal(Expected(face), engine.Predict(new Input { Pixels = face }).Features, (a, b) => Math.Abs(a - b) < 1e-3f);
    }

    [Fact]
    public void What_is_not_asked_for_is_not_computed_and_progress_is_told_by_the_batch()
    {
        var rows = new List<long>();
        var view = Featurizer(progress: new Collected(rows)).Fit(Faces(200)).Transform(Faces(200));
        int count = view.GetColumn<uint>(FaceColumns.Label).Count();
        Assert.Empty(rows);
        Assert.Equal(count, view.GetColumn<float[]>("Features").Count());
        Assert.Equal([.. Enumerable.Range(1, count / 64).Select(i => 64L * i), count], rows.Distinct());
    }

    [Fact]
    public void Rows_in_another_order_at_each_pass_are_refused()
    {
        var view = Featurizer().Fit(Faces(100)).Transform(new Restless(Faces(100)));
        using var cursor = view.GetRowCursor(view.Schema);
        Assert.Contains("different rows", Assert.Throws<FerException>(() =>
        {
            while (cursor.MoveNext()) { }
        }).Message);
    }

    [Fact]
    public void A_column_without_faces_is_refused_by_name()
    {
        Assert.Contains("Pixels", Assert.Throws<FerUsageException>(() => Featurizer("Pixel").Fit(Faces(10))).Message);
        Assert.Throws<FerUsageException>(() => Featurizer(FaceColumns.Label).Fit(Faces(10)));
    }

    private sealed class Input
    {
        [VectorType(Face.PixelCount)]
        public byte[] Pixels { get; set; } = [];
    }

    private sealed class Output
    {
        [VectorType(Length)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Collected(List<long> rows) : IProgress<long>
    {
        public void Report(long value) => rows.Add(value);
    }

    /// <summary>Skips one more row at each pass.</summary>
    private sealed class Restless(IDataView view) : IDataView
    {
        private int _passes;

        public DataViewSchema Schema => view.Schema;

        public bool CanShuffle => false;

        public long? GetRowCount() => null;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        {
            var cursor = view.GetRowCursor(columnsNeeded);
            for (int skipped = _passes++; skipped > 0; skipped--) cursor.MoveNext();
            return cursor;
        }

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [GetRowCursor(columnsNeeded)];
    }
}
