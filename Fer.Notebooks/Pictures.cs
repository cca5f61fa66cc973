using System.Text.RegularExpressions;

namespace Fer.Notebooks;

/// <summary>
/// Takes pictures out of outputs before they are saved with a notebook: FER2013's faces are for research and may not be passed on. What is
/// drawn of lines and bars stays.
/// </summary>
internal static partial class Pictures
{
    /// <summary>What stands in a picture's place.</summary>
    internal const string Line = "Pictures of faces are not saved with the notebook, because FER2013 may not be passed on. "
        + "Run the cell to see them.";

    /// <summary>
    /// The same outputs, with a line in place of each that shows a picture, and without the script by which the kernel looks for itself
    /// under the machine's addresses.
    /// </summary>
    internal static IReadOnlyList<CellOutput> Strip(IReadOnlyList<CellOutput> outputs) =>
        [.. outputs.Where(output => !IsProbe(output)).Select(output => IsPicture(output)
            ? new CellOutput(output.Kind, new Dictionary<string, string> { [CellOutput.Html] = $"<p><em>{Line}</em></p>" }) : output)];

    /// <summary>Whether an output is or holds a picture made of pixels.</summary>
    internal static bool IsPicture(CellOutput output) => output.Forms.Any(form =>
        form.Key.StartsWith("image/", StringComparison.Ordinal) && form.Key != CellOutput.Svg || Embedded().IsMatch(form.Value));

    /// <summary>Whether an output is the kernel's script, which every Jupyter front end but this project's own is given.</summary>
    internal static bool IsProbe(CellOutput output) =>
        output.Forms.Values.Any(form => form.Contains("dotnet-interactive-this-cell", StringComparison.Ordinal));

    // A data URI of a picture, or an element that loads one.
    [GeneratedRegex("""data:\s*image/|<\s*(img|image|canvas|video)\b""", RegexOptions.IgnoreCase)]
    private static partial Regex Embedded();
}
