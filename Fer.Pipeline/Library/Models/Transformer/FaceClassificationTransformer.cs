using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Models;

/// <summary>
/// A model as a transformer of ML.NET: adds <c>Score</c>, one probability a class with the classes' names as slots, and
/// <c>PredictedLabel</c>, a key with
/// the same names. All other columns pass through. Nothing is computed but what a cursor asks for; faces run on the engine 64 at a time.
/// <para>The faces are a vector of 2,304 bytes, a vector of 2,304 Singles from 0 to 255, or an <see cref="MLImage"/> of any size.</para>
/// <para><c>ml.Model.Save</c> writes a chain of ML.NET's own transformers, which its packages load without this library, and so does
/// <see cref="FerModel.Load"/>. <see cref="FerModel.Save"/> writes the same with <c>model.onnx</c> beside it.</para>
/// </summary>
public sealed class FaceClassificationTransformer : ITransformer, IDisposable
{
    private readonly ModelColumns _columns;
    private readonly FaceScoreMap _map;
    private readonly DataViewType _inputType;

    /// <param name="model">The model; disposed with the transformer.</param>
    /// <param name="columns">Names of the columns.</param>
    /// <param name="inputType">Type of the column with the faces, for saving.</param>
    internal FaceClassificationTransformer(FerModel model, ModelColumns columns, DataViewType inputType) =>
        (Model, _columns, _map, _inputType) = (model, columns, new FaceScoreMap(model, columns), inputType);

    /// <summary>The model: class names, manifest, prediction of single faces, and saving.</summary>
    public FerModel Model { get; }

    /// <summary>True: a row of the output depends on the same row of the input alone.</summary>
    public bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    /// <exception cref="FerUsageException">The column of the faces is missing or holds no faces.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).Output;

    /// <inheritdoc/>
    /// <exception cref="FerUsageException">The column of the faces is missing or holds no faces.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new FaceRowMapper(Bind(inputSchema));

    /// <inheritdoc/>
    /// <exception cref="FerUsageException">The column of the faces is missing or holds no faces.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new FaceMapView(input, Bind(input.Schema));
    }

    /// <summary>Saves a chain of ML.NET's own transformers in place of this one.</summary>
    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        var packed = PackedModel.Create(Model.Network, Model.Manifest, Model.MetricsJson, []);
        using var chain = MlNetChain.Create(new MLContext(), packed.WithSupplement, Model.ClassNames, _columns, _inputType);
        ((ICanSaveModel)chain).Save(ctx);
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => Model.Dispose();

    /// <summary>For instance <c>FaceClassificationTransformer of FerNet: Pixels to Score and PredictedLabel (angry, happy,
    /// neutral)</c>.</summary>
    public override string ToString() =>
        $"{nameof(FaceClassificationTransformer)} of {Model.Manifest.Architecture}: " +
        $"{_columns.Input} to {_columns.Score} and {_columns.PredictedLabel} " +
        $"({string.Join(", ", Model.ClassNames)})";

    private FaceMapSchema Bind(DataViewSchema input) => new(input, _columns.Input, _map);
}
