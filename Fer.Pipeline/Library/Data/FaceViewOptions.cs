namespace Fer.Pipeline.Data;

/// <summary>How a source of faces is read.</summary>
public sealed record FaceViewOptions
{
    /// <summary>
    /// FER+'s fer2013new.csv, joined to the FER2013 CSV row by row, or the folder that holds it with FER+'s FER2013Train, FER2013Valid and
    /// FER2013Test, joined by picture. Its votes become the column Votes. Null is none, but for classes with
    /// contempt the file is looked for beside the data.
    /// </summary>
    public string? FerPlusFile { get; init; }

    /// <summary>Seed of the split of sources that name none.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>
    /// Called with the message of each broken row or image, which is then skipped; null stops at the first with that message. Where rows
    /// are skipped, every column of every row is checked, so that all cursors see the same rows; each cursor reports anew.
    /// </summary>
    public Action<string>? OnBadRow { get; init; }

    /// <summary>
    /// What the data's labels are to be called, where their own names do not say it: from <c>1</c> to <c>surprise</c>, say. Null leaves
    /// them as they are; FER2013's numbers need no map.
    /// </summary>
    public IReadOnlyDictionary<string, string>? LabelMap { get; init; }

    /// <summary>Called with what the user should know of how a source was read, such as files that were passed over.</summary>
    public Action<string>? OnNote { get; init; }

    /// <summary>Skips a broken row, or stops at it.</summary>
    internal void Report(FerException fault)
    {
        if (OnBadRow is null) throw fault;
        OnBadRow(fault.Message);
    }
}
