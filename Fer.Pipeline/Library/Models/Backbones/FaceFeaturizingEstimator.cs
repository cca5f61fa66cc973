using Fer.Pipeline.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Fer.Pipeline.Models;

/// <summary>Makes a <see cref="FaceFeaturizingTransformer"/>. Nothing is learnt: the backbone stays as it is.</summary>
public sealed class FaceFeaturizingEstimator : IEstimator<FaceFeaturizingTransformer>
{
    private readonly Backbone _backbone;
    private readonly string _input, _output;
    private readonly int _threads;
    private readonly IProgress<long>? _progress;

    internal FaceFeaturizingEstimator(Backbone backbone, string output, string input, int threads, IProgress<long>? progress) =>
        (_backbone, _output, _input, _threads, _progress) = (backbone, output, input, threads, progress);

    /// <inheritdoc/>
    /// <exception cref="FerUsageException">The column of the faces is missing or holds no faces.</exception>
    public FaceFeaturizingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var faces = FaceColumns.Find(input.Schema, _input);
        FacePixels.Check(faces);
        var map = new FeatureMap(_backbone.Tap.Cut(_backbone.Network), _output, _threads, _progress);
        return new FaceFeaturizingTransformer(map, _input, _output, faces.Type);
    }

    /// <inheritdoc/>
    /// <exception cref="FerUsageException">The column of the faces is missing.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        // Third parties cannot make a column of a SchemaShape. These transforms of ML.NET give a vector of Singles too.
        var transforms = new MLContext().Transforms;
        var faces = inputSchema.FirstOrDefault(column => column.Name == _input);
        if (faces.Name is null)
            throw new FerUsageException(
                $"There is no column '{_input}'.{NearestName.Hint(_input, inputSchema.Select(column => column.Name))}");
        return faces.ItemType is ImageDataViewType
            ? transforms.ExtractPixels(_output, _input).GetOutputSchema(inputSchema)
            : transforms.Conversion.ConvertType(_output, _input, DataKind.Single).GetOutputSchema(inputSchema);
    }
}
