using System.Text;

namespace Fer.Tests.Networks.Onnx;

public class OnnxConformanceTests
{
    public static TheoryData<string> Claimed()
    {
        var data = new TheoryData<string>();
        foreach (string folder in OnnxConformance.Folders)
            if (OnnxConformance.WhyNot(folder) is null) data.Add(folder);
        if (OnnxConformance.Missing is not null) data.Add("none");
        return data;
    }

    [Theory]
    [MemberData(nameof(Claimed))]
    public void A_claimed_case_gives_its_expected_output(string folder)
    {
        Assert.SkipUnless(OnnxConformance.Missing is null, OnnxConformance.Missing ?? "");
        OnnxConformance.Run(folder);
    }

    private static readonly string Table = Path.Combine(TestPaths.Root, "Fer.Tests", "Networks", "Onnx", "Conformance.txt");

    /// <summary>Words in the names of cases that an ONNX reader for image networks should pass.</summary>
    private static readonly string[] Expected =
    [
        "conv", "batchnorm", "maxpool", "averagepool", "globalaverage", "gemm", "matmul", "softmax", "relu", "elu", "clip", "add", "mul",
        "sub", "div", "concat", "flatten",
        "reshape", "transpose", "pad", "sum", "dropout", "identity", "squeeze", "unsqueeze", "slice", "resize", "upsample", "reduce_mean",
        "sigmoid", "tanh", "lstm", "gru", "constant",
    ];

    /// <summary>FER_UPDATE=1 rewrites the table.</summary>
    [Fact]
    public void The_table_says_how_many_cases_are_claimed_and_why_others_are_not()
    {
        Assert.SkipUnless(OnnxConformance.Missing is null, OnnxConformance.Missing ?? "");
        var cases = OnnxConformance.Folders.Select(
            folder => (Folder: folder, Set: folder[..folder.IndexOf('/')], Name: folder[(folder.IndexOf('/') + 6)..],
                WhyNot: OnnxConformance.WhyNot(folder))).ToList();
        var text = new StringBuilder("Official ONNX conformance cases (Debian's libonnx-testdata), claimed and passed of all:\n");
        foreach (var set in cases.GroupBy(c => c.Set))
            text.Append($"{set.Key,-18} {set.Count(c => c.WhyNot is null),4} of {set.Count(),4}\n");
        text.Append("\nNode cases claimed, by the first word of their names:\n");
        foreach (var group in cases.Where(c => c.Set == "node" && c.WhyNot is null).GroupBy(c => c.Name.Split('_')[0]).OrderBy(
            g => g.Key, StringComparer.Ordinal))
            text.Append($"{group.Key,-18} {group.Count(),4}\n");
        text.Append("\nNode cases with the word of an image network's operator that are not claimed:\n");
        foreach (var c in cases.Where(c => c.Set == "node" && c.WhyNot is not null && c.Name.Split('_').Any(
            word => Expected.Any(e => e == word || word.StartsWith(e, StringComparison.Ordinal) || e == c.Name))))
            text.Append($"{c.Name}: {c.WhyNot}\n");
        if (Environment.GetEnvironmentVariable("FER_UPDATE") == "1") File.WriteAllText(Table, text.ToString());
        Assert.Equal(File.ReadAllText(Table), text.ToString());
    }
}
