namespace Fer.Pipeline.Models;

/// <summary>A pretrained network that a package lays beside the program, so that its name is enough.</summary>
/// <param name="Package">The package.</param>
/// <param name="File">The network's file, below <see cref="FolderName"/>.</param>
/// <param name="MeanFile">The graph that takes the mean picture off its input, likewise.</param>
/// <param name="MeanSha256">SHA-256 of <paramref name="MeanFile"/>.</param>
/// <param name="UsualSide">Side that faces of 48 pixels are resized to where none is named: larger is little better and takes much
/// longer.</param>
/// <param name="Entry">What is known of the network.</param>
internal sealed record BundledBackbone(
    string Package, string File, string MeanFile, string MeanSha256, int UsualSide, BackboneEntry Entry)
{
    /// <summary>The folder that ML.NET's packages of image networks are copied to.</summary>
    internal const string FolderName = "DnnImageModels";

    /// <summary>Its preprocessing in <see cref="BackboneEntry.Preprocessing"/>, which no other network has.</summary>
    private const string MeanPicture = "mean picture";

    /// <summary>The known ones.</summary>
    internal static IReadOnlyList<BundledBackbone> All { get; } =
    [
        new("Microsoft.ML.DnnImageFeaturizer.ResNet18", "ResNet18Onnx/ResNet18.onnx", "ResNetPrepOnnx/ResNetPreprocess.onnx",
            "84bf8def78d0befaa3f6e73745d57d7016c6a192ead76f79686bd438c1047004", UsualSide: 160,
            new BackboneEntry
            {
                Name = "Resnet18",
                Origin = "ResNet18.onnx",
                Sha256 = "e2552f19db2dfdb01b3669537b6a0f1b44da38d18279535492ed5dfc2ef1ff8f",
                Bytes = 63_653_533,
                Preprocessing = MeanPicture,
                Input = "3x224x224",
                Features = 512,
                Parameters = 15_897_152,
                MultiplyAccumulates = 2_044_772_352,
            }),
    ];

    /// <summary>The one of a name, in any case, whether or not its package is there; null for another name.</summary>
    internal static BundledBackbone? Find(string name) =>
        All.FirstOrDefault(b => b.Entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>True where its files are beside the program.</summary>
    internal bool IsThere => Locate(File) is not null && Locate(MeanFile) is not null;

    /// <summary>Reads it.</summary>
    /// <param name="resizeTo">Width and height that faces are resized to; null is the size it was made for.</param>
    /// <exception cref="FerException">A file is missing, cannot be read or is another than the package's.</exception>
    internal Backbone Load(int? resizeTo) =>
        Backbone.Load(Checked(File, Entry.Sha256), MeanImage.Read(Checked(MeanFile, MeanSha256)), resizeTo, Entry.Name);

    private string Checked(string file, string sha256)
    {
        string path = Locate(file) ?? throw new FerException(
            $"{file}: is not beside the program. Add the package {Package} to it, and build it again.");
        return HashedFile.Sha256(path) == sha256 ? path : throw new FerException(
            $"{path}: is not the file of the package {Package}, its checksum differs. Restore the package, and build the program again.");
    }

    /// <summary>Beside the program, or beside this library where another program has loaded it.</summary>
    private static string? Locate(string file) =>
        new[] { AppContext.BaseDirectory, Path.GetDirectoryName(typeof(BundledBackbone).Assembly.Location) }
            .Where(folder => !string.IsNullOrEmpty(folder)).Select(folder => Path.Combine(folder!, FolderName, file))
            .FirstOrDefault(System.IO.File.Exists);
}
