using Fer.Pipeline;
using Fer.Pipeline.Data;
using Fer.Pipeline.Faces;

namespace Microsoft.ML;

/// <summary>
/// Loads faces as ML.NET's data views, all with the columns of <see cref="FaceColumns"/>: <c>Label</c> (key with the class names),
/// <c>Usage</c> (text), <c>Pixels</c> (2,304 bytes), <c>Image</c> (48x48), <c>Row</c> (Int64) and, where FER+ is joined, <c>Votes</c> (ten
/// Singles). The views are lazy: nothing is read before a cursor moves, a column not asked for is not read, and every cursor reads anew.
/// Rows that the label scheme leaves out are not in the view. ML.NET's <c>Cache</c> and <c>ShuffleRows</c> keep all columns but
/// <c>Image</c>, as images cannot be kept: use <c>Pixels</c> after them.
/// </summary>
public static class FaceDataCatalog
{
    /// <summary>
    /// The rows of the FER2013 CSV as Kaggle has it, plain or gzipped: columns <c>emotion</c> (0 … 6 or a name), <c>pixels</c> and
    /// <c>Usage</c> in any order. Without Usage, rows are split 80, 10 and 10 % in each class by the seed. The view does not shuffle by
    /// itself and does not know its row count.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">The file.</param>
    /// <param name="scheme">
    /// The classes; null is <see cref="LabelScheme.Seven"/>. <see cref="LabelScheme.Eight"/> takes its labels from FER+'s fer2013new.csv,
    /// which is looked for beside the file where the options name none.
    /// </param>
    /// <param name="options">Votes, seed and what happens to broken rows; null is the defaults.</param>
    /// <exception cref="FerUsageException">The scheme needs FER+'s votes and there are none.</exception>
    /// <exception cref="FerException">
    /// Thrown by a cursor's MoveNext: the file cannot be read, or a value of a column asked for is broken. The message names the line.
    /// </exception>
    public static IDataView LoadFer2013(
        this DataOperationsCatalog catalog, string path, LabelScheme? scheme = null, FaceViewOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new FaceViewOptions();
        return Create(catalog, new FerCsvSource(path, options), scheme ?? LabelScheme.Seven, options);
    }

    /// <summary>
    /// Images in <c>train|validation|test/&lt;class&gt;/</c>, or in <c>&lt;class&gt;/</c> alone, made grey and 48x48. train is Training;
    /// validation is PublicTest and test then PrivateTest; without a validation folder test is PublicTest; without split folders
    /// rows are split 80, 10 and 10 % in each class by the seed. An image is decoded only where Pixels or Image is asked for. The view
    /// shuffles, and knows its row count where broken images are not skipped.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">The folder.</param>
    /// <param name="scheme">The classes; null takes those of the data's own labels, which are read at once.</param>
    /// <param name="options">Seed and what happens to broken images; null is the defaults.</param>
    /// <exception cref="FerUsageException">The options name FER+'s votes, which belong to the CSV.</exception>
    /// <exception cref="FerException">
    /// There is no image, or a folder's name does not say what it shows; thrown by a cursor's MoveNext, an image is broken, or a folder's
    /// name is no emotion where all classes are. The message names it.
    /// </exception>
    public static IDataView LoadFaceFolder(
        this DataOperationsCatalog catalog, string path, LabelScheme? scheme = null, FaceViewOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new FaceViewOptions();
        return Create(catalog, ImageFileSource.OfFolder(path, options), scheme, options);
    }

    /// <summary>
    /// A CSV of faces (<see cref="LoadFer2013"/>), a folder of images (<see cref="LoadFaceFolder"/>) or a list of images with their labels
    /// (columns path and label, and Usage where there is one; or lines of a path and a label), by what the path is. A folder may also hold
    /// the CSV under its usual name.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">File or folder.</param>
    /// <param name="scheme">The classes; null takes those of the data's own labels, which are read at once.</param>
    /// <param name="options">Votes, seed and what happens to broken rows; null is the defaults.</param>
    /// <exception cref="FerException">There is nothing at the path, or nothing that can be data.</exception>
    /// <exception cref="FerUsageException">The scheme needs FER+'s votes and there are none, or votes are named for a folder.</exception>
    public static IDataView LoadFaces(
        this DataOperationsCatalog catalog, string path, LabelScheme? scheme = null, FaceViewOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new FaceViewOptions();
        return Create(catalog, FaceSource.Of(path, options), scheme, options);
    }

    /// <summary>
    /// Faces drawn by the program, all seven expressions in turn, split 80, 10 and 10 %: for a first run without data. The view shuffles
    /// and knows its row count.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="count">Number of faces.</param>
    /// <param name="seed">Fixes the faces and the splits.</param>
    /// <param name="scheme">The classes; null is <see cref="LabelScheme.Seven"/>.</param>
    /// <exception cref="FerUsageException">The count is not positive, or the scheme needs FER+'s votes.</exception>
    public static IDataView SampleFaces(this DataOperationsCatalog catalog, int count = 4000, long seed = 1, LabelScheme? scheme = null) =>
        Create(catalog, new SampleFaceSource(count, seed), scheme, new FaceViewOptions());

    /// <summary>The rows of one split, by ML.NET's own filter.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="view">A view with the column <c>Usage</c>.</param>
    /// <param name="usage">The split.</param>
    /// <exception cref="FerUsageException">The view has no column Usage of text.</exception>
    public static IDataView FilterByUsage(this DataOperationsCatalog catalog, IDataView view, Usage usage)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (view.Schema.GetColumnOrNull(FaceColumns.Usage) is not { Type: Data.TextDataViewType })
            throw new FerUsageException($"The view has no column '{FaceColumns.Usage}' of text: only views of faces name splits. " +
                "Use TrainTestSplit.");
        var name = FaceColumns.UsageTexts[(int)usage];
        return catalog.FilterByCustomPredicate<UsageRow>(view, row => !row.Usage.Span.SequenceEqual(name.Span));
    }

    private static FaceDataView Create(DataOperationsCatalog catalog, FaceSource source, LabelScheme? scheme, FaceViewOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        FerPlusVotes.CheckGiven(source, options.FerPlusFile);
        scheme ??= source.FindScheme();
        return new FaceDataView(source, scheme, FerPlusVotes.Find(source, scheme, options.FerPlusFile));
    }

    private sealed class UsageRow
    {
        public ReadOnlyMemory<char> Usage { get; set; }
    }
}
