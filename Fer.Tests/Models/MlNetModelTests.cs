using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Tests.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Tests.Models;

/// <summary>What ML.NET's own transformers make of a model zip.</summary>
public sealed class MlNetModelTests : IDisposable
{
    private readonly TestModels _models = new();
    private readonly MLContext _ml = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Ml_net_finds_pixels_scores_predicted_label_and_class_names()
    {
        var model = _ml.Model.Load(_models.Save(), out var schema);
        Assert.Equal("Pixels", Assert.Single(schema).Name);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Byte, Face.PixelCount), schema[0].Type);
        var made = model.GetOutputSchema(schema);
        Assert.Equal(["Pixels", "PredictedLabel", "Score"], made.Select(column => column.Name).Order());
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 7), made["Score"].Type);
        Assert.IsType<KeyDataViewType>(made["PredictedLabel"].Type);
        VBuffer<ReadOnlyMemory<char>> slots = default, keys = default;
        made["Score"].GetSlotNames(ref slots);
        made["PredictedLabel"].GetKeyValues(ref keys);
        Assert.Equal(LabelScheme.Seven.ClassNames, slots.DenseValues().Select(name => name.ToString()));
        Assert.Equal(LabelScheme.Seven.ClassNames, keys.DenseValues().Select(name => name.ToString()));
    }

    [Fact]
    public void Ml_nets_prediction_engine_predicts_what_our_engine_does()
    {
        string path = _models.Save();
        using var engine = _ml.Model.CreatePredictionEngine<PixelRow, ScoreRow>(_ml.Model.Load(path, out _));
        using var model = FerModel.Load(path);
        foreach (byte[] face in TestNetworks.Faces(20).Chunk(Face.PixelCount))
        {
            var expected = model.Predict(face);
            var made = engine.Predict(new PixelRow { Pixels = face });
            Assert.Equal(expected.Label, model.ClassNames[(int)made.PredictedLabel - 1]);
            foreach (var (ours, theirs) in expected.Probabilities.Values.Zip(made.Score)) Assert.Equal(ours, theirs, 1e-4f);
        }
    }

    [Fact]
    public void Other_columns_pass_through_ml_nets_model()
    {
        var model = _ml.Model.Load(_models.Save(), out _);
        var view = model.Transform(_ml.Data.LoadFromEnumerable([new PixelRow { Pixels = TestNetworks.Faces(1), Name = "anna" }]));
        Assert.Equal(["anna"], view.GetColumn<string>("Name"));
        Assert.Single(view.GetColumn<float[]>("Score"));
    }

    [Fact]
    public void A_zip_whose_scores_are_others_does_not_pass_the_check_that_ends_saving()
    {
        string path = _models.Save();
        using var zip = File.OpenRead(path);
        using var model = FerModel.Load(path);
        float[] expected = model.Predict(MlNetCheck.Samples(), MlNetCheck.Samples().Length / Face.PixelCount);
        MlNetCheck.Compare(zip, model.ClassNames, expected);
        Assert.Contains("class names", Assert.Throws<ModelFormatException>(
            () => MlNetCheck.Compare(zip, [.. model.ClassNames.Reverse()], expected)).Message);
        expected[3] += 2e-4f;
        Assert.Contains("class 3 of drawn face 0", Assert.Throws<ModelFormatException>(
            () => MlNetCheck.Compare(zip, model.ClassNames, expected)).Message);
    }

    [Fact]
    public void What_ml_net_cannot_open_does_not_pass_either()
    {
        using var zip = File.OpenRead(_models.FirstVersion());
        Assert.Contains("ML.NET cannot run it", Assert.Throws<ModelFormatException>(
            () => MlNetCheck.Compare(zip, LabelScheme.Seven.ClassNames, new float[28])).Message);
    }
}

/// <summary>A face for ML.NET's prediction engine.</summary>
internal sealed class PixelRow
{
    [VectorType(Face.PixelCount)]
    public byte[] Pixels { get; set; } = [];

    public string Name { get; set; } = "";
}

/// <summary>A prediction as ML.NET's prediction engine gives it.</summary>
internal sealed class ScoreRow
{
    public float[] Score { get; set; } = [];

    public uint PredictedLabel { get; set; }
}
