using System.Diagnostics;
using System.Globalization;

namespace Fer.Tests;

/// <summary>
/// The loop of the tests that damage files: FER_FUZZ says how many each tries; the test's output says how long the slowest took.
/// </summary>
internal static class Fuzz
{
    private static readonly int? Asked = int.TryParse(Environment.GetEnvironmentVariable("FER_FUZZ"), CultureInfo.InvariantCulture,
        out int files) ? files : null;

    /// <summary>Tries files 0, 1, 2 and so on.</summary>
    /// <param name="usual">How many where FER_FUZZ is not set.</param>
    /// <param name="attempt">Tries one; what it throws fails the test.</param>
    /// <returns>How many were tried.</returns>
    internal static int Run(int usual, Action<int> attempt)
    {
        int files = Asked ?? usual, slowest = 0;
        var longest = TimeSpan.Zero;
        for (int i = 0; i < files; i++)
        {
            long start = Stopwatch.GetTimestamp();
            attempt(i);
            var time = Stopwatch.GetElapsedTime(start);
            if (time > longest) (longest, slowest) = (time, i);
        }
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{files} files; the slowest, number {slowest}, took {longest.TotalMilliseconds:F1} ms"));
        return files;
    }
}
