using System.Text.Json;

namespace Fer.Pipeline.Runs;

/// <summary>
/// What a run that can be stopped leaves in its folder while it lasts: the arguments it was started with, and the folder they count from,
/// so that <c>--resume FOLDER</c> needs nothing else.
/// </summary>
/// <param name="Command">The command's name.</param>
/// <param name="Arguments">The arguments after it.</param>
/// <param name="CurrentFolder">The folder that relative paths in them start from.</param>
internal sealed record RunRecord(string Command, IReadOnlyList<string> Arguments, string CurrentFolder)
{
    internal const string FileName = "run.json";

    private const int MostBytes = 1 << 20;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 8,
    };

    internal static void Save(string folder, RunRecord record) =>
        AtomicFile.Write(Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, record, Json));

    /// <summary>Reads the record of a stopped run.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="shown">The folder as messages name it.</param>
    /// <exception cref="FerException">There is no stopped run, or its record cannot be read.</exception>
    internal static RunRecord Load(string folder, string shown)
    {
        string file = Path.Combine(folder, FileName);
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > MostBytes) throw new JsonException();
            return JsonSerializer.Deserialize<RunRecord>(stream, Json) ?? throw new JsonException();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FerException(
                $"{shown}: there is no stopped run here. Give the folder of a run that was stopped; one that ended has nothing to resume.",
                e);
        }
        catch (JsonException e)
        {
            throw new FerException($"{file}: not the record of a run. Start the run anew.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{file}: cannot be read ({e.Message}).", e);
        }
    }
}
