using System.Text;
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
        int refused = 0;
        int files = Fuzz.Run(3000, i =>
        {
            var random = new RandomStream(21, i);
            byte[] file = Mutation.Of(valid[i % valid.Length], ref random);
            try
            {
                ModelZip.Read(new MemoryStream(file), "fuzz.zip");
            }
            catch (FerException e)
            {
                Assert.StartsWith("fuzz.zip: ", e.Message);
                refused++;
            }
        });
        Assert.InRange(refused, files / 3, files);
    }

    [Fact]
    public void Mutated_manifests_are_read_or_refused()
    {
        byte[] valid = _models.Files()["manifest.json"];
        int read = 0;
        int files = Fuzz.Run(3000, i =>
        {
            var random = new RandomStream(22, i);
            byte[] json = i % 2 == 0 ? Mutation.Of(valid, ref random) : Reworded(valid, ref random);
            try
            {
                ModelManifestJson.Read(json);
                read++;
            }
            catch (ModelFormatException) { }
        });
        Assert.InRange(read, 1, files - 1);
    }

    /// <summary>Replaces one value or mark by another that is JSON too.</summary>
    private static byte[] Reworded(byte[] valid, ref RandomStream random)
    {
        string[] words = ["null", "true", "-1", "1e999", "99999999999999999999", "\"x\"", "[]", "{}", "\"\\ud800\"", "[[[[[[[[[[]]]]]]]]]]",
            "{\"a\":null}", "\"NaN\""];
        string[] lines = Encoding.UTF8.GetString(valid).Split('\n');
        int at = random.NextInt32(lines.Length);
        int colon = lines[at].IndexOf(": ", StringComparison.Ordinal);
        string word = words[random.NextInt32(words.Length)];
        bool goesOn = lines[at].EndsWith(',');
        lines[at] = (colon < 0 ? "" : lines[at][..(colon + 2)]) + word + (goesOn ? "," : "");
        return Encoding.UTF8.GetBytes(string.Join('\n', lines));
    }
}
