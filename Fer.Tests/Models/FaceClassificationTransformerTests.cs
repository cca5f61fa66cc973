using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Tests.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Tests.Models;

public sealed class FaceClassificationTransformerTests : IDisposable
{
    // More than a batch of 64, and no multiple of it.
    private const int Count = 150;

    private readonly TestModels _models = new();
    private readonly MLContext _ml = new();
    private readonly byte[] _pixels = TestNetworks.Faces(Count);

    public void Dispose() => _models.Dispose();

    private IDataView View => _ml.Data.LoadFromEnumerable(
        _pixels.Chunk(Face.PixelCount).Select((face, i) => new PixelRow { Pixels = face, Name = $"face {i}" }));

    [Fact]
    public void Scores_and_predicted_labels_are_those_of_the_model_and_stay_with_their_rows()
    {
        using var transformer = FerModel.Load(_models.Save()).AsTransformer();
        float[] expected = transformer.Model.Predict(_pixels, Count);
        var view = transformer.Transform(View);
        AssertNames(view.Schema);
        var rows = _ml.Data.CreateEnumerable<NamedScore>(view, reuseRowObject: false).ToList();
        Assert.Equal(Count, rows.Count);
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal($"face {i}", rows[i].Name);
            float[] scores = expected[(7 * i)..(7 * i + 7)];
            Assert.Equal(scores, rows[i].Score);
            Assert.Equal(scores.IndexOf(scores.Max()) + 1, (int)rows[i].PredictedLabel);
        }
    }

    [Fact]
    public void Nothing_is_computed_but_what_is_asked_for()
    {
        var transformer = FerModel.Load(_models.Save()).AsTransformer();
        var view = transformer.Transform(View);
        // What would need the network throws from now on.
        transformer.Dispose();
        Assert.Equal(Count, view.GetColumn<string>("Name").Count());
        Assert.Throws<ObjectDisposedException>(() => view.GetColumn<float[]>("Score").Count());
        using var cursor = view.GetRowCursor([view.Schema["Name"]]);
        Assert.False(cursor.IsColumnActive(view.Schema["Score"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<VBuffer<float>>(view.Schema["Score"]));
    }

    [Fact]
    public void Singles_and_images_give_what_bytes_give()
    {
        using var transformer = FerModel.Load(_models.Save()).AsTransformer();
        var bytes = transformer.Transform(View).GetColumn<float[]>("Score").ToArray();
        var singles = _ml.Transforms.Conversion.ConvertType("Pixels", outputKind: DataKind.Single).Fit(View).Transform(View);
        Assert.Equal(bytes, transformer.Transform(singles).GetColumn<float[]>("Score"));

        var drawn = _ml.Data.SampleFaces(70);
        using var ofImages = FerModel.Load(_models.Save()).AsTransformer(FaceColumns.Image);
        Assert.Equal(transformer.Transform(drawn).GetColumn<float[]>("Score"), ofImages.Transform(drawn).GetColumn<float[]>("Score"));
    }

    [Fact]
    public void Ml_nets_prediction_engine_runs_it_row_by_row()
    {
        using var transformer = FerModel.Load(_models.Save()).AsTransformer();
        Assert.True(((ITransformer)transformer).IsRowToRowMapper);
        using var engine = _ml.Model.CreatePredictionEngine<PixelRow, NamedScore>(transformer);
        for (int i = 0; i < 5; i++)
        {
            var face = _pixels[(i * Face.PixelCount)..((i + 1) * Face.PixelCount)];
            var made = engine.Predict(new PixelRow { Pixels = face, Name = $"{i}" });
            Assert.Equal($"{i}", made.Name);
            Assert.Equal(transformer.Model.Predict(face).Probabilities.Values, made.Score);
        }
    }

    [Fact]
    public void What_ml_net_saves_of_it_is_loaded_by_ml_net_and_by_this_program()
    {
        string path = _models.Path("saved.zip");
        using var transformer = FerModel.Load(_models.Save()).AsTransformer();
        _ml.Model.Save(transformer, View.Schema, path);
        AssertSame(transformer.Transform(View), new MLContext().Model.Load(path, out _).Transform(View));
        using var loaded = FerModel.Load(path);
        Assert.Equal(transformer.Model.Predict(_pixels, Count), loaded.Predict(_pixels, Count));
        Assert.Equal(TestModels.Metrics, loaded.MetricsJson);
        var manifest = transformer.Model.Manifest;
        Assert.Equivalent(manifest with { Sha256 = loaded.Manifest.Sha256 }, loaded.Manifest, strict: true);

        loaded.Save(_models.Path("again.zip"));
        Assert.Equal(File.ReadAllBytes(_models.Path("model.zip")), File.ReadAllBytes(_models.Path("again.zip")));
    }

    [Fact]
    public void In_a_chain_over_images_it_is_saved_too()
    {
        string path = _models.Path("chain.zip");
        var drawn = _ml.Data.SampleFaces(70);
        var gray = _ml.Transforms.ConvertToGrayscale(FaceColumns.Image).Fit(drawn);
        using var transformer = FerModel.Load(_models.Save()).AsTransformer(
            FaceColumns.Image, inputType: drawn.Schema[FaceColumns.Image].Type);
        var chain = new TransformerChain<ITransformer>(gray, transformer);
        _ml.Model.Save(chain, drawn.Schema, path);
        AssertSame(chain.Transform(drawn), new MLContext().Model.Load(path, out _).Transform(drawn));
        using var loaded = FerModel.Load(path);
        Assert.Equal(LabelScheme.Seven.ClassNames, loaded.ClassNames);
    }

    [Fact]
    public void A_damaged_network_in_what_ml_net_saved_is_refused()
    {
        using var transformer = FerModel.Load(_models.Save()).AsTransformer();
        _ml.Model.Save(transformer, View.Schema, _models.Path("saved.zip"));
        var files = TestModels.FilesOf(_models.Path("saved.zip"));
        files[MlNetChain.NetworkEntry][2000] ^= 1;
        string path = _models.Zip([.. files.Select(file => (file.Key, file.Value))]);
        Assert.Contains("altered", Assert.Throws<FerException>(() => FerModel.Load(path)).Message);
    }

    [Fact]
    public void A_view_without_faces_is_refused_with_the_nearest_name()
    {
        using var transformer = FerModel.Load(_models.Save()).AsTransformer("Pixel");
        Assert.Contains("Pixels", Assert.Throws<FerUsageException>(() => transformer.Transform(View)).Message);
        using var ofNames = FerModel.Load(_models.Save()).AsTransformer("Name");
        Assert.Contains("no face", Assert.Throws<FerUsageException>(() => ofNames.GetOutputSchema(View.Schema)).Message);
    }

    private void AssertSame(IDataView ours, IDataView theirs)
    {
        AssertNames(theirs.Schema);
        var expected = _ml.Data.CreateEnumerable<ScoreRow>(ours, reuseRowObject: false).ToList();
        var made = _ml.Data.CreateEnumerable<ScoreRow>(theirs, reuseRowObject: false).ToList();
        Assert.Equal(expected.Count, made.Count);
        foreach (var (a, b) in expected.Zip(made))
        {
            Assert.Equal(a.PredictedLabel, b.PredictedLabel);
            foreach (var (x, y) in a.Score.Zip(b.Score)) Assert.Equal(x, y, 1e-4f);
        }
    }

    private static void AssertNames(DataViewSchema schema)
    {
        VBuffer<ReadOnlyMemory<char>> slots = default, keys = default;
        schema["Score"].GetSlotNames(ref slots);
        schema["PredictedLabel"].GetKeyValues(ref keys);
        Assert.Equal(LabelScheme.Seven.ClassNames, slots.DenseValues().Select(name => name.ToString()));
        Assert.Equal(LabelScheme.Seven.ClassNames, keys.DenseValues().Select(name => name.ToString()));
    }

    private sealed class NamedScore
    {
        public string Name { get; set; } = "";

        public float[] Score { get; set; } = [];

        public uint PredictedLabel { get; set; }
    }
}
