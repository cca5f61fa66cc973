using Fer.Pipeline.Engine;
using Fer.Pipeline.Models;
using Fer.Pipeline.Networks;

namespace Fer.Tests.Models.Backbones;

/// <summary>A small backbone of three channels at 32 pixels with random weights.</summary>
internal static class TestBackbone
{
    /// <summary>Features of a face.</summary>
    internal const int Length = 32;

    /// <summary>Writes it as ONNX.</summary>
    internal static string Write(string file)
    {
        var builder = new NetworkBuilder("Tiny", new Shape(3, 32, 32));
        builder.Input.Convolution(16, 3, 2).BatchNormalization().Relu().Convolution(Length, 3, 2).BatchNormalization().Relu()
            .GlobalAveragePool().Linear(10);
        var network = builder.Build();
        network.Initialize(seed: 3);
        using var stream = File.Create(file);
        OnnxWriter.Write(network, stream);
        return file;
    }

    /// <summary>Adds it to a store beside which its file is written.</summary>
    internal static void Add(string store, string name) => new BackboneStore(store).Add(name, Write(store + ".onnx"));
}
