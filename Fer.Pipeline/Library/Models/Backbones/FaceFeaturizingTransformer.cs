using Fer.Pipeline.Data;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Networks.Proto;
using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.Models;

/// <summary>
/// Adds a vector of the features that a frozen backbone finds in each face. Nothing is computed but what a cursor asks for; faces run on
/// the engine 64 at a time. <c>ml.Model.Save</c> writes a chain of ML.NET's own transformers around the backbone as ONNX, which its
/// packages load without this library.
/// </summary>
public sealed class FaceFeaturizingTransformer : ITransformer, IDisposable
{
    private const string PixelsName = "pixels";

    private readonly FeatureMap _map;
    private readonly string _input, _output;
    private readonly DataViewType _inputType;

    internal FaceFeaturizingTransformer(FeatureMap map, string input, string output, DataViewType inputType) =>
        (_map, _input, _output, _inputType) = (map, input, output, inputType);

    /// <summary>Features of a face.</summary>
    public int FeatureCount => _map.Length;

    /// <summary>True: a row of the output depends on the same row of the input alone.</summary>
    public bool IsRowToRowMapper => true;

    /// <inheritdoc/>
    /// <exception cref="FerUsageException">The column of the faces is missing or holds no faces.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => new FaceMapSchema(inputSchema, _input, _map).Output;

    /// <inheritdoc/>
    /// <exception cref="FerUsageException">The column of the faces is missing or holds no faces.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new FaceRowMapper(new FaceMapSchema(inputSchema, _input, _map));

    /// <inheritdoc/>
    /// <exception cref="FerUsageException">The column of the faces is missing or holds no faces.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new FaceMapView(input, new FaceMapSchema(input.Schema, _input, _map));
    }

    /// <summary>Saves a chain of ML.NET's own transformers in place of this one.</summary>
    /// <exception cref="FerException">The faces were images, which ML.NET's transformers cannot make grey and 48x48 as this one
    /// does.</exception>
    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        if (_inputType is not VectorDataViewType)
        {
            throw new FerException(
                $"A model that takes images in '{_input}' cannot be saved; fit it on the vector column '{FaceColumns.Pixels}'.");
        }
        var ml = new MLContext();
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(_input, _inputType);
        IDataView view = new EmptyView(schema.ToSchema());
        byte[] onnx = Onnx();
        using var chain = ml.Transforms.Conversion.ConvertType(PixelsName, _input, DataKind.Single)
            .Append(RandomlyNamedNetwork.Read(() => ml.Transforms.ApplyOnnxModel([_output], [PixelsName], new MemoryStream(onnx))))
            .Append(ml.Transforms.DropColumns(PixelsName)).Fit(view);
        ((ICanSaveModel)chain).Save(ctx);
    }

    /// <summary>Frees the backbone.</summary>
    public void Dispose() => _map.Dispose();

    /// <summary>For instance <c>FaceFeaturizingTransformer of ResNet18: Pixels to Features (512)</c>.</summary>
    public override string ToString() =>
        $"{nameof(FaceFeaturizingTransformer)} of {_map.Network.Architecture}: {_input} to {_output} ({FeatureCount})";

    /// <summary>The backbone whose output has one dimension, which ML.NET's trainers want: it runs one face at a time.</summary>
    private byte[] Onnx()
    {
        const string features = "mlnet.features", all = "mlnet.all";
        var model = OnnxWriter.Model(_map.Network, new OnnxWriteOptions { InputName = PixelsName, OutputName = features });
        model.Graph.Initializer.Add(OnnxTensors.Integers(all, [-1]));
        model.Graph.Node.Add(new NodeProto { OpType = "Reshape", Name = _output, Input = { features, all }, Output = { _output } });
        var type = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = new TensorShapeProto() };
        type.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = FeatureCount });
        model.Graph.Output.Clear();
        model.Graph.Output.Add(new ValueInfoProto { Name = _output, Type = new TypeProto { TensorType = type } });
        return model.ToByteArray();
    }
}
