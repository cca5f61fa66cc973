using System.Security.Cryptography;
using System.Text;
using Fer.Pipeline;

namespace Fer.Server;

/// <summary>The keys that are accepted. Kept as hashes, so that comparing takes the same time whatever was sent.</summary>
internal sealed class ApiKeys
{
    private const int LongestFile = 1 << 20, ShortestKey = 16;

    private readonly byte[][] _hashes;

    private ApiKeys(byte[][] hashes) => _hashes = hashes;

    /// <summary>Reads a file of keys, one a line; empty lines and lines that begin with # are skipped.</summary>
    /// <exception cref="FerException">The file cannot be read, or holds no key or one that can be guessed.</exception>
    internal static ApiKeys Load(string path)
    {
        string[] lines;
        try
        {
            if (new FileInfo(path).Length > LongestFile)
                throw new FerException($"{path}: too long for a file of keys (at most {LongestFile:N0} bytes).");
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{path}: cannot be read ({e.Message}). It should hold one key a line.", e);
        }
        var hashes = new List<byte[]>();
        for (int i = 0; i < lines.Length; i++)
        {
            string key = lines[i].Trim();
            if (key.Length == 0 || key[0] == '#') continue;
            if (key.Length < ShortestKey || key.Any(c => c is <= ' ' or > '~'))
            {
                throw new FerException($"{path}, line {i + 1}: a key has at least {ShortestKey} characters, all plain ASCII without " +
                    "blanks. 'openssl rand -hex 32' makes a good one.");
            }
            hashes.Add(Hash(key));
        }
        if (hashes.Count == 0) throw new FerException($"{path}: holds no key. Write one a line; 'openssl rand -hex 32' makes a good one.");
        return new ApiKeys([.. hashes]);
    }

    /// <summary>The key's number, or null where it is not one of them. Compares every key in full: timing reveals nothing.</summary>
    internal int? Find(string given)
    {
        byte[] hash = Hash(given);
        int? found = null;
        for (int i = 0; i < _hashes.Length; i++)
            if (CryptographicOperations.FixedTimeEquals(hash, _hashes[i])) found = i;
        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
