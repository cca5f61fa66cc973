namespace Fer.Notebooks;

internal static class NotebookProgram
{
    private static int Main() => 0;
}
