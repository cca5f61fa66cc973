using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fer.Pipeline.Engine;

/// <summary>
/// Measures the processor's peak throughput, with convolution's innermost loop on data in the L1 cache on all threads at once, and the
/// overhead of dispatching work.
/// </summary>
internal static unsafe class MachinePeak
{
    private const int Pixels = 64;
    private const int Repeats = 2000;

    /// <summary>
    /// Billions of floating-point operations per second (GFLOPS); a multiply-add counts as two. The best of several short runs.
    /// </summary>
    internal static double GigaFlops(WorkerPool pool) => pool.InstructionSet switch
    {
        InstructionSet.Vector512 => Measure<Simd512>(pool),
        InstructionSet.Vector256 => Measure<Simd256>(pool),
        InstructionSet.Vector128 => Measure<Simd128>(pool),
        _ => Measure<Simd1>(pool),
    };

    /// <summary>Microseconds to dispatch empty work to all threads and wait for them: the median of many runs.</summary>
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
                for (int i = 0; i < Repeats; i++)
                    ConvolutionTile<V>.OuterProducts(data, rows, 0, data + Pixels * rows, 1, Pixels, sums, columns, sums);
                NativeMemory.AlignedFree(data);
            });
            best = Math.Max(
                best, 2.0 * Repeats * Pixels * rows * columns * pool.Threads / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }
        return best;
    }
}
