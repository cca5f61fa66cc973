namespace Fer.Pipeline.Runs;

/// <summary>The command that made a run, for reports, and without the folders of its files, for models that leave the machine.</summary>
/// <param name="Typed">As it was typed.</param>
/// <param name="Portable">With files by their names alone.</param>
internal sealed record CommandText(string Typed, string Portable);
