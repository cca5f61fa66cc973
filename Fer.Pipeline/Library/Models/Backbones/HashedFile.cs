using System.Security.Cryptography;

namespace Fer.Pipeline.Models;

/// <summary>Files that are known by their checksum.</summary>
internal static class HashedFile
{
    /// <summary>SHA-256 of a file, in lower-case hexadecimal.</summary>
    /// <exception cref="FerException">It cannot be read.</exception>
    internal static string Sha256(string file)
    {
        using var stream = Open(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="FerException">It cannot be read.</exception>
    internal static FileStream Open(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{file}: cannot be read ({e.Message}).", e);
        }
    }
}
