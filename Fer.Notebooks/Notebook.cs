using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fer.Pipeline;

namespace Fer.Notebooks;

/// <summary>
/// A Jupyter notebook (nbformat 4): cells of Markdown and C# with their saved outputs. Unknown properties are kept as they were read.
/// </summary>
internal sealed class Notebook
{
    internal const string KernelName = ".net-csharp";
    private const long MostBytes = 64 << 20;
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        IndentSize = 1,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };

    private readonly JsonObject _root;

    private Notebook(string path, JsonObject root, IReadOnlyList<NotebookCell> cells) => (Path, _root, Cells) = (path, root, cells);

    /// <summary>The file it was read from.</summary>
    internal string Path { get; }

    /// <summary>The cells in order.</summary>
    internal IReadOnlyList<NotebookCell> Cells { get; }

    /// <summary>The first heading, or else the file's name.</summary>
    internal string Title => Cells.Where(cell => !cell.IsCode).SelectMany(cell => cell.Source.Split('\n'))
        .FirstOrDefault(line => line.StartsWith("# ", StringComparison.Ordinal))?[2..].Trim()
        ?? System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Whether the parameters cell has a variable of this name.</summary>
    internal bool Mentions(string parameter) => Cells.Any(cell => cell.HasParameters
        && System.Text.RegularExpressions.Regex.IsMatch(cell.Source, $@"\b{System.Text.RegularExpressions.Regex.Escape(parameter)}\s*="));

    /// <summary>Takes pictures out of all outputs.</summary>
    internal void StripPictures()
    {
        foreach (var cell in Cells) cell.Outputs = Pictures.Strip(cell.Outputs);
    }

    /// <summary>Reads a notebook.</summary>
    /// <exception cref="FerException">The file is missing, not a notebook, or not in C#.</exception>
    internal static Notebook Load(string path)
    {
        string text;
        try
        {
            if (new FileInfo(path).Length > MostBytes)
                throw new FerException($"{path}: it is larger than {MostBytes >> 20} MB, the limit for notebooks.");
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{path}: cannot be read ({e.Message}). Give the path of an .ipynb file.", e);
        }
        return Parse(path, text);
    }

    /// <summary>Parses a notebook.</summary>
    /// <exception cref="FerException">It is not a notebook of nbformat 4, or not in C#.</exception>
    internal static Notebook Parse(string path, string text)
    {
        try
        {
            if (JsonNode.Parse(text, null, new JsonDocumentOptions { MaxDepth = 64 }) is not JsonObject root
                || root["cells"] is not JsonArray cells)
                throw new FerException($"{path}: not a notebook: it has no list of cells.");
            if (root["nbformat"]?.GetValue<int>() != 4)
                throw new FerException($"{path}: nbformat {root["nbformat"]} is not 4. Save it with a current editor.");
            if (root["metadata"]?["kernelspec"]?["name"]?.GetValue<string>() is not KernelName)
                throw new FerException($"{path}: its kernel is '{root["metadata"]?["kernelspec"]?["name"]}', not '.net-csharp'. Only C# " +
                    "notebooks run here.");
            return new(path, root, [.. cells.Select((cell, i) => new NotebookCell(i + 1, (cell as JsonObject)
                ?? throw new FerException($"{path}: cell {i + 1} is not an object.")))]);
        }
        catch (JsonException e)
        {
            throw new FerException($"{path}:{e.LineNumber + 1}:{e.BytePositionInLine + 1}: "
                + $"not valid JSON ({e.Message.Split(" LineNumber")[0]}). A notebook is a JSON file.", e);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new FerException($"{path}: a value has the wrong type ({e.Message}).", e);
        }
    }

    /// <summary>The file's text as Jupyter writes it: one space of indent and a line feed at the end.</summary>
    internal string ToJson()
    {
        foreach (var cell in Cells) cell.Store();
        return _root.ToJsonString(Options) + "\n";
    }

    /// <summary>Writes the file, all or nothing.</summary>
    /// <exception cref="FerException">The file cannot be written.</exception>
    internal void Save(string path)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(ToJson());
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }
}
