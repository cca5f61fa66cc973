using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fer.Pipeline.Engine;

/// <summary>Measures what the processor can do at best, the innermost loop of convolution on data in the first-level cache on all threads at once, and what sharing out work costs.</summary>
internal static unsafe class MachinePeak
{
    private const int Pixels = 64;
    private const int Repeats = 2000;

    /// <summary>Billions of floating-point operations a second; a multiply-add counts as two. The best of several short runs.</summary>
    internal static double GigaFlops(WorkerPool pool) => pool.InstructionSet switch
    {
        InstructionSet.Vector512 => Measure<Simd512>(pool),
        InstructionSet.Vector256 => Measure<Simd256>(pool),
        InstructionSet.Vector128 => Measure<Simd128>(pool),
        _ => Measure<Simd1>(pool),
    };

    /// <summary>Microseconds from handing work that does nothing to all threads until they are done: the median of many.</summary>
    internal static double DispatchMicroseconds(WorkerPool pool)
    {
        var times = new double[Repeats];
        for (int i = 0; i < Repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            pool.Run(pool, static (_, _) => { });
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
        Array.Sort(times);
        return times[Repeats / 2];
    }

    private static double Measure<V>(WorkerPool pool) where V : struct, ISimd<V>
    {
        int columns = ConvolutionTile<V>.Columns, rows = ConvolutionTile<V>.Rows;
        double best = 0;
        for (int run = 0; run < 20; run++)
        {
            long start = Stopwatch.GetTimestamp();
            pool.Run(_ =>
            {
                nuint floats = (nuint)(Pixels * (rows + columns) + rows * columns);
                float* data = (float*)NativeMemory.AlignedAlloc(floats * sizeof(float), NativeBuffer.Alignment);
                NativeMemory.Clear(data, floats * sizeof(float));
                float* sums = data + Pixels * (rows + columns);
                for (int i = 0; i < Repeats; i++) ConvolutionTile<V>.OuterProducts(data, rows, 0, data + Pixels * rows, 1, Pixels, sums, columns, sums);
                NativeMemory.AlignedFree(data);
            });
            best = Math.Max(best, 2.0 * Repeats * Pixels * rows * columns * pool.Threads / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }
        return best;
    }
}
