using Fer.Pipeline;

namespace Fer.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_written_whole_and_folders_are_made()
    {
        string path = _folder.File("new/folder/file.txt");
        AtomicFile.WriteText(path, "grüße");
        Assert.Equal("grüße"u8.ToArray(), File.ReadAllBytes(path));
    }

    [Fact]
    public void A_full_disk_leaves_the_old_file_and_nothing_else_and_names_path_and_remedy()
    {
        string path = _folder.Write("model.zip", "old");
        var error = Assert.Throws<FerException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            throw new IOException("No space left on device");
        }));
        Assert.Contains(path, error.Message);
        Assert.Contains("No space left on device", error.Message);
        Assert.Contains("disk has room", error.Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        string file = _folder.Write("file", "");
        var error = Assert.Throws<FerException>(() => AtomicFile.WriteText(Path.Combine(file, "below.txt"), "x"));
        Assert.Contains("below.txt", error.Message);
    }
}
