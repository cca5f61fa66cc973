using Fer.Pipeline;
using Fer.Pipeline.Models;

namespace Fer.Tests.Models;

/// <summary>Whatever is done to a model zip, it is read or refused with a message: no other exception, no endless work.</summary>
public sealed class ModelZipFuzzTests : IDisposable
{
    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Mutated_zips_are_read_or_refused()
    {
        byte[][] valid =
        [
            File.ReadAllBytes(_models.Save()),
            File.ReadAllBytes(_models.Changed(_ => { })),
            File.ReadAllBytes(_models.FirstVersion()),
            File.ReadAllBytes(
                _models.Changed(files => { foreach (string name in new[] { "model.onnx", "manifest.json", "metrics.json" })
                    files.Remove(name); })),
        ];
        Fuzz.Run(300, 21, (int number, ref RandomStream random) => Mutation.Of(valid[number % valid.Length], ref random), Read)
            .MustHaveBoth(30);
    }

    [Fact]
    public void Zips_with_odd_records_and_right_checksums_are_read_or_refused()
    {
        Dictionary<string, byte[]>[] valid = [_models.Files(), TestModels.FilesOf(_models.FirstVersion())];
        Fuzz.Run(300, 23, (int number, ref RandomStream random) => OddZip.Of(valid[number % valid.Length], ref random), Read)
            .MustHaveBoth(30);
    }

    [Fact]
    public void Mutated_manifests_are_read_or_refused()
    {
        byte[] valid = _models.Files()["manifest.json"];
        Fuzz.Run(600, 22, (int number, ref RandomStream random) =>
            number % 3 == 0 ? Mutation.Of(valid, ref random) : JsonMutation.Of(valid, ref random), json =>
        {
            ModelManifest manifest;
            try
            {
                manifest = ModelManifestJson.Read(json);
            }
            catch (ModelFormatException e)
            {
                throw new FerException(e.Message, e);
            }
            // What is read can be shown, and written again.
            string[] shown = [.. manifest.ClassNames, manifest.Scheme, manifest.Architecture, .. manifest.Settings.Keys,
                .. manifest.Settings.Values, .. manifest.Versions.Values];
            Assert.All(shown, text => Assert.True(VisibleText.IsLine(text), text));
            ModelManifestJson.Write(manifest);
        }).MustHaveBoth(30);
    }

    private static void Read(byte[] file)
    {
        try
        {
            ModelZip.Read(new MemoryStream(file), "fuzz.zip");
        }
        catch (FerException e)
        {
            Assert.StartsWith("fuzz.zip: ", e.Message);
            throw;
        }
    }
}
