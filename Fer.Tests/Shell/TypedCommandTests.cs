using System.CommandLine;
using Fer.Pipeline.Runs;
using Fer.Shell;

namespace Fer.Tests.Shell;

public class TypedCommandTests
{
    private static CommandText Of(params string[] words)
    {
        var train = new Command("train") { new Option<string>("--data"), new Option<string>("--output"), new Option<double>("--minutes") };
        return TypedCommand.Of(new RootCommand { train }.Parse(words), new CommandHost(TextWriter.Null, TextWriter.Null));
    }

    [Fact]
    public void A_model_names_files_and_not_where_they_are()
    {
        var text = Of("train", "--data", "/data/someone/faces of mine/fer2013.csv.gz", "--output", "runs/", "--minutes", "60");
        Assert.Equal("fer train --data '/data/someone/faces of mine/fer2013.csv.gz' --output runs/ --minutes 60", text.Typed);
        Assert.Equal("fer train --data fer2013.csv.gz --output runs --minutes 60", text.Portable);
    }

    [Fact]
    public void Folders_of_Windows_are_left_out_too() =>
        Assert.Equal("fer train --data fer2013.csv", Of("train", "--data", @"C:\Users\someone\fer2013.csv").Portable);

    [Fact]
    public void A_root_stays_what_it_is() => Assert.Equal("fer train --output /", Of("train", "--output", "/").Portable);
}
