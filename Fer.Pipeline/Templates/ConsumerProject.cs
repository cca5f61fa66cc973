using System.Reflection;
using System.Xml.Linq;
using Fer.Pipeline;
using Fer.Pipeline.Models;

namespace Fer.Templates;

/// <summary>A small C# project that classifies pictures with a model zip by ML.NET's packages alone.</summary>
internal static class ConsumerProject
{
    private const string Prefix = "template/", Ending = ".template", Versions = "packages.props", Project = "Project.csproj";

    private static readonly string[] Packages =
    [
        "Microsoft.ML", "Microsoft.ML.ImageAnalytics", "Microsoft.ML.OnnxRuntime", "Microsoft.ML.OnnxTransformer",
        "SkiaSharp.NativeAssets.Linux.NoDependencies",
    ];

    private static readonly Assembly Home = typeof(ConsumerProject).Assembly;

    /// <summary>Writes the project.</summary>
    /// <param name="folder">Where to; its last part names the project. It must be new or empty.</param>
    /// <param name="model">The model.</param>
    /// <param name="zip">The file that the model was loaded from.</param>
    /// <returns>The names of the files written.</returns>
    /// <exception cref="FerUsageException">The folder holds something, or its name is no name of a project.</exception>
    /// <exception cref="FerException">A file cannot be written.</exception>
    internal static IReadOnlyList<string> Write(string folder, FerModel model, string zip)
    {
        string name = NameOf(folder);
        CheckEmpty(folder);
        var replaced = new (string, string)[]
        {
            ("{NAMESPACE}", Namespace(name)), ("{NAME}", name), ("{PACKAGES}", References()),
            ("{MODEL}", model.Manifest.Architecture), ("{CLASSES}", string.Join(", ", model.ClassNames)),
        };
        var written = new List<string>();
        // The model first: it is what may fail.
        string copy = Path.Combine(folder, "model.zip");
        if (model.Manifest.FormatVersion == ModelManifest.CurrentFormatVersion)
        {
            AtomicFile.Write(copy, stream =>
            {
                using var file = File.OpenRead(zip);
                file.CopyTo(stream);
            });
        }
        else
        {
            // ML.NET does not read the first version's zips.
            model.Save(copy);
        }
        written.Add("model.zip");
        foreach (string resource in Home.GetManifestResourceNames().Where(r => r.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            string file = resource[Prefix.Length..^Ending.Length], text = Text(resource);
            foreach (var (word, value) in replaced) text = text.Replace(word, value, StringComparison.Ordinal);
            if (file == Project) file = name + ".csproj";
            AtomicFile.WriteText(Path.Combine(folder, file), text);
            written.Add(file);
        }
        return written;
    }

    private static string NameOf(string folder)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        bool isRight = name.Length is > 0 and <= 100 && char.IsAsciiLetter(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') && name[^1] != '.';
        return isRight ? name : throw new FerUsageException(
            $"'{name}' is no name of a project: it takes up to 100 letters, digits, '-', '_' and '.', the first a letter.");
    }

    private static void CheckEmpty(string folder)
    {
        try
        {
            if (File.Exists(folder)) throw new FerUsageException($"{folder}: there is a file of this name. Choose another.");
            if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
                throw new FerUsageException($"{folder}: this folder is not empty, and nothing in it is replaced. Choose another name.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{folder}: cannot be looked into ({e.Message.TrimEnd('.')}).", e);
        }
    }

    private static string Namespace(string name) => string.Concat(name.Select(c => c is '-' ? '_' : c));

    /// <summary>The packages with the versions that this program was built and tested with.</summary>
    private static string References()
    {
        var versions = XDocument.Parse(Text(Versions)).Descendants("PackageVersion")
            .ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value);
        return string.Join('\n', Packages.Select(
            package => $"    <PackageReference Include=\"{package}\" Version=\"{versions[package]}\" />"));
    }

    private static string Text(string resource)
    {
        using var reader = new StreamReader(Home.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
