using System.IO.Compression;
using Fer.Pipeline.Data;
using Fer.Pipeline.Engine;
using Fer.Pipeline.Faces;
using Fer.Pipeline.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fer.Pipeline.Models;

/// <summary>
/// A model as a chain of ML.NET's own transformers, so that a program loads it with the packages Microsoft.ML,
/// Microsoft.ML.OnnxTransformer and
/// Microsoft.ML.OnnxRuntime alone: pixels become floats, the network runs, and of its outputs come <c>Score</c> and <c>PredictedLabel</c>.
/// </summary>
internal static class MlNetChain
{
    /// <summary>Where ML.NET keeps the network in a saved model.</summary>
    internal const string NetworkEntry = "TransformerChain/Transform_001/OnnxModel";

    /// <summary>The other entries of a saved model, in ML.NET's order. A few hundred bytes each: they hold names and types.</summary>
    internal static readonly string[] SmallEntries =
    [
        "TrainingInfo/Version.txt",
        "TransformerChain/Transform_000/Model.key",
        "TransformerChain/Transform_001/Model.key",
        "TransformerChain/Transform_002/Model/Model.key",
        "TransformerChain/Transform_002/TrainSchema",
        "TransformerChain/Transform_002/Model.key",
        "TransformerChain/Transform_003/Model.key",
        "TransformerChain/Transform_004/Model.key",
        "TransformerChain/Transform_005/Model.key",
        "TransformerChain/Model.key",
        SchemaEntry,
    ];

    /// <summary>The entry that ML.NET keeps the input's schema in.</summary>
    internal const string SchemaEntry = "Schema";

    private const string NetworkName = "OnnxModel";

    private const string GrayFace = "mlnet.face", Label = "Label", ClassNameColumn = "ClassName";

    /// <summary>True for an entry with a network in it, however deep the chain is nested.</summary>
    internal static bool IsNetwork(string entry) => entry.EndsWith($"/{NetworkName}", StringComparison.Ordinal);

    /// <summary>Builds the chain.</summary>
    /// <param name="ml">Where ML.NET keeps its settings.</param>
    /// <param name="network">The network with its supplement, as in <see cref="MlNetNetwork"/>, without the four bytes in front.</param>
    /// <param name="classNames">Class names in the order of the network's outputs.</param>
    /// <param name="columns">Names of the columns.</param>
    /// <param name="pixels">Type of the input column: a vector of 2,304 bytes or floats, or an image. ML.NET's own transforms make an
    /// image grey and 48x48: where
    /// it has another size, pixels differ a little from those of our engine, and Microsoft.ML.ImageAnalytics is needed too.</param>
    internal static TransformerChain<ITransformer> Create(
        MLContext ml, byte[] network, IReadOnlyList<string> classNames, ModelColumns columns, DataViewType pixels)
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(columns.Input, pixels);
        IDataView view = new EmptyView(schema.ToSchema());
        var chain = new List<ITransformer>();
        if (pixels is ImageDataViewType image)
        {
            Append(ml.Transforms.ConvertToGrayscale(GrayFace, columns.Input));
            if (image.Width != Face.Side || image.Height != Face.Side)
                Append(ml.Transforms.ResizeImages(GrayFace, Face.Side, Face.Side, GrayFace, ImageResizingEstimator.ResizingKind.Fill));
            Append(ml.Transforms.ExtractPixels(MlNetNetwork.Input, GrayFace, ImagePixelExtractingEstimator.ColorBits.Red));
            Append(ml.Transforms.DropColumns(GrayFace));
        }
        else Append(ml.Transforms.Conversion.ConvertType(MlNetNetwork.Input, columns.Input, DataKind.Single));
        Append(RandomlyNamedNetwork.Read(() => ml.Transforms.ApplyOnnxModel(
            [MlNetNetwork.Scores, MlNetNetwork.Best], [MlNetNetwork.Input], new MemoryStream(network))));
        Add(BestClass(ml, classNames));
        if (columns.PredictedLabel == ModelColumns.PredictedLabelName)
            Append(ml.Transforms.DropColumns(ModelColumns.ScoreName, MlNetNetwork.Best, MlNetNetwork.Input));
        else
        {
            Append(ml.Transforms.CopyColumns(columns.PredictedLabel, ModelColumns.PredictedLabelName));
            Append(
                ml.Transforms.DropColumns(ModelColumns.ScoreName, ModelColumns.PredictedLabelName, MlNetNetwork.Best, MlNetNetwork.Input));
        }
        Append(ml.Transforms.CopyColumns(columns.Score, MlNetNetwork.Scores));
        Append(ml.Transforms.DropColumns(MlNetNetwork.Scores));
        return new TransformerChain<ITransformer>([.. chain]);

