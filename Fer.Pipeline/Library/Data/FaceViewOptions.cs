namespace Fer.Pipeline.Data;

/// <summary>How a source of faces is read.</summary>
public sealed record FaceViewOptions
{
    /// <summary>Seed of the split of sources that name none.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Called with the message of each broken row or image, which is then skipped; null stops at the first with that message.</summary>
    public Action<string>? OnBadRow { get; init; }

    /// <summary>Skips a broken row, or stops at it.</summary>
    internal void Report(FerException fault)
    {
        if (OnBadRow is null) throw fault;
        OnBadRow(fault.Message);
    }
}
