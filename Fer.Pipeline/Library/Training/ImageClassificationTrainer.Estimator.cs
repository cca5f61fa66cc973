using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Models;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fer.Pipeline.Training;

/// <summary>The trainer as an estimator of ML.NET.</summary>
public sealed partial class ImageClassificationTrainer : IEstimator<FaceClassificationTransformer>
{
    public sealed partial record Options
    {
        /// <summary>The classes: a key with the classes' names, or text.</summary>
        public string LabelColumnName { get; init; } = FaceColumns.Label;

        /// <summary>The faces: a vector of 2,304 bytes, a vector of 2,304 Singles from 0 to 255, or an <see cref="MLImage"/> of any
        /// size.</summary>
        public string FeatureColumnName { get; init; } = FaceColumns.Pixels;

        /// <summary>Takes one probability a class.</summary>
        public string ScoreColumnName { get; init; } = ModelColumns.ScoreName;

        /// <summary>Takes the most probable class.</summary>
        public string PredictedLabelColumnName { get; init; } = ModelColumns.PredictedLabelName;

        /// <summary>
        /// The faces to choose the best epoch on, in columns of the same names; null takes the last epoch. As with ML.NET's trainer,
        /// transforms that come before the training are not applied to it.
        /// </summary>
        public IDataView? ValidationSet { get; init; }
    }

    /// <summary>Trains a network on the rows that have a label.</summary>
    /// <param name="input">The faces to learn from. Votes are used where <see cref="Options.SoftTargets"/> is above 0.</param>
    /// <exception cref="FerUsageException">A column is missing or holds neither labels nor faces.</exception>
    /// <exception cref="FerException">There is no face, a value is out of range, or the training diverged in its first epoch.</exception>
    public FaceClassificationTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var training = Read(input, classNames: null);
        var result = Fit(training, validation: null);
        if (result.Outcome == TrainingOutcome.Diverged && result.BestEpoch == 0)
            throw new FerException("The training diverged before an epoch was finished. Lower the LearningRate.");
        var scheme = FaceClasses.SchemeOf(FaceColumns.Find(input.Schema, _options.LabelColumnName));
        return AsTransformer(result, training, scheme, FaceColumns.Find(input.Schema, _options.FeatureColumnName).Type);
    }

    /// <summary>What was trained as a transformer, without calibration.</summary>
    /// <param name="result">The training.</param>
    /// <param name="training">The faces that it learned from.</param>
    /// <param name="scheme">Their label scheme, where it is known.</param>
    /// <param name="inputType">Type of the column of faces.</param>
    internal FaceClassificationTransformer AsTransformer(
        TrainingResult result, FaceSet training, LabelScheme? scheme, DataViewType inputType)
    {
        var metrics = new Dictionary<string, double>();
        if (result.Best?.ValidationAccuracy is { } accuracy) metrics["validationAccuracy"] = accuracy;
        var manifest = new ModelManifest
        {
            ClassNames = training.ClassNames,
            Scheme = scheme?.Definition ?? "custom",
            Architecture = result.Network.Architecture,
            TrainingDataSha256 = training.Sha256,
            Seed = _options.Seed,
            Settings = result.Options.Texts().ToDictionary(text => text.Name, text => text.Value),
            Metrics = metrics,
        };
        var model = FerModel.Of(new ModelZip(InferenceGraph.Create(result.Network), manifest, "{}"), _options.Threads);
        var columns = new ModelColumns(_options.FeatureColumnName, _options.ScoreColumnName, _options.PredictedLabelColumnName);
        return new FaceClassificationTransformer(model, columns, inputType);
    }

    /// <inheritdoc/>
    /// <exception cref="FerUsageException">A column is missing.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        // Third parties cannot make a column of a SchemaShape. A trainer of ML.NET gives the same two columns over the same label.
        const string score = "Score", predicted = "PredictedLabel", label = "mlnet.label", features = "mlnet.features";
        var ml = new MLContext();
        var faces = Find(inputSchema, _options.FeatureColumnName);
        IEstimator<ITransformer> pixels = faces.ItemType is ImageDataViewType
            ? ml.Transforms.ExtractPixels(features, faces.Name)
            : ml.Transforms.Conversion.ConvertType(features, faces.Name, DataKind.Single);
        IEstimator<ITransformer> keys = Find(inputSchema, _options.LabelColumnName).IsKey
            ? ml.Transforms.CopyColumns(label, _options.LabelColumnName)
            : ml.Transforms.Conversion.MapValueToKey(label, _options.LabelColumnName);
        IEstimator<ITransformer> chain = pixels.Append(keys).Append(ml.MulticlassClassification.Trainers.NaiveBayes(label, features));
        if (_options.ScoreColumnName != score)
            chain = chain.Append(ml.Transforms.CopyColumns(_options.ScoreColumnName, score)).Append(ml.Transforms.DropColumns(score));
        if (_options.PredictedLabelColumnName != predicted)
            chain = chain.Append(ml.Transforms.CopyColumns(_options.PredictedLabelColumnName, predicted))
                .Append(ml.Transforms.DropColumns(predicted));
        return chain.Append(ml.Transforms.DropColumns(label, features)).GetOutputSchema(inputSchema);
    }

    private FaceSet Read(IDataView view, IReadOnlyList<string>? classNames) => FaceSet.FromDataView(
        view, _options.LabelColumnName, _options.FeatureColumnName, softTargets: _options.SoftTargets is > 0, classNames);

    private static SchemaShape.Column Find(SchemaShape schema, string name)
    {
        // A later column hides an earlier one of the same name.
        foreach (var column in schema.Reverse())
            if (column.Name == name) return column;
        throw new FerUsageException(
            $"There is no column '{name}'.{NearestName.Hint(name, schema.Select(column => column.Name))} " +
            $"The columns are {string.Join(", ", schema.Select(column => column.Name))}.");
    }
}
