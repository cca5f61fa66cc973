using Fer.Shell;

namespace Fer.Tests.Shell;

public sealed class ProjectFoldersTests
{
    [Theory]
    [InlineData(""), InlineData("Fer.Pipeline"), InlineData("Fer.Pipeline/Commands")]
    public void Top_level_is_the_same_from_every_folder_of_the_repository(string below)
    {
        var folders = new ProjectFolders(Path.Combine(TestPaths.Root, below));
        Assert.Equal(Path.Combine(TestPaths.Root, "artifacts"), folders.Artifacts);
        Assert.Equal(Path.Combine(TestPaths.Root, "data"), folders.Data);
    }

    [Fact]
    public void Outside_the_repository_the_program_s_own_place_counts()
    {
        // The test assembly stands below the repository, the temporary folder does not.
        Assert.Equal(TestPaths.Root, new ProjectFolders(Path.GetTempPath()).Top);
    }
}
