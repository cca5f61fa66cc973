using Fer.Pipeline.Faces;

namespace Fer.Pipeline.Data;

/// <summary>A picture of a data set.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Label">What it shows, as the data calls it; once listed, as the map of labels does.</param>
/// <param name="Usage">Its split; null where the data names none.</param>
internal readonly record struct LabelledImage(string Path, string Label, Usage? Usage);

/// <summary>The pictures of a folder or a list.</summary>
/// <param name="Images">In a fixed order.</param>
/// <param name="Faults">What cannot be read, a message each: skipped, or the end, as broken rows are.</param>
internal sealed record ImageListing(IReadOnlyList<LabelledImage> Images, IReadOnlyList<string> Faults)
{
    /// <summary>Where no picture is to choose on, those to score become it, so that there is a split to choose on.</summary>
    internal static IReadOnlyList<LabelledImage> WithValidation(IReadOnlyList<LabelledImage> images) =>
        images.Any(image => image.Usage == Faces.Usage.PublicTest) ? images
            : [.. images.Select(image => image.Usage == Faces.Usage.PrivateTest ? image with { Usage = Faces.Usage.PublicTest } : image)];

    /// <summary>The listing with the labels called as the map says.</summary>
    /// <param name="source">What messages call the data.</param>
    /// <param name="what">What carries the labels, such as "folders".</param>
    /// <param name="options">The map, and who is told of the reading.</param>
    /// <exception cref="FerException">Labels are numbers that may mean anything.</exception>
    internal ImageListing Name(string source, string what, FaceViewOptions options)
    {
        var names = new LabelMap(options.LabelMap).Resolve(Images.Select(image => image.Label), source, what, options.OnNote);
        return this with { Images = [.. Images.Select(image => image with { Label = names[image.Label] })] };
    }
}
