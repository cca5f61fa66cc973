using System.Text.Json;

namespace Fer.Pipeline.Runs;

/// <summary>
/// What a run leaves in its folder while it lasts: the arguments it was started with, and the folder they count from, so that
/// <c>--resume FOLDER</c> needs nothing else; what it must have when it continues; and the time used.
/// </summary>
internal sealed record RunRecord
{
    /// <summary>The command's name; empty for the run of another program.</summary>
    public string Command { get; init; } = "";

    /// <summary>The arguments after it.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The folder that relative paths in them start from.</summary>
    public string CurrentFolder { get; init; } = "";

    /// <summary>Data, options and program that the run began with.</summary>
    public IReadOnlyList<RunFact> Identity { get; init; } = [];

    /// <summary>Time used so far in seconds, pauses left out; 0 of a sweep, whose record has it.</summary>
    public double ElapsedSeconds { get; init; }

    internal const string FileName = "run.json";

    private const int MostBytes = 1 << 20;

    private static readonly JsonSerializerOptions Json = new(CompleteJson.Options) { MaxDepth = 8 };

    internal static void Save(string folder, RunRecord record, bool isDurable = true) => AtomicFile.Write(
        Path.Combine(folder, FileName), stream => JsonSerializer.Serialize(stream, record, Json), isDurable: isDurable);

    /// <summary>Reads the record of a stopped run.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="shown">The folder as messages name it.</param>
    /// <exception cref="FerException">There is no stopped run, or its record cannot be read.</exception>
    internal static RunRecord Load(string folder, string shown) => Find(folder) ?? throw new FerException(
        $"{shown}: there is no stopped run here. Give the folder of a run that was stopped; one that ended has nothing to resume.");

    /// <summary>Reads the record of a stopped run; null where there is none.</summary>
    /// <exception cref="FerException">It cannot be read.</exception>
    internal static RunRecord? Find(string folder)
    {
        string file = Path.Combine(folder, FileName);
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > MostBytes) throw new JsonException();
            var record = JsonSerializer.Deserialize<RunRecord>(stream, Json) ?? throw new JsonException();
            return record.ElapsedSeconds is >= 0 and < 1e9 ? record : throw new JsonException();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
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

/// <summary>Something that a run must have when it continues as it had it at first.</summary>
/// <param name="Name">What it is, as messages name it.</param>
/// <param name="Value">Its value or its hash.</param>
internal sealed record RunFact(string Name, string Value);
