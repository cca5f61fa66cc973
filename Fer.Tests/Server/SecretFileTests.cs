using Fer.Server;

namespace Fer.Tests.Server;

public sealed class SecretFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite, null)]
    [InlineData(UnixFileMode.UserRead, null)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead, "read")]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, "read")]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherWrite, "change")]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead, "change")]
    public void A_file_that_others_may_read_or_change_is_warned_of(UnixFileMode mode, string? what)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        string path = _folder.Write("keys.txt", "0123456789abcdef");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
        string? warning = SecretFile.Warning(path);
        if (what is null) Assert.Null(warning);
        else Assert.Contains($"may {what}", warning);
    }

    [Fact]
    public async Task The_server_warns_in_its_log()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        string path = _folder.Write("keys.txt", "0123456789abcdef");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        await using var server = await RunningServer.StartAsync(new() { ApiKeyFile = path });
        Assert.Contains("chmod 600 keys.txt", server.Log.ToString());
    }
}
