using System.Text;
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
        var error = Assert.Throws<UnwritableException>(() => AtomicFile.Write(path, stream =>
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

    /// <summary>No process has this number: it is more than Linux and Windows give.</summary>
    private const int Dead = int.MaxValue - 1;

    [Fact]
    public void What_a_killed_process_left_of_a_file_goes_when_the_file_is_written()
    {
        string path = _folder.File("model.zip");
        string stale = _folder.Write($"model.zip.{Dead}.tmp", "half"), other = _folder.Write($"other.zip.{Dead}.tmp", "half");
        string alive = _folder.Write($"model.zip.{Environment.ProcessId}.tmp.tmp", "mine");
        string foreign = _folder.Write("model.zip.tmp", "no number");
        AtomicFile.WriteText(path, "new");
        Assert.Equal([alive, foreign, other, path], new[] { alive, foreign, other, path, stale }.Where(File.Exists));
        AtomicFile.DeleteStale(_folder.Path);
        Assert.False(File.Exists(other));
        Assert.True(File.Exists(foreign));
    }

    [Fact]
    public void A_temporary_file_that_is_open_or_whose_process_lives_stays()
    {
        string open = _folder.Write($"a.{Dead}.tmp", "half"), own = _folder.Write($"b.{Environment.ProcessId}.tmp", "half");
        using (new FileStream(open, FileMode.Open, FileAccess.ReadWrite, FileShare.None)) AtomicFile.DeleteStale(_folder.Path);
        Assert.True(File.Exists(open));
        AtomicFile.DeleteStale(_folder.Path);
        Assert.False(File.Exists(open));
        Assert.True(File.Exists(own));
        AtomicFile.DeleteStale(_folder.File("missing"));
    }

    [Theory]
    [InlineData("a", 254)]
    [InlineData("a", 255)]
    [InlineData("ü", 255)]
    [InlineData("あ", 255)]
    [InlineData("😀", 252)]
    public void A_name_as_long_as_the_file_system_takes_is_written(string letter, int bytes)
    {
        string name = "";
        while (Encoding.UTF8.GetByteCount(name + letter) <= bytes) name += letter;
        string path = _folder.File(name.PadRight(name.Length + bytes - Encoding.UTF8.GetByteCount(name), 'x'));
        AtomicFile.WriteText(path, "old");
        AtomicFile.WriteText(path, "new");
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Long_names_that_begin_alike_have_temporary_files_of_their_own_which_are_swept_as_well()
    {
        string start = new('a', 240), one = _folder.File(start + "-one.zip"), other = _folder.File(start + "-two.zip");
        var seen = new List<string>();
        AtomicFile.Write(one, _ => AtomicFile.Write(other, _ => seen.AddRange(Directory.GetFiles(_folder.Path))));
        Assert.Equal(2, seen.Distinct().Count());
        string stale = seen[0].Replace($".{Environment.ProcessId}.tmp", $".{Dead}.tmp", StringComparison.Ordinal);
        File.WriteAllText(stale, "half");
        AtomicFile.WriteText(one, "x");
        AtomicFile.WriteText(other, "x");
        Assert.False(File.Exists(stale));
    }

    [Fact]
    public void What_a_file_replaces_can_be_kept()
    {
        string path = _folder.File("training.ckpt"), previous = _folder.File("training.ckpt.before");
        foreach (string text in (string[])["one", "two", "three"])
            AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)), previous, isDurable: false);
        Assert.Equal(("three", "two"), (File.ReadAllText(path), File.ReadAllText(previous)));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        string file = _folder.Write("file", "");
        var error = Assert.Throws<UnwritableException>(() => AtomicFile.WriteText(Path.Combine(file, "below.txt"), "x"));
        Assert.Contains("below.txt", error.Message);
    }
}
