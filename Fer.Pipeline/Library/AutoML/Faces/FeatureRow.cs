using Fer.Pipeline.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fer.Pipeline.AutoML;

/// <summary>A face's features, as ML.NET's trainers read them.</summary>
internal sealed class FeatureRow
{
    /// <summary>Class index from 1; 0 is ML.NET's missing key.</summary>
    public uint Label { get; set; }

    /// <summary>[length] features.</summary>
    public float[] Features { get; set; } = [];

    /// <summary>Features as a view: <c>Label</c>, a key, and <c>Features</c>, a vector.</summary>
    internal static IDataView View(MLContext ml, BottleneckFeatures features)
    {
        var schema = SchemaDefinition.Create(typeof(FeatureRow));
        schema[nameof(Label)].ColumnType = new KeyDataViewType(typeof(uint), features.Faces.ClassNames.Count);
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features.Length);
        var rows = Enumerable.Range(0, features.Faces.Count);
        return ml.Data.LoadFromEnumerable(
            rows.Select(i => new FeatureRow { Label = (uint)features.Faces.Label(i) + 1, Features = features.Row(i).ToArray() }), schema);
    }
}
