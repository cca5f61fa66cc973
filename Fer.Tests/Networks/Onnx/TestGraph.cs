using Fer.Pipeline.Engine;
using Fer.Pipeline.Networks;
using Fer.Pipeline.Networks.Proto;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fer.Tests.Networks.Onnx;

/// <summary>
/// Builds small ONNX files by hand, sound or not: <c>new TestGraph(17).Input("x", 1, 1, 48, 48).Node("Relu", "y", "x").Output("y")</c>.
/// </summary>
internal sealed class TestGraph
{
    internal TestGraph(long operatorSet = 17)
    {
        Model = new ModelProto { IrVersion = 8, Graph = new GraphProto { Name = "test" } };
        Model.OpsetImport.Add(new OperatorSetIdProto { Version = operatorSet });
    }

    internal ModelProto Model { get; }

    private GraphProto Graph => Model.Graph;

    internal TestGraph Input(string name, params long[] dimensions)
    {
        Graph.Input.Add(Info(name, TensorProto.Types.DataType.Float, dimensions));
        return this;
    }

    internal TestGraph Output(string name, TensorProto.Types.DataType type = TensorProto.Types.DataType.Float, params long[] dimensions)
    {
        Graph.Output.Add(Info(name, type, dimensions));
        return this;
    }

    internal TestGraph Node(string type, string output, string inputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = type, Name = $"{type}_{output}" };
        node.Output.AddRange(output.Split(' '));
        node.Input.AddRange(inputs.Length == 0 ? [] : inputs.Split(' ').Select(i => i == "-" ? "" : i));
        node.Attribute.AddRange(attributes);
        Graph.Node.Add(node);
        return this;
    }

    internal TestGraph Floats(string name, int[] dimensions, params float[] values)
    {
        Graph.Initializer.Add(OnnxTensors.Floats(name, values, dimensions));
        return this;
    }

    /// <summary>Values that repeat from -1 to 1 in uneven steps.</summary>
    internal TestGraph Weights(string name, params int[] dimensions) =>
        Floats(name, dimensions, Values(dimensions.Aggregate(1, (a, b) => a * b)));

    internal TestGraph Integers(string name, params long[] values)
    {
        Graph.Initializer.Add(OnnxTensors.Integers(name, values));
        return this;
    }

    internal TestGraph Raw(string name, TensorProto.Types.DataType type, int[] dimensions, byte[] bytes)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.AddRange(dimensions.Select(d => (long)d));
        Graph.Initializer.Add(tensor);
        return this;
    }

    /// <summary>A constant of so many values that takes a few bytes.</summary>
    internal TestGraph Filled(string name, float value, params long[] dimensions) =>
        Integers(name + "_shape", dimensions).Node("ConstantOfShape", name, name + "_shape",
            new AttributeProto
            {
                Name = "value",
                Type = AttributeProto.Types.AttributeType.Tensor,
                T = OnnxTensors.Floats("", [value], [1]),
            });

    internal byte[] Bytes() => Model.ToByteArray();

    /// <summary>
    /// What ONNX Runtime answers for <see cref="Values"/> as the input x, and what this project does, both of one example and the second in
    /// the order of its memory.
    /// </summary>
    internal (OnnxConstant Theirs, float[] Ours) Answers(SessionOptions options)
    {
        byte[] file = Bytes();
        int[] shape = [.. Graph.Input[0].Type.TensorType.Shape.Dim.Select(d => (int)d.DimValue)];
        float[] x = Values(shape.Aggregate(1, (a, b) => a * b));
        using var session = new InferenceSession(file, options);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("x", new DenseTensor<float>(x, shape))]);
        var theirs = (DenseTensor<float>)results[0].AsTensor<float>();
        float[] ours = Run(
            OnnxReader.Read(new MemoryStream(file)), OnnxConformance.ToMemory(OnnxConstant.Of("x", shape, x), 1, isInput: true));
        return (OnnxConstant.Of("y", theirs.Dimensions.ToArray(), theirs.ToArray()), ours);
    }

    /// <summary>A network's output for one example, on one thread.</summary>
    internal static float[] Run(Network network, float[] values)
    {
        using var pool = new WorkerPool(1);
        using var executor = new NetworkExecutor(network, 1, training: false, pool);
        values.CopyTo(executor.Input);
        executor.Forward(1);
        return executor.Output.ToArray();
    }

    internal static float[] Values(int count) => [.. Enumerable.Range(0, count).Select(i => (i * 37 % 101 - 50) / 50f)];

    private static ValueInfoProto Info(string name, TensorProto.Types.DataType type, long[] dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (long size in dimensions) shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } },
        };
    }
}
