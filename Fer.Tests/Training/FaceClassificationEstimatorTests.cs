using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Evaluation;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Fer.Pipeline.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Tests.Training;

/// <summary>The trainer in a pipeline of ML.NET.</summary>
public sealed class FaceClassificationEstimatorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MLContext _ml = new(seed: 1);

    private static ImageClassificationTrainer.Options Small => new()
    {
        InputSide = 24,
        Width = 0.25,
        Epoch = 2,
        BatchSize = 16,
        LearningRate = 0.02,
        Threads = 2,
        FeatureColumnName = FaceColumns.Image,
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_transform_train_evaluate_save_and_load_are_one_pipeline()
    {
        string csv = _folder.File("fer2013.csv"), zip = _folder.File("model.zip");
        SampleFaces.WriteCsv(csv, 300, seed: 3);
        var faces = _ml.Data.LoadFer2013(csv);
        var test = _ml.Data.FilterByUsage(faces, Usage.PublicTest);
        var pipeline = _ml.Transforms.ConvertToGrayscale(FaceColumns.Image).Append(
            _ml.MulticlassClassification.Trainers.FaceClassification(Small));
        var model = pipeline.Fit(_ml.Data.FilterByUsage(faces, Usage.Training));
        var metrics = _ml.MulticlassClassification.Evaluate(model.Transform(test));
        _ml.Model.Save(model, faces.Schema, zip);

        var loaded = _ml.Model.Load(zip, out _);
        var again = _ml.MulticlassClassification.Evaluate(loaded.Transform(test));
        Assert.Equal(metrics.MicroAccuracy, again.MicroAccuracy);
        Assert.Equal(metrics.LogLoss, again.LogLoss, 1e-4);
        Assert.InRange(metrics.MicroAccuracy, 0.01, 1);

        using var fer = FerModel.Load(zip);
        var set = FaceSet.FromDataView(test);
        var ours = FaceClassificationMetrics.Compute(fer.Predict(set), set.Labels, fer.ClassNames);
        Assert.Equal(metrics.MicroAccuracy, ours.Accuracy, 1e-12);
        Assert.Equal(metrics.MacroAccuracy, ours.MacroAccuracy, 1e-12);
        Assert.Equal(metrics.LogLoss, ours.LogLoss, 1e-6);
        Assert.Equal(metrics.ConfusionMatrix.Counts.SelectMany(row => row),
            ours.ConfusionMatrix.Counts.SelectMany(row => row.Select(count => (double)count)));
        Assert.Equal(LabelScheme.Seven.Definition, fer.Manifest.Scheme);
        Assert.Equal("2", fer.Manifest.Settings["Epoch"]);
    }

    [Fact]
    public void A_validation_set_chooses_the_epoch_and_is_in_the_manifest()
    {
        var faces = _ml.Data.SampleFaces(200);
        var split = _ml.Data.TrainTestSplit(faces, testFraction: 0.3);
        var options = Small with { FeatureColumnName = FaceColumns.Pixels, ValidationSet = split.TestSet };
        using var model = _ml.MulticlassClassification.Trainers.FaceClassification(options).Fit(split.TrainSet);
        Assert.InRange(model.Model.Manifest.Metrics["validationAccuracy"], 0, 1);
        Assert.Contains("Pixels to Score and PredictedLabel", model.ToString());
    }

    [Fact]
    public void Text_labels_and_column_names_of_the_users_choice_will_do()
    {
        var faces = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 60).Select(i =>
        {
            byte[] pixels = new byte[Fer.Pipeline.Faces.Face.PixelCount];
            SampleFaces.Draw(4, 7 * i + i % 2, pixels);
            return new TextRow { Emotion = i % 2 == 0 ? "no" : "yes", Face = pixels };
        }));
        var trainer = _ml.MulticlassClassification.Trainers.FaceClassification(Small with
        {
            LabelColumnName = "Emotion",
            FeatureColumnName = "Face",
            ScoreColumnName = "Shares",
            PredictedLabelColumnName = "Guess",
        });
        // The chain propagates schemas before it fits.
        using var model = trainer.Append(_ml.Transforms.Conversion.MapKeyToValue("Guess")).Fit(faces);
        var view = model.Transform(faces);
        Assert.Equal(["Emotion", "Face", "Guess", "Shares"],
            view.Schema.Where(column => !column.IsHidden).Select(column => column.Name).Order());
        Assert.All(view.GetColumn<string>("Guess"), guess => Assert.Contains(guess, new[] { "no", "yes" }));
        _ml.Model.Save(model, faces.Schema, _folder.File("named.zip"));
        var loaded = _ml.Model.Load(_folder.File("named.zip"), out _).Transform(faces);
        Assert.Equal(view.GetColumn<string>("Guess"), loaded.GetColumn<string>("Guess"));
    }

    [Fact]
    public void A_missing_column_is_an_error_before_any_training()
    {
        var trainer = _ml.MulticlassClassification.Trainers.FaceClassification("Emotion");
        Assert.Contains("'Emotion'", Assert.Throws<FerUsageException>(() => trainer.Fit(_ml.Data.SampleFaces(10))).Message);
        var chain = _ml.Transforms.CopyColumns("Copy", "Label").Append(trainer);
        Assert.Contains("'Emotion'", Assert.Throws<FerUsageException>(() => chain.Fit(_ml.Data.SampleFaces(10))).Message);
    }

    private sealed class TextRow
    {
        public string Emotion { get; set; } = "";

        [VectorType(Fer.Pipeline.Faces.Face.PixelCount)]
        public byte[] Face { get; set; } = [];
    }
}
