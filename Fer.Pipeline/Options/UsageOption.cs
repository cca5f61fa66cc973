using System.CommandLine;
using Fer.Pipeline.Faces;
using Fer.Shell;

namespace Fer.Options;

/// <summary>The option that names the split to score on, by FER2013's names or by those of a folder of pictures.</summary>
internal static class UsageOption
{
    private static readonly Dictionary<string, Usage> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Training"] = Usage.Training,
        ["PublicTest"] = Usage.PublicTest,
        ["PrivateTest"] = Usage.PrivateTest,
        ["train"] = Usage.Training,
        ["validation"] = Usage.PublicTest,
        ["test"] = Usage.PrivateTest,
    };

    internal static Option<Usage?> Create() => Values.Custom<Usage?>(
        "--usage", "The split to score on; validation is PublicTest, and test PrivateTest", Usage.PublicTest, (text, result) =>
        {
            if (Names.TryGetValue(text, out var usage)) return usage;
            result.AddError(UsageErrors.Message($"'{text}' is no value of --usage.", text, Enum.GetNames<Usage>()));
            return null;
        }, string.Join('|', Enum.GetNames<Usage>()), Enum.GetNames<Usage>());
}
