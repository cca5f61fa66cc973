using Fer.Pipeline.Models;

namespace Fer.Tests.Packaging;

public sealed class LibraryReferenceTests
{
    [Fact]
    public void The_library_knows_no_web_server_no_console_package_and_no_csv_package()
    {
        string[] names = [.. typeof(FerModel).Assembly.GetReferencedAssemblies().Select(a => a.Name!)];
        Assert.Contains("Google.Protobuf", names);
        Assert.DoesNotContain(names, name => name == "CsvHelper" || name == "fer"
            || ((string[])["Microsoft.AspNetCore", "Microsoft.Extensions.Hosting", "Spectre.", "System.CommandLine"])
                .Any(start => name.StartsWith(start, StringComparison.Ordinal)));
    }
}
