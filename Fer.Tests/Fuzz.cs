using System.Globalization;
using System.Runtime.ExceptionServices;
using Fer.Pipeline;

namespace Fer.Tests;

/// <summary>
/// The loop of all tests that feed readers with what no program wrote. Each input has its seed and its number, so that a find is made again
/// by its number alone; each may take <see cref="MostSeconds"/> and <see cref="MostBytes"/>; and each is read, or refused with a message:
/// any other exception fails the test. FER_FUZZ says how many inputs each test tries.
/// </summary>
internal static class Fuzz
{
    /// <summary>Most managed memory that the reader of one input may take, what was given back included.</summary>
    internal const long MostBytes = 256L << 20;

    /// <summary>A hang is told from work by this time, far beyond that of any input on any machine.</summary>
    private const int MostSeconds = 60;

    private static readonly int? Asked = int.TryParse(Environment.GetEnvironmentVariable("FER_FUZZ"), CultureInfo.InvariantCulture,
        out int inputs) ? inputs : null;

    /// <summary>Makes an input.</summary>
    /// <param name="number">Its number, from 0.</param>
    /// <param name="random">Its random numbers.</param>
    internal delegate T Maker<out T>(int number, ref RandomStream random);

    /// <summary>Tries inputs 0, 1, 2 and so on.</summary>
    /// <param name="usual">How many where FER_FUZZ is not set.</param>
    /// <param name="seed">The test's own.</param>
    /// <param name="make">Makes an input.</param>
    /// <param name="read">Reads it; a <see cref="FerException"/> is a refusal.</param>
    internal static Tally Run<T>(int usual, int seed, Maker<T> make, Action<T> read)
    {
        int inputs = Asked ?? usual, number = 0, refused = 0;
        ExceptionDispatchInfo? find = null;
        // On a thread of its own, so that an input that never ends is told by its number.
        var work = new Thread(() =>
        {
            for (; number < inputs && find is null; Volatile.Write(ref number, number + 1))
            {
                try
                {
                    var random = new RandomStream(seed, number);
                    var input = make(number, ref random);
                    long before = GC.GetAllocatedBytesForCurrentThread();
                    if (!TryRead(input, read)) refused++;
                    Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
                }
                catch (Exception e)
                {
                    find = ExceptionDispatchInfo.Capture(e);
                }
            }
        }, maxStackSize: 1 << 20)
        { IsBackground = true };
        work.Start();
        for (int seen = -1; !work.Join(TimeSpan.FromSeconds(MostSeconds)); seen = Volatile.Read(ref number))
            if (Volatile.Read(ref number) == seen) Assert.Fail($"Input {seen} of seed {seed} has not ended after {MostSeconds} seconds.");
        if (find is not null) Assert.Fail($"Input {number - 1} of seed {seed}: {find.SourceException}");
        return new Tally(inputs - refused, refused);
    }

    private static bool TryRead<T>(T input, Action<T> read)
    {
        try
        {
            read(input);
            return true;
        }
        catch (FerException e)
        {
            bool isSaid = e.Message.Trim().Length > 0 && !e.Message.StartsWith("Unexpected", StringComparison.Ordinal);
            Assert.True(isSaid, e.ToString());
            return false;
        }
    }

    /// <summary>What became of the inputs.</summary>
    /// <param name="Read">How many were read.</param>
    /// <param name="Refused">How many were not.</param>
    internal readonly record struct Tally(int Read, int Refused)
    {
        /// <summary>Both must happen, or the test shows nothing.</summary>
        /// <param name="share">Each at least one in so many.</param>
        internal void MustHaveBoth(int share)
        {
            int least = (Read + Refused) / share;
            Assert.True(Read >= Math.Max(1, least) && Refused >= Math.Max(1, least), $"{Read} read, {Refused} refused");
        }
    }
}
