namespace Fer.Pipeline.Models;

/// <summary>A published network that is known to be usable: which file to get for an architecture's name, and what it wants.</summary>
/// <param name="Name">The architecture's name.</param>
/// <param name="File">The published file's name.</param>
/// <param name="Source">Where it is published.</param>
/// <param name="License">Its licence, as stated there.</param>
/// <param name="Bytes">Its size, or null where it is not stated.</param>
/// <param name="Sha256">Its SHA-256 as stated there, in lower-case hexadecimal, or null where it is not.</param>
/// <param name="Input">Its input, for instance <c>3x224x224</c>.</param>
/// <param name="Preprocessing">What it wants done to its pixels.</param>
internal sealed record KnownBackbone(
    string Name, string File, string Source, string License, long? Bytes, string? Sha256, string Input, BackbonePreprocessing Preprocessing)
{
    private const string Zoo = "github.com/onnx/models, vision/classification/";

    /// <summary>The known ones.</summary>
    public static IReadOnlyList<KnownBackbone> All { get; } =
    [
        new("ResnetV250", "resnet50-v2-7.onnx", Zoo + "resnet", "Apache-2.0", 102_442_450,
            "1e80e8a7c8eec8e8b20c440d7dd7f2f8590779c7c2859dc4514870dc463845d3", "3x224x224", BackbonePreprocessing.ImageNet),
        new("ResnetV2101", "resnet101-v2-7.onnx", Zoo + "resnet", "Apache-2.0", 178_682_299,
            "b610c141f3b26bf8324dcbd13532779cceedffac5213dbcc3ad0047b489ce304", "3x224x224", BackbonePreprocessing.ImageNet),
        new("MobilenetV2", "mobilenetv2-7.onnx", Zoo + "mobilenet", "Apache-2.0", 14_246_826,
            "c1c513582d56afceff8516c73804e484c81c6a830712ab6d682253f4a3cd042f", "3x224x224", BackbonePreprocessing.ImageNet),
        new("Vgg19", "vgg19-7.onnx", Zoo + "vgg", "Apache-2.0", null, null, "3x224x224", BackbonePreprocessing.ImageNet),
        new("Vgg19Bn", "vgg19-bn-7.onnx", Zoo + "vgg", "Apache-2.0", null, null, "3x224x224", BackbonePreprocessing.ImageNet),
        new("DenseNet121", "densenet-12.onnx", Zoo + "densenet-121", "MIT", 32_726_877,
            "0294e7e88e5b3360de9b0fdc321baf9e6ef18b7f058c4536caae3b9f18ed9ed5", "3x224x224", BackbonePreprocessing.ImageNet),
        new("InceptionV3", "inception_v3_Opset16.onnx", "github.com/onnx/models, Computer_Vision/inception_v3_Opset16_timm", "Apache-2.0",
            95_317_116,
            "58dd72869adc9cc8c82278f7c5d35cdd6eba7c63e956c3e065f4523629a301e7", "3x299x299", BackbonePreprocessing.Symmetric),
        new("FerPlus", "emotion-ferplus-8.onnx", "github.com/onnx/models, vision/body_analysis/emotion_ferplus", "MIT", null, null,
            "1x64x64", BackbonePreprocessing.None),
    ];

    /// <summary>The one of a name, in any case, or null.</summary>
    public static KnownBackbone? Find(string name) => All.FirstOrDefault(k => k.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
