using Fer.Pipeline;

namespace Fer.Tests.Rules;

public class PublicApiTests
{
    /// <summary>Set to 1, the test writes the file instead of comparing with it.</summary>
    private const string UpdateVariable = "FER_UPDATE_API";

    [Fact]
    public void Public_surface_is_the_one_in_PublicApi_txt()
    {
        string file = Path.Combine(TestPaths.Root, "Fer.Tests", "PublicApi.txt");
        string now = PublicApi.Describe(typeof(FerException).Assembly);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllText(file, now);
            return;
        }
        string[] before = File.Exists(file) ? File.ReadAllLines(file) : [];
        string[] after = now.TrimEnd('\n').Split('\n');
        // Lines of members repeat between types, so each is compared together with its type.
        var old = Qualified(before).ToHashSet();
        var current = Qualified(after).ToHashSet();
        string[] difference = [.. old.Except(current).Select(l => "- " + l), .. current.Except(old).Select(l => "+ " + l)];
        Assert.True(difference.Length == 0,
            $"The public surface changed. If that is meant, run the tests once with {UpdateVariable}=1 and commit " +
            $"Fer.Tests/PublicApi.txt.\n{string.Join('\n', difference)}");
    }

    private static IEnumerable<string> Qualified(IEnumerable<string> lines)
    {
        string type = "";
        foreach (string line in lines)
        {
            if (!line.StartsWith(' ')) type = line;
            yield return line.StartsWith(' ') ? $"{type}: {line.Trim()}" : line;
        }
    }
}
