using System.Diagnostics;

namespace Fer.Tests.Shell;

/// <summary>The starter <c>fer</c> at the top level, in a clone whose dotnet only writes down what it is asked for.</summary>
public sealed class StarterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_builds_once_and_passes_arguments_and_the_exit_code_through()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no /bin/sh.");
        if (OperatingSystem.IsWindows()) return;
        _folder.Write("clone/fer", File.ReadAllText(Path.Combine(TestPaths.Root, "fer")));
        string source = _folder.Write("clone/Fer.Pipeline/Program.cs", "");
        File.SetLastWriteTimeUtc(source, DateTime.UnixEpoch);
        Directory.SetLastWriteTimeUtc(Path.GetDirectoryName(source)!, DateTime.UnixEpoch);
        string dotnet = _folder.Write("bin/dotnet", """
            #!/bin/sh
            if [ "$1" = publish ]; then
              echo "$*" >>asked
              case "$*" in *ReadyToRun*) exit 1 ;; esac
              mkdir -p "$6" && : >"$6/fer.dll"
              exit 0
            fi
            shift
            for word in "$@"; do echo "[$word]"; done
            echo "as $FER_COMMAND"
            exit 130

            """);
        File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var first = Run("predict", "a photo.jpg", "--csv");
        Assert.Equal(130, first.Code);
        Assert.Equal("[predict]\n[a photo.jpg]\n[--csv]\nas clone/fer\n", first.Output);
        Assert.StartsWith("Building FerMl", first.Error);
        // Without what compiles ahead it is built all the same.
        Assert.Equal(2, File.ReadAllLines(Path.Combine(_folder.Path, "asked")).Length);
        Assert.Empty(Run("data").Error);

        File.SetLastWriteTimeUtc(source, DateTime.UtcNow + TimeSpan.FromMinutes(1));
        Assert.StartsWith("Building FerMl", Run("data").Error);
    }

    private (int Code, string Output, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["clone/fer", .. arguments])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{Path.Combine(_folder.Path, "bin")}:/usr/bin:/bin";
        using var process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd(), error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error);
    }
}