        void Append<T>(IEstimator<T> estimator) where T : class, ITransformer => Add(estimator.Fit(view));

        void Add(ITransformer transformer)
        {
            chain.Add(transformer);
            view = transformer.Transform(view);
        }
    }

    /// <summary>
    /// The entries of a saved model but for the network, which is replaced by a small one of the same inputs and outputs meanwhile: it
    /// would be
    /// compiled and compressed for nothing.
    /// </summary>
    internal static IReadOnlyList<(string Name, byte[] Content)> Entries(IReadOnlyList<string> classNames)
    {
        var builder = new NetworkBuilder("", new Shape(1, Face.Side, Face.Side));
        builder.Input.GlobalAveragePool().Linear(classNames.Count).Softmax();
        using var network = new MemoryStream();
        OnnxWriter.Write(builder.Build(), network);
        network.Write(MlNetNetwork.Supplement(classNames, "{}"u8, "{}"u8));
        var ml = new MLContext();
        var pixels = new VectorDataViewType(NumberDataViewType.Byte, Face.PixelCount);
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(ModelColumns.Default.Input, pixels);
        using var saved = new MemoryStream();
        using (var chain = Create(ml, network.ToArray(), classNames, ModelColumns.Default, pixels))
            ml.Model.Save(chain, schema.ToSchema(), saved);
        using var zip = new ZipArchive(new MemoryStream(saved.ToArray()));
        return [.. zip.Entries.Where(entry => entry.FullName != NetworkEntry).Select(entry => (entry.FullName, Content(entry)))];
    }

    /// <summary>
    /// Turns the one-hot best class into a key with the classes' names. ML.NET has no transform that takes the element out of a vector;
    /// its naive
    /// Bayes classifier, trained on one example a class, does exactly this.
    /// </summary>
    private static ITransformer BestClass(MLContext ml, IReadOnlyList<string> classNames)
    {
        var definition = SchemaDefinition.Create(typeof(ClassRow));
        definition[MlNetNetwork.Best].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 1, classNames.Count);
        var rows = ml.Data.LoadFromEnumerable(
            classNames.Select(
                (name, i) => new ClassRow { Name = name, Best = [.. classNames.Select((_, j) => i == j ? 1f : 0f)] }), definition);
        // Names as the key data, so that their order is the network's.
        var names = ml.Transforms.SelectColumns(ClassNameColumn).Fit(rows).Transform(rows);
        var labelled = ml.Transforms.Conversion.MapValueToKey(Label, ClassNameColumn, keyData: names).Fit(rows).Transform(rows);
        return ml.MulticlassClassification.Trainers.NaiveBayes(Label, MlNetNetwork.Best).Fit(labelled);
    }

    private static byte[] Content(ZipArchiveEntry entry)
    {
        using var source = entry.Open();
        using var content = new MemoryStream();
        source.CopyTo(content);
        return content.ToArray();
    }

    private sealed class ClassRow
    {
        [ColumnName(ClassNameColumn)]
        public string Name { get; set; } = "";

        [ColumnName(MlNetNetwork.Best)]
        public float[] Best { get; set; } = [];
    }
}
