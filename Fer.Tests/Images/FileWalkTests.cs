using Fer.Pipeline;
using Fer.Pipeline.Images;

namespace Fer.Tests.Images;

public sealed class FileWalkTests : IDisposable
{
    private static readonly byte[] Png = [0x89, .. "PNG\r\n\u001a\n"u8, 0, 0];
    private static readonly byte[] Bmp = [.. "BM"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0, 1];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_are_chosen_by_their_first_bytes_or_by_what_their_name_claims()
    {
        Put(Png, "b/1.png", "b/2.jfif", "a/without-ending", "3.PNG");
        Put(Bmp, "4");
        Put("no picture"u8, "claims.jpg", "notes.txt", "BMW.txt", "README");
        Put("BM is how this text begins, and it goes on"u8, "text");
        Put([], "empty.jpg");
        Assert.Equal(["3.PNG", "4", "a/without-ending", "b/1.png", "b/2.jfif", "claims.jpg"], Walk());
        Assert.Equal("5 passed over. Not JPEG, PNG, WebP, GIF or BMP: 2 .txt, 2 without ending. Empty: empty.jpg.", Summary());
    }

    [Fact]
    public void What_starts_with_a_dot_is_skipped_without_a_word()
    {
        Put(Png, "1.png", ".hidden.png", ".ipynb_checkpoints/1-checkpoint.png", "a/.DS_Store", "__MACOSX/._1.png");
        Assert.Equal(["1.png"], Walk());
        Assert.Null(Summary());
    }

    [Fact]
    public void Links_are_followed_and_a_folder_is_walked_once()
    {
        Put(Png, "in/1.png", "in/z/2.png");
        using var outside = new TemporaryFolder();
        outside.Write("far/3.png", Png);
        Link("in/self", ".");
        Link("in/up", "..");
        Link("in/root", "/");
        Link("in/a-link-to-z", "z");
        Link("in/file.png", "1.png");
        Link("in/far", outside.File("far"));
        Link("in/far-again", outside.File("far"));
        Link("in/gone", "nothing");
        Link("in/circle.png", "circle.png");
        Assert.Equal(["1.png", "far/3.png", "file.png", "z/2.png"], Walk("in"));
        Assert.Equal("7 passed over. Links that lead nowhere: circle.png, gone. " +
            "Links to folders that are read already: a-link-to-z, far-again, root, self, up.", Summary("in"));
    }

    [Fact]
    public void A_pipe_is_not_waited_for()
    {
        Put(Png, "1.png");
        Assert.SkipUnless(Mkfifo(_folder.File("pipe.png")), "mkfifo is not here.");
        Assert.Equal(["1.png"], Walk());
        Assert.Equal("1 passed over. Empty: pipe.png.", Summary());
    }

    [Fact]
    public void A_closed_folder_or_file_is_passed_over_and_the_rest_is_read()
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Root may open everything.");
        Put(Png, "open/1.png", "closed/2.png");
        Put(Png, "closed-file");
        File.SetUnixFileMode(_folder.File("closed"), UnixFileMode.None);
        File.SetUnixFileMode(_folder.File("closed-file"), UnixFileMode.None);
        try
        {
            Assert.Equal(["open/1.png"], Walk());
            Assert.Equal("2 passed over. Files that cannot be opened: closed-file. Folders that cannot be opened: closed.", Summary());
        }
        finally
        {
            File.SetUnixFileMode(_folder.File("closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_folder_that_is_not_there_is_passed_over_as_a_whole()
    {
        var walk = FileWalk.Of(_folder.File("none"), FileKinds.Pictures);
        Assert.Empty(walk.Files);
        Assert.Equal(PassedOverWhy.ClosedFolder, Assert.Single(walk.PassedOver).Why);
        Assert.Throws<FerException>(() => FileWalk.Folders(_folder.File("none")));
    }

    private FileWalk Of(string below) => FileWalk.Of(_folder.File(below), FileKinds.Pictures);

    private string[] Walk(string below = "") => [.. Of(below).Files.Select(path => Path.GetRelativePath(_folder.File(below), path))];

    private string? Summary(string below = "") => PassedOver.Summary(Of(below).PassedOver, FileKinds.Pictures);

    private void Put(ReadOnlySpan<byte> bytes, params string[] names)
    {
        foreach (string name in names) _folder.Write(name, bytes.ToArray());
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(_folder.File(name), target);

    private static bool Mkfifo(string path)
    {
        try
        {
            using var process = System.Diagnostics.Process.Start("mkfifo", [path]);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
